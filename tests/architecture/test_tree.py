"""The tree is the diagram: four services with the same seven files, and no corner for leftovers."""

import re
import subprocess
from pathlib import Path

import pytest

SERVICES = ("portal_sim", "linkage_server", "app_mgmt", "core_systems")
SEVEN = {"settings", "inbound", "handlers", "outbound", "bootstrap", "metrics", "__main__"}
ALLOWED_BESIDE = {"portal_sim": set(), "linkage_server": set(), "app_mgmt": {"streams"}, "core_systems": set()}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK|TBD)\b")
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base"}


def tracked(repo: Path) -> list[Path]:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=repo, capture_output=True, check=True).stdout
    return [repo / name.decode() for name in names.split(b"\0") if name and (repo / name.decode()).exists()]


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_the_same_seven_files(service: str, repo: Path) -> None:
    folder = repo / "services" / service
    modules = {path.stem for path in folder.glob("*.py")} | {path.parent.name for path in folder.glob("*/__init__.py")}
    assert modules - {"__init__"} - ALLOWED_BESIDE[service] == SEVEN
    assert (folder / "README.md").is_file()


@pytest.mark.parametrize("service", SERVICES)
def test_the_entry_points_differ_by_their_service_only(service: str, repo: Path) -> None:
    def entry(name: str) -> str:
        text = (repo / "services" / name / "__main__.py").read_text(encoding="utf-8")
        return re.sub(r'""".*?"""', "", text, flags=re.DOTALL).replace(name, "service").strip()

    assert entry(service) == entry(SERVICES[0])


def test_nothing_is_left_unfinished(repo: Path) -> None:
    texts = {".py", ".proto", ".sql", ".toml", ".yaml", ".yml", ".md", ".sh", ".css", ".js", ".html", ""}
    found = [
        f"{path.relative_to(repo)}:{number}"
        for path in tracked(repo)
        if path.suffix in texts and path.name not in {"LICENSE", "requirements.lock", Path(__file__).name}
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if UNFINISHED.search(line)
    ]
    assert not found


def test_the_portal_calls_nobody(repo: Path) -> None:
    """Whatever crosses a zone is opened from the inside: the portal has no way out of its own."""
    ways_out = re.compile(r"runtime\.rpc import .*\bchannel\b|\w+Stub\b|runtime\.kafka")
    portal = sorted((repo / "services" / "portal_sim").rglob("*.py"))
    assert portal
    assert not [str(path) for path in portal if ways_out.search(path.read_text(encoding="utf-8"))]


def test_nothing_is_committed_that_a_run_or_a_tool_makes(repo: Path) -> None:
    command = ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"]
    assert not subprocess.run(command, cwd=repo, capture_output=True, check=True).stdout.split()


def test_every_checkout_has_the_same_bytes(repo: Path) -> None:
    """Git on Windows would give scripts, and what is copied into images, line ends that Linux trips over."""
    command = ["git", "ls-files", "--eol"]
    lines = subprocess.run(command, cwd=repo, capture_output=True, text=True, check=True).stdout.splitlines()
    assert not [line for line in lines if "attr/text=auto eol=lf" not in line or line.startswith(("i/crlf", "i/mixed"))]


def test_no_module_has_a_name_that_could_hold_anything(product_files: list[Path]) -> None:
    named = {path.parent.name if path.stem == "__init__" else path.stem: path for path in product_files}
    assert not {str(named[name]) for name in VAGUE_NAMES & named.keys()}


def test_every_module_says_why_it_exists(product_files: list[Path]) -> None:
    silent = [str(path) for path in product_files if not path.read_text(encoding="utf-8").lstrip().startswith('"""')]
    assert not silent


def test_no_file_names_the_machine_on_which_it_was_written(repo: Path) -> None:
    private = re.compile(r"/(?:work|home|root)/[a-z]|/tmp/(?!shinsei)[a-z]")
    code = {".py", ".toml", ".yaml", ".yml", ".lock", ".properties", ".xml"}
    found = [
        f"{path.relative_to(repo)}:{number}"
        for path in tracked(repo)
        if path.suffix in code and path.name != Path(__file__).name
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if private.search(line)
    ]
    assert not found
