"""Every shipped season, in its smallest version and in virtual time: whole, reproducible, and with an answer."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from shinsei.domain.catalogue import procedure
from shinsei.domain.linkage_method import COMPARED_METHODS
from shinsei.domain.simtime import to_datetime
from shinsei.scenario import Answer, Scenario, load
from shinsei.season.against import against
from shinsei.season.answers import answers
from shinsei.season.findings import Findings
from shinsei.season.municipalities import name_of
from shinsei.season.planned import plan_season
from shinsei.season.verdict import verdict
from shinsei.testing.seasons import SMALL

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parents[3] / "scenarios"
ONLINE_IN_FIVE_MINUTES = 57_000
"""Cases of all twins: the demonstration's 21,465 take 112 s on two cores."""

PLANNED_ONLY = {"nationwide"}
"""More municipalities than a live season takes."""

every_season = pytest.mark.parametrize("name", sorted(SMALL))


def small(name: str) -> Scenario:
    return load(name, SMALL[name])


@cache
def planned(name: str) -> Findings:
    return plan_season(small(name))


def test_every_season_has_a_small_version() -> None:
    older = {"all-procedures", "smoke", "standing"}
    assert {file.stem for file in FOLDER.glob("*.toml")} - older == set(SMALL)


@every_season
def test_a_season_is_whole_and_reproducible(name: str) -> None:
    first = planned(name)
    assert first.trace_hash == plan_season(small(name)).trace_hash
    ledger = first.ledger
    ends = (ledger.registered, ledger.not_accepted, ledger.withdrawn, ledger.expired, ledger.transferred)
    assert ledger.accepted == sum(ends) + ledger.in_flight > 0
    assert ledger.unaccounted == ledger.dead_lettered == 0


@pytest.mark.parametrize("name", ["village-of-500", "large-city"])
def test_another_seed_is_another_season_of_twins_and_of_municipalities(name: str) -> None:
    assert plan_season(small(name).with_seed(2)).trace_hash != planned(name).trace_hash


@every_season
def test_the_twins_differ_by_method_in_the_procedures_of_the_season(name: str) -> None:
    scenario, season = small(name), planned(name)
    if scenario.groups:
        assert [one.name.en for one in season.methods] == [name_of(group).en for group in scenario.groups]
        assert len(season.municipalities) == sum(len(group.members) for group in scenario.groups)
    else:
        assert [one.method for one in season.methods] == list(COMPARED_METHODS)
        assert len({one.accepted for one in season.methods}) == 1
    assert season.procedures == tuple(sorted(scenario.run_specs("r")[0].demand.seasonal_procedures))
    assert all(one.compared > 0 for one in season.methods)


@every_season
def test_the_answer_has_every_part_that_the_season_asks_for(name: str) -> None:
    scenario, season = small(name), planned(name)
    told = verdict(season, against(scenario, lambda _: season))
    four = season.methods if season.municipalities else season.methods[:4]
    for answer in season.answers:
        if answer in (Answer.AGAINST, Answer.HOLDS):
            assert scenario.report.against is not None
            assert scenario.report.against.name in told.en
            assert scenario.report.against.name_ja in told.ja
            continue
        (part,) = answers(replace(season, answers=(answer,)), four)
        assert part.en[1:] in told.en
        assert part.ja in told.ja
    assert ("deadline" in told.en) <= season.has_deadline


@pytest.mark.parametrize("name", sorted(set(SMALL) - PLANNED_ONLY))
def test_a_full_season_is_of_a_size_that_the_live_stack_has_done_in_five_minutes(name: str) -> None:
    """By its size; how long it takes is measured, not tested."""
    scenario = load(name)
    _, online = scenario.filers()
    assert online * max(1, len(scenario.methods)) < ONLINE_IN_FIVE_MINUTES


def test_each_season_is_about_what_its_name_says() -> None:
    compared = {name: [procedure(n).key for n in load(name).compared_procedures] for name in SMALL}
    assert compared["nursery-entry"] == ["nursery_place_application"]
    assert compared["child-allowance-reform-2024"] == ["child_allowance_claim", "child_allowance_revision"]
    assert compared["long-term-care-renewals"] == ["care_certification_renewal"]
    assert compared["disaster-certificates"] == ["disaster_certificate"]
    assert len(load("child-allowance-reform-2024").run_specs("r")[0].demand.deadlines) == 2


def test_in_long_term_care_the_examination_is_nearly_all_of_the_time() -> None:
    season = planned("long-term-care-renewals")
    assert season.answers[0] is Answer.LINKAGE_SHARE
    assert all(one.linkage_share is not None and one.linkage_share < 0.05 for one in season.methods)


def test_an_outage_of_the_line_loses_no_case_and_moves_the_peak_behind_it() -> None:
    changes = ["run.end=2021-07-10", "municipality.population=10000", "twins.methods=['TRANSCRIPTION', 'STANDARD_API']"]
    outage, without = (plan_season(load(name, changes)) for name in ("line-outage", "child-allowance-status-report"))
    assert [one.accepted for one in outage.methods] == [one.accepted for one in without.methods]
    fast = outage.methods[-1]
    assert fast.backlog_peak > without.methods[-1].backlog_peak
    assert fast.backlog_peak_at is not None
    assert to_datetime(fast.backlog_peak_at).date().isoformat() == "2021-07-01"


def test_an_outage_of_the_portal_makes_late_filers() -> None:
    """Under every method the same, so one is enough."""
    changes = ["run.end=2021-07-10", "municipality.population=30000", "twins.methods=['TRANSCRIPTION']"]
    season = plan_season(load("portal-outage", changes))
    assert season.echo is not None
    assert 0 < season.echo.late < season.echo.failed
    assert 0 < season.echo.given_up < season.echo.failed


def test_a_village_stays_with_transcription() -> None:
    season = plan_season(load("village-of-500"))
    cheapest = min(season.methods[:4], key=lambda one: one.cost.total_yen)
    assert cheapest.method == "TRANSCRIPTION"
