"""A season held against the same one without what it asks about: another scenario, or itself with other values."""

from dataclasses import replace
from pathlib import Path

import pytest

from shinsei.domain.errors import InvalidInputError
from shinsei.domain.linkage.incident import IncidentKind
from shinsei.domain.office.report import IncidentReport
from shinsei.domain.simtime import DAY_MS, SimTime
from shinsei.scenario import Answer, Scenario, counterpart, load, parse
from shinsei.season.against import Against, against
from shinsei.season.findings import Findings
from shinsei.season.text import Text
from shinsei.season.verdict import verdict

HALF_THE_STAFF = """
extends = "smoke"

[report]
answers = ["against"]

[report.against]
name = "the same season with ten clerks"
name_ja = "職員10人の同じ繁忙期"
set = ["office.clerks=10"]
"""


def half(*overrides: str) -> Scenario:
    return parse(HALF_THE_STAFF, Path("half.toml"), overrides)


def test_the_counterpart_has_other_values_and_the_same_seed_twins_and_settings() -> None:
    mine = half("municipality.population=700").with_seed(9)
    other = counterpart(mine)
    assert other is not None
    assert (other.file.office.clerks, other.file.municipality.population, other.seed) == (10, 700, 9)
    assert other.methods == mine.methods


def test_the_counterpart_may_be_another_scenario() -> None:
    other = counterpart(load("line-outage", ["office.clerks=3"]))
    assert other is not None
    assert (other.name, other.file.line.outages, other.file.office.clerks) == ("child-allowance-status-report", (), 3)


def test_a_scenario_that_names_none_has_none(season: Findings) -> None:
    assert counterpart(load("smoke")) is None
    assert against(load("smoke"), lambda _: season) is None


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('set = ["office.clerks=10"]', 'set = ["office.clark=10"]', "unknown key 'clark'"),
        ('set = ["office.clerks=10"]', 'scenario = "smok"', "did you mean 'smoke'?"),
        ('answers = ["against"]', "answers = []", 'the answer "against" and the table against go together'),
        (
            HALF_THE_STAFF[HALF_THE_STAFF.index("[report]") :],
            '[report]\nanswers = ["holds"]',
            '"holds" needs the table',
        ),
    ],
)
def test_a_counterpart_that_cannot_be_is_refused_before_anything_runs(old: str, new: str, problem: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse(HALF_THE_STAFF.replace(old, new), Path("half.toml"))
    assert problem in str(caught.value)


def test_the_answer_tells_backlog_days_and_hours_of_both(season: Findings) -> None:
    worse = tuple(
        replace(one, backlog_peak=one.backlog_peak + 5, cleared_at=SimTime(one.cleared_at + n * DAY_MS))
        for n, one in enumerate(season.methods)
        if one.cleared_at is not None
    )
    other = Against(name=Text("a quiet season", "平時"), season=season)
    told = verdict(replace(season, methods=worse), other)
    first = season.methods[0]
    assert told.en.startswith(f"Against a quiet season, the highest backlog is {first.backlog_peak + 5} instead of ")
    assert "through: Transcription on the same day, RPA 1 day later, Screen import 2 days later" in told.en
    assert told.en.endswith("staff hours change by 0 h, overtime by 0 h.")
    assert "平時に比べ" in told.ja


def test_it_is_told_in_the_place_that_the_scenario_gives_it(season: Findings) -> None:
    other = Against(name=Text("itself", "同じもの"), season=season)
    first = verdict(replace(season, answers=(Answer.AGAINST, Answer.PEAK)), other).en
    last = verdict(replace(season, answers=(Answer.PEAK, Answer.AGAINST)), other).en
    assert first.startswith("Against itself")
    assert last.startswith("The highest backlogs")
    assert len(first) == len(last)


NOBODY = "No method is through as soon as in a quiet season"
HOLDING = "hold: through no later than in a quiet season"


@pytest.mark.parametrize(
    ("later", "told"),
    [
        ((0, 0, 0, 0), f"Transcription, RPA, Screen import and Batch import {HOLDING};"),
        (
            (2, 0, -1, 1),
            f"Screen import and RPA {HOLDING}, which Batch import (1 day later) and Transcription (2 days later) do",
        ),
        (
            (3, 0, 0, 0),
            f"RPA, Screen import and Batch import {HOLDING}, which Transcription (3 days later) does not;",
        ),
        (
            (1, 1, 2, 2),
            f"{NOBODY}: Transcription (1 day later), RPA (1 day later), Screen import (2 days later) and Batch import",
        ),
    ],
)
def test_who_holds_is_named_first_where_it_is_asked(later: tuple[int, ...], told: str, season: Findings) -> None:
    days = dict(zip((one.name for one in season.methods), later, strict=False))
    moved = tuple(
        replace(one, cleared_at=SimTime(one.cleared_at + days.get(one.name, 0) * DAY_MS))
        for one in season.methods
        if one.cleared_at is not None
    )
    asked = replace(season, methods=moved, answers=(Answer.HOLDS, Answer.AGAINST))
    answer = verdict(asked, Against(name=Text("a quiet season", "平時"), season=season)).en
    assert answer.startswith(told)
    assert "through: " not in answer.removeprefix(told)


def test_no_other_day_is_told_in_one_clause(season: Findings) -> None:
    told = verdict(season, Against(name=Text("itself", "同じもの"), season=season))
    assert "no method is through on another day" in told.en
    assert "no highest backlog is another" in told.en


def test_an_incident_is_held_against_the_same_one_where_incidents_are_asked_about(season: Findings) -> None:
    at = SimTime(season.start + 10 * DAY_MS)
    early = IncidentReport(
        kind=IncidentKind.FILE_HANDED_OVER_TWICE,
        subject="b-1",
        began_at=at,
        found_at=SimTime(at + 2 * DAY_MS),
        settled_at=None,
        records=25,
        exposure_h=1_200.0,
        yen=0.0,
    )
    late = replace(early, found_at=None, exposure_h=8_000.0)
    other = Against(name=Text("found soon", "早期発見"), season=struck(season, early))
    asked = replace(struck(season, late), answers=(Answer.INCIDENTS, Answer.AGAINST))
    told = verdict(asked, other).en
    assert (
        "a file handed over twice under Transcription is found by nobody until the end, against after 2.0 days" in told
    )
    assert "for 8,000 case-hours, against 1,200; " in told
    assert "case-hours" not in verdict(replace(asked, answers=(Answer.AGAINST,)), other).en


def struck(season: Findings, incident: IncidentReport) -> Findings:
    """The season in which the first method has an incident."""
    first, *rest = season.methods
    return replace(season, methods=(replace(first, office=replace(first.office, incidents=(incident,))), *rest))
