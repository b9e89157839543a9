"""The report is one file that stands alone and says everything twice."""

import re
from html.parser import HTMLParser

import pytest

from shinsei.scenario import Scenario
from shinsei.season.findings import Findings
from shinsei.season.report.page import report_html
from shinsei.season.today import today
from shinsei.season.verdict import verdict
from shinsei.season.writing import report_context

VOID = {"meta", "br", "img", "input", "link", "hr"}
SECTIONS = [
    "answer",
    "comparison",
    "backlog",
    "capacity",
    "lead-times",
    "staleness",
    "hours",
    "flows",
    "cost",
    "assumptions",
    "ledger",
    "provenance",
]


@pytest.fixture(scope="module")
def page(season: Findings, smoke: Scenario) -> str:
    context = report_context(
        smoke,
        verdict(season),
        environment={"cores": 2, "versions": {"shinsei": "0"}},
        command="shinsei season smoke",
        wall_s=2.0,
        modern=today(smoke),
    )
    return report_html(season, context)


class Outline(HTMLParser):
    """Whether tags are balanced, and the sections in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.sections: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        if tag == "section":
            self.sections.append(dict(attrs)["id"] or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_answer_comes_first_and_everything_is_closed(page: str) -> None:
    outline = Outline()
    outline.feed(page)
    assert outline.open == []
    assert outline.sections == SECTIONS


def test_nothing_is_fetched(page: str) -> None:
    assert not re.search(r"""(?:src|href)\s*=|url\(|@import|fetch\(|XMLHttpRequest""", page)


def test_every_language_has_as_much_to_say(page: str) -> None:
    body = page[page.index("<main>") :]
    assert len(re.findall(r'class="en"', body)) == len(re.findall(r'class="ja"', body)) > 50
    assert len(re.findall(r' en"', body)) == len(re.findall(r' ja"', body))


def test_it_opens_with_what_a_reader_must_know_first(page: str, smoke: Scenario) -> None:
    head = page[page.index("<header>") : page.index('id="answer"')]
    assert smoke.report.statement in head
    assert smoke.report.statement_ja in head
    assert smoke.post2022_line() in head


def test_every_assumption_is_there_with_its_mark(page: str, smoke: Scenario) -> None:
    shown = [one for one in smoke.parameters if one.path != "schema"]
    assert f"All {len(shown)} parameters" in page
    assert all(one.path.partition(".")[2] in page for one in shown)
    assert "kikumoto-taxfp.com" in page


def test_it_says_how_it_was_made(page: str, season: Findings) -> None:
    assert season.trace_hash in page
    assert "shinsei season smoke" in page


def test_it_is_small_enough_to_send(page: str) -> None:
    assert len(page.encode()) < 1_000_000


def test_reception_is_told_for_the_procedures_under_comparison_in_the_offices_own_minutes(page: str) -> None:
    told = page[page.index('<section id="flows">') : page.index('<section id="cost">')]
    assert "現況届" in told
    assert told.count("<tr>") == 1 + 6
    assert "画面からの転記" in told
