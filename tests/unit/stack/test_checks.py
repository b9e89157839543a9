"""A machine that cannot carry the stack is told so in one line, with what to do."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from shinsei.cli.__main__ import run
from shinsei.stack import checks
from shinsei.stack.certificates import issue
from shinsei.stack.checks import available_mib, refuse_unfit
from shinsei.stack.errors import StackError
from shinsei.stack.home import Home
from shinsei.stack.parts import PARTS, USUAL_PORTS
from shinsei.stack.site import Site

_MIB = 2**20
PORTAL = replace(next(part for part in PARTS if part.name == "portal_sim"), ports={})


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(home=Home(path=tmp_path), ports=USUAL_PORTS)


def limits(folder: Path, *, most: str, used: int, cached: int) -> Path:
    (folder / "memory.max").write_text(most)
    (folder / "memory.current").write_text(str(used))
    (folder / "memory.stat").write_text(f"anon {used - cached}\ninactive_file {cached - _MIB}\nactive_file {_MIB}\n")
    return folder


def test_what_a_container_only_caches_counts_as_free(tmp_path: Path) -> None:
    folder = limits(tmp_path, most=str(200 * _MIB), used=190 * _MIB, cached=100 * _MIB)
    assert available_mib(folder) == pytest.approx(110)


def test_without_a_limit_the_machine_itself_counts(tmp_path: Path) -> None:
    folder = limits(tmp_path, most="max", used=190 * _MIB, cached=100 * _MIB)
    assert available_mib(folder) > 110


def test_too_little_memory_is_one_line_that_says_how_much_is_needed(site: Site) -> None:
    with pytest.raises(StackError, match=r"about 1000000000 MiB of memory are needed and \d+ are free"):
        refuse_unfit(site, [replace(PORTAL, memory_mib=10**9)])


def test_too_little_disk_is_one_line_that_says_how_to_make_room(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "NEEDED_DISK_MIB", 10**9)
    with pytest.raises(StackError, match=r"MiB of disk are needed .*shinsei runs prune"):
        refuse_unfit(site, [replace(PORTAL, memory_mib=1)])


def no_java() -> str:
    raise StackError("Java 17 or newer is needed: install one")


def test_a_missing_java_is_one_line_before_anything_is_started(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "find_java", no_java)
    kafka = replace(next(part for part in PARTS if part.name == "kafka"), ports={})
    with pytest.raises(StackError, match=r"^Java 17 or newer is needed: install one$"):
        refuse_unfit(site, [kafka])
    refuse_unfit(site, [replace(PORTAL, memory_mib=1)])


def test_doctor_marks_what_is_missing_and_ends_with_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checks, "find_java", no_java)
    monkeypatch.setattr(checks, "is_free", lambda _: True)
    assert run(["doctor", "--home", str(tmp_path)]) == 1
    missing = [line.split() for line in capsys.readouterr().out.splitlines() if line.startswith("MISS")]
    assert ["MISS", "java", "Java"] in [words[:3] for words in missing]


def test_doctor_tells_of_the_certificate_that_ends_first(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each part's is renewed when it starts, and not when another does."""
    monkeypatch.setattr(checks, "find_java", no_java)
    issue(site.certificates, ["season", "room"])
    issue(site.certificates, ["kafka"], lifetime=timedelta(hours=30))
    (told,) = (one for one in checks.all_checks(site, []) if one.name == "certificates")
    assert not told.ok
    assert "of kafka the first" in told.detail
    issue(site.certificates, ["kafka"])
    assert all(one.ok for one in checks.all_checks(site, []) if one.name == "certificates")
