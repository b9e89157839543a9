"""The page of the advice stands alone, says everything twice, and draws what the table says."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from shinsei.domain.advice import Advice, Loss, Question, Why, advise
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.scenario import Scenario, load
from shinsei.season.advice.asking import Wish, parameters_of, question_of
from shinsei.season.advice.page import advice_html
from shinsei.season.advice.reasons import reason

VOID = {"meta", "br", "img", "input", "link", "hr"}


@pytest.fixture(scope="module")
def city() -> Scenario:
    return load("child-allowance-status-report", ["advice.standard_system_from=2029-04-01"])


@pytest.fixture(scope="module")
def question(city: Scenario) -> Question:
    return question_of(city, Wish(plan=False, budget_yen=5e6))


@pytest.fixture(scope="module")
def advice(question: Question) -> Advice:
    return advise(question)


@pytest.fixture(scope="module")
def page(city: Scenario, question: Question, advice: Advice) -> str:
    return advice_html(city, question, advice, parameters_of(city))


class Outline(HTMLParser):
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


def test_the_advice_comes_first_and_everything_is_closed(page: str) -> None:
    outline = Outline()
    outline.feed(page)
    assert outline.open == []
    assert outline.sections == ["answer", "volume", "cost", "why", "procedures", "assumptions"]


def test_nothing_is_fetched(page: str) -> None:
    assert not re.search(r"""(?:src|href)\s*=|url\(|@import|fetch\(|XMLHttpRequest""", page)


def test_every_language_has_as_much_to_say(page: str) -> None:
    body = page[page.index("<main>") :]
    assert len(re.findall(r'class="en"', body)) == len(re.findall(r'class="ja"', body)) > 50
    assert len(re.findall(r' en"', body)) == len(re.findall(r' ja"', body))


def test_limits_and_dates_stand_in_the_head(page: str) -> None:
    head = page[page.index("<header>") : page.index('id="answer"')]
    assert "at most ¥5.0 M at once" in head
    assert "standard system from 1 Apr 2029" in head


def test_every_procedure_has_its_row_and_every_package_its_strip_and_bars(page: str, advice: Advice) -> None:
    table = page[page.index('<section id="procedures">') : page.index('<section id="assumptions">')]
    assert table.count("<tr>") == 1 + len(advice.procedures)
    assert page.count('class="today"') == len(advice.packages)
    assert page.count("✓") == len({(one.core_system, p.method) for one in advice.packages for p in one.procedures})


def test_the_parameters_of_the_advice_are_there_though_the_scenario_is_silent(page: str) -> None:
    for path in ("advice.lead_time.rpa", "advice.standard_period.long_term_care", "costs.staff_hour_yen"):
        assert path in page


@pytest.mark.parametrize("why", Why)
def test_every_reason_has_words_in_both_languages(why: Why, advice: Advice, question: Question) -> None:
    loss = Loss(method=LinkageMethod.BATCH_IMPORT, why=why, extra_yen=-2e6 if why is Why.OVER_BUDGET else 2e6)
    dated = replace(loss, on=question.spec.budget_from)
    for one in (dated, replace(dated, extra_yen=None)) if why in (Why.TOO_LATE, Why.MIGRATION) else (loss,):
        told = reason(replace(one, extra_yen=None) if why is Why.NOT_YET else one, advice.packages[0])
        assert told.en
        assert told.ja
        assert told.en != told.ja
