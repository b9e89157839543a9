"""A plan answers the scenario's question as its season does, and says the money that an incident loses."""

import re

import pytest

from shinsei.domain.linkage_method import LinkageMethod
from shinsei.planning import Study, Wanted, Workers, study
from shinsei.planning.answer import answer, choice
from shinsei.planning.content import content
from shinsei.planning.outlook import point_of
from shinsei.planning.probing import judge_of, paying, recommended
from shinsei.planning.report.page import PageContext, plan_html
from shinsei.scenario import load
from shinsei.season.planned import plan_season
from shinsei.season.verdict import verdict

pytestmark = pytest.mark.slow

ONE = Wanted(replications=1)


@pytest.fixture(scope="module")
def village() -> Study:
    return study(load("village-of-500", ["run.end=2021-07-10", "demand.background_scale=0"]), ONE, Workers())


@pytest.fixture(scope="module")
def twice() -> Study:
    scenario = load("incident-file-twice", ["demand.background_scale=0", "run.end=2021-06-19"])
    scenario = scenario.with_methods([LinkageMethod.TRANSCRIPTION, LinkageMethod.BATCH_IMPORT])
    return study(scenario, ONE, Workers())


def test_where_it_is_asked_what_pays_the_choice_is_by_cost(village: Study) -> None:
    best = choice(village)
    assert best is not None
    assert village.methods[best].method is LinkageMethod.TRANSCRIPTION
    said = answer(village)
    assert said.en.startswith("Over 1 season the choice by cost is Transcription; it costs ¥")
    assert re.search(r"RPA costs ¥1\.\d+ M more a year", said.en)
    assert village.asked is not None
    assert "no method but transcription pays" in village.asked.en


def test_what_is_tried_on_assumptions_is_judged_as_the_plan_chooses(village: Study, found: Study) -> None:
    assert judge_of(village.scenario) is paying
    assert judge_of(found.scenario) is recommended
    point = point_of(village)
    assert paying(point) is LinkageMethod.TRANSCRIPTION
    assert paying(point) is not recommended(point)
    assert paying({}) is None


def test_the_seasons_own_answer_is_said_beside_with_its_seed(twice: Study) -> None:
    season = plan_season(twice.scenario)
    told = verdict(season)
    assert twice.asked is not None
    assert twice.asked.en.lower() == f"in the season of seed {season.seed}: {told.en}".lower()
    assert twice.asked.ja == f"シード{season.seed}のシーズンでは、{told.ja}"
    assert content(twice, answer=answer(twice))["asked"] == {"en": twice.asked.en, "ja": twice.asked.ja}
    assert twice.asked.ja in plan_html(twice, PageContext())


def test_a_recommendation_says_what_incidents_lose(twice: Study) -> None:
    assert twice.estimate(1, "incident_yen").mean
    assert re.search(r"but incidents lose ¥[\d.]+ M under Batch import, in no price", answer(twice).en)
    assert "Lost in incidents" in plan_html(twice, PageContext())


def test_without_a_question_nothing_is_said_beside(found: Study) -> None:
    assert found.asked is None
    assert content(found, answer=answer(found))["asked"] is None
    assert 'class="asked"' not in plan_html(found, PageContext())
    assert "incidents" not in answer(found).en
