"""The examples of ``docs/extending.md`` do what the page says."""

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from shinsei.domain.lifecycle import Action
from shinsei.domain.linkage import LINKAGES, Linkage
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.plan import run_all
from shinsei.domain.simtime import DAY_MS, HOUR_MS
from shinsei.scenario import load
from shinsei.testing.builders import a_run_spec
from shinsei.testing.linkage import LINKAGE_CONTRACT, LinkageSubject, observe

Check = Callable[[LinkageSubject], None]
Load = Callable[[str], ModuleType]


@pytest.fixture(scope="module")
def example(load_code: Load) -> ModuleType:
    return load_code("examples/standard_file.py")


def subject(linkage: type[Linkage], **changes: object) -> LinkageSubject:
    linkages = {**LINKAGES, LinkageMethod.STANDARD_API: linkage}
    return LinkageSubject(method=LinkageMethod.STANDARD_API, linkages=linkages, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("check", LINKAGE_CONTRACT, ids=lambda check: check.__name__)
def test_the_example_keeps_the_contract(check: Check, example: ModuleType) -> None:
    check(subject(example.StandardFile))


@pytest.mark.parametrize("check", LINKAGE_CONTRACT, ids=lambda check: check.__name__)
def test_the_example_keeps_the_contract_where_much_is_rejected_and_files_are_small(
    check: Check, example: ModuleType
) -> None:
    class Troubled(example.StandardFile):  # type: ignore[name-defined, misc]
        spec = example.StandardFileSpec(
            interval_ms=3 * HOUR_MS,
            transfer_min=example.StandardFile.spec.transfer_min,
            per_record_s=example.StandardFile.spec.transfer_min,
            max_records=5,
            p_reject=0.4,
            p_undetected=0.5,
        )

    check(subject(Troubled))


def test_the_example_waits_for_its_next_file_and_needs_no_clerk_to_enter_a_case(example: ModuleType) -> None:
    """Half an interval and the transfer on average: slower than the API, faster than a daily batch."""
    waits, entered = zip(
        *(_hours_to_link(linkage) for linkage in (LINKAGES[LinkageMethod.STANDARD_API], example.StandardFile)),
        strict=True,
    )
    assert waits[0] < waits[1] < 1.5
    assert entered == (0.0, 0.0)


def _hours_to_link(linkage: type[Linkage]) -> tuple[float, float]:
    """Mean hours from the queue to the registration, and minutes of keying."""
    spec = a_run_spec(**{"office.methods.standard_api.p_exception": 0.0, "office.clerks": 5})
    found = observe(subject(linkage, spec=spec, papers=0), subject(linkage, spec=spec, papers=0).offers())
    queued = {event.case_id: event.at for event in found.events if event.action is Action.QUEUE_FOR_LINKAGE}
    waits = [
        event.at - queued[event.case_id]
        for event in found.events
        if event.action is Action.REGISTER and event.at - queued[event.case_id] < DAY_MS // 2
    ]
    return sum(waits) / len(waits) / HOUR_MS, found.report.staff_minutes["keying"]


def test_other_times_of_method_3_need_a_scenario_only() -> None:
    """Fewer minutes at the screen are fewer staff minutes in the same number of cases, and nothing else moves."""

    def minutes(*overrides: str) -> tuple[float, int]:
        spec = load("smoke", overrides).run_spec("run", LinkageMethod.SCREEN_IMPORT)
        report = run_all([spec])[0].report()
        return report.staff_minutes["screen_import"], report.registered

    (before, cases), (after, cases_after) = minutes(), minutes("methods.screen_import.staff.mean=2 min")
    assert cases == cases_after
    assert after == pytest.approx(before * 2 / 3.5, rel=0.1)


def test_the_scenario_of_the_page_is_valid(repo: Path, tmp_path: Path) -> None:
    page = (repo / "docs" / "extending.md").read_text(encoding="utf-8")
    table = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)[0]
    smoke = (repo / "scenarios" / "smoke.toml").read_text(encoding="utf-8")
    mine = tmp_path / "mine.toml"
    mine.write_text(re.sub(r"\[methods\.screen_import\]\n.*?\n\n", table + "\n", smoke, flags=re.DOTALL), "utf-8")
    found = {item.path: item for item in load(mine).parameters}
    assert found["methods.screen_import.staff.mean"].value == "2"
    assert found["methods.screen_import.staff.mean"].mark == "D"


def test_the_files_to_touch_are_those_that_name_the_baseline(repo: Path) -> None:
    page = (repo / "docs" / "extending.md").read_text(encoding="utf-8")
    section = page.split("### The files to touch")[1].split("\n## ")[0]
    patterns = re.findall(r"^\| `([^`]+)`", section, re.MULTILINE)
    named = {found for pattern in patterns for found in repo.glob(pattern) if not _extends_another(found)}
    new = [pattern for pattern in patterns if not list(repo.glob(pattern))]
    ours = re.compile("standard_?api", re.IGNORECASE)
    there = {
        path
        for root in ("src", "services", "proto", "scenarios")
        for path in (repo / root).rglob("*")
        if path.suffix in {".py", ".toml", ".proto", ".sql", ".html", ".js"}
        and repo / "src" / "shinsei" / "api" not in path.parents
        and path.name != "standard_api.py"
        and not _extends_another(path)
        and ours.search(path.read_text(encoding="utf-8"))
    }
    assert {str(path.relative_to(repo)) for path in named} == {str(path.relative_to(repo)) for path in there}
    assert new == ["src/shinsei/domain/linkage/standard_file.py"]


def _extends_another(path: Path) -> bool:
    """A scenario that says only what is different need say nothing of a method."""
    return path.suffix == ".toml" and "\nextends = " in path.read_text(encoding="utf-8")
