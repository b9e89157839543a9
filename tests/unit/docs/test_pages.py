"""Pages cannot drift from the code: generated parts are fresh, links lead somewhere, commands exist."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from shinsei.cli.commands import COMMANDS
from shinsei.domain.linkage_method import COMPARED_METHODS
from shinsei.domain.run import Pacing
from shinsei.scenario import load
from shinsei.scenario.model import MOST_AT_ONCE

Load = Callable[[str], ModuleType]


def pages(repo: Path) -> list[Path]:
    return [
        *sorted(repo.glob("README*.md")),
        *sorted((repo / "docs").rglob("*.md")),
        *repo.glob("services/**/README.md"),
        *repo.glob("deploy/**/README.md"),
    ]


def anchors(page: Path) -> set[str]:
    """Anchors of the headings, as GitHub makes them."""
    heads = re.findall(r"^#+ +(.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.replace("`", "")).strip().lower().replace(" ", "-") for head in heads}


def code(page: Path) -> Iterator[str]:
    """Lines of shell blocks, and inline code."""
    text = page.read_text(encoding="utf-8")
    for block in re.findall(r"```(?:sh|bash)\n(.*?)```", text, re.DOTALL):
        yield from block.splitlines()
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def test_generated_parts_are_fresh(load_code: Load) -> None:
    """If this fails: python docs/generate.py."""
    assert load_code("generate.py").stale() == []


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_the_published_cases_and_their_pictures_are_fresh(load_code: Load) -> None:
    """If this fails: python docs/generate.py."""
    generate = load_code("generate.py")
    assert generate.stale(generate.VALIDATED) == generate.stale_pictures() == []


@pytest.mark.long
def test_the_answers_of_the_scenarios_are_fresh(load_code: Load) -> None:
    """If this fails: python docs/generate.py --answers."""
    generate = load_code("generate.py")
    assert generate.stale(generate.SLOW) == []


def test_the_scenarios_that_are_not_run_live_as_shipped_are_named(repo: Path) -> None:
    """A standing run has no season, and a nation is too large; what the long tests leave out besides is a mistake."""
    text = (repo / "docs" / "scenarios.md").read_text(encoding="utf-8")
    (said,) = re.findall(r"`make test-long` does so with every scenario.*", text)
    shipped = [load(file) for file in sorted((repo / "scenarios").glob("*.toml"))]
    left_out = {
        each.name
        for each in shipped
        if each.file.run.pacing is Pacing.CLOCK or sum(len(group.members) for group in each.groups) > MOST_AT_ONCE
    }
    assert left_out == set(re.findall(r"`([a-z-]+)`", said))


def test_every_metric_of_a_time_says_by_which_clock_it_is(repo: Path) -> None:
    text = (repo / "docs/metrics.md").read_text("utf-8")
    rows = re.findall(r"^\| `(shinsei_\w+)` \| \w+ \|([^|]*)\|(.*)\|$", text, re.MULTILINE)
    assert rows
    for name, labels, says in rows:
        has_label, is_real = "`clock`" in labels, "real time" in says.lower()
        assert has_label or is_real or not name.endswith("_seconds"), name
        assert has_label or "simulated" not in says, name


def test_every_link_leads_somewhere(repo: Path) -> None:
    broken = []
    for page in pages(repo):
        for target in re.findall(r"\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"", page.read_text(encoding="utf-8")):
            link = target[0] or target[1]
            if re.match(r"[a-z]+:", link):
                continue
            path, _, anchor = link.partition("#")
            there = (page.parent / path).resolve() if path else page
            if not there.exists() or (anchor and anchor not in anchors(there)):
                broken.append(f"{page.relative_to(repo)}: {link}")
    assert not broken


@pytest.mark.parametrize(("page", "heading"), [("README.md", "Where to go next"), ("README.ja.md", "さらに読む")])
def test_who_wants_containers_or_a_cluster_is_sent_to_their_page(page: str, heading: str, repo: Path) -> None:
    table = (repo / page).read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    assert "\n| [deploy/README.md](deploy/README.md) |" in table


def test_every_command_named_exists(repo: Path) -> None:
    targets = set(re.findall(r"^\.PHONY: (\S+)$", (repo / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    commands = {command.name for command in COMMANDS}
    unknown = []
    for page in pages(repo):
        for line in code(page):
            for tool, known in (("make", targets), (r"(?:\./)?shinsei", commands)):
                found = re.findall(rf"(?:^|[;&|] ?|: ){tool} ([a-z][a-z0-9-]*)", line)
                unknown += [f"{page.relative_to(repo)}: {line}" for name in found if name not in known]
    assert not unknown


def test_every_override_named_is_a_parameter(repo: Path) -> None:
    shown = ("child-allowance-status-report", "nationwide")
    known = {item.path for name in shown for item in load(name).parameters}
    for page in pages(repo):
        for line in code(page):
            for path in re.findall(r"--set '?([a-z0-9_.]+)=", line):
                assert path in known, f"{page.name}: {line}"


def test_adrs_are_numbered_without_gaps_and_say_the_same_things(repo: Path) -> None:
    records = sorted((repo / "docs" / "adr").glob("*.md"))
    assert [int(path.name[:4]) for path in records] == list(range(1, len(records) + 1))
    for number, path in enumerate(records, start=1):
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {number}. ")
        assert all(f"**{part}" in text for part in ("Status**", "Context.**", "Decision.**", "Consequences.**"))


@pytest.mark.parametrize("page", ["docs/model.md", "docs/glossary.md"])
def test_every_compared_method_is_in_the_pages_about_them(page: str, repo: Path) -> None:
    text = (repo / page).read_text(encoding="utf-8")
    assert not [method for method in COMPARED_METHODS if method not in text]
