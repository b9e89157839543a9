"""The days of a plan are those of the kernel's own season, and of its procedures alone."""

from math import inf

from shinsei.domain.advice import planned_days
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import RunSpec
from shinsei.scenario import load

TRANSCRIPTION, BATCH = LinkageMethod.TRANSCRIPTION, LinkageMethod.BATCH_IMPORT


def a_run(*overrides: str) -> RunSpec:
    small = ["municipality.population=4000", "office.clerks=1", "demand.background_scale=0"]
    return load("child-allowance-status-report", [*small, *overrides]).run_specs("plan")[0]


def test_a_short_staffed_season_is_decided_later_when_it_is_transcribed() -> None:
    days = planned_days(a_run("office.productive_share=0.3"), (TRANSCRIPTION, BATCH), {10: 30.0})
    assert set(days) == {(10, TRANSCRIPTION), (10, BATCH)}
    assert 5.0 < days[10, BATCH] < days[10, TRANSCRIPTION]


def test_the_same_people_take_longer_for_twice_the_volume() -> None:
    run = a_run("office.productive_share=0.3")
    plain, double = (planned_days(run, (TRANSCRIPTION,), {10: 30.0}, factor=factor) for factor in (1.0, 2.0))
    assert plain[10, TRANSCRIPTION] < double[10, TRANSCRIPTION]


def test_what_is_not_decided_by_the_end_has_no_end() -> None:
    swamped = a_run("municipality.population=60000", "run.end=2021-08-15")
    assert planned_days(swamped, (TRANSCRIPTION,), {10: 30.0})[10, TRANSCRIPTION] == inf
