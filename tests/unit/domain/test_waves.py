"""Seasons in waves: each curve has the shape its docstring promises, the shares add up, and no wave is no change."""

from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.demand import filings, is_seasonal, seasonal_filers
from shinsei.domain.demand.curve import CURVES, wave_weights
from shinsei.domain.distributions import Distribution
from shinsei.domain.plan import run_all
from shinsei.domain.run import CurveKind, FilersOf, RunSpec, WaveSpec
from shinsei.domain.simtime import DAY_MS, SimTime, day_number, day_of
from shinsei.domain.trace import trace_hash
from shinsei.testing.builders import a_run_spec

JUNE, LAST = date(2021, 6, 1), date(2021, 6, 30)
BASE = a_run_spec()
BASE = replace(BASE, end=SimTime(BASE.start + 90 * DAY_MS), demand=replace(BASE.demand, weekend_weight=1.0))
CALENDAR = BusinessCalendar(BASE.calendar)


def a_wave(curve: CurveKind = CurveKind.DEADLINE, **changes: object) -> WaveSpec:
    wave = WaveSpec(
        procedure=10,
        share=1.0,
        curve=curve,
        first_day=JUNE,
        last_day=LAST,
        online_share=0.6,
        flat_share=0.35,
        deadline_share=0.30,
        late_share=0.05,
        delay_days=Distribution(mean=5.9, cv=0.38),
        scale_days=8.0,
        opens_before_days=60,
    )
    return replace(wave, **changes)  # type: ignore[arg-type]


def in_waves(*waves: WaveSpec, **demand: object) -> RunSpec:
    return replace(BASE, demand=replace(BASE.demand, waves=waves, **demand))  # type: ignore[arg-type]


def weights(wave: WaveSpec) -> list[float]:
    """From the first day on."""
    found = wave_weights(BASE.demand, wave, CALENDAR)
    return [found[day] for day in sorted(found)]


@pytest.mark.parametrize("curve", CurveKind)
def test_every_curve_is_in_the_table_and_sums_to_one_over_its_days(curve: CurveKind) -> None:
    wave = a_wave(curve, late_share=0.0)
    found = CURVES[curve](BASE.demand, wave, CALENDAR)
    assert sum(found.values()) == pytest.approx(1.0)
    assert set(found) == set(range(day_of(JUNE), day_of(LAST) + 1))


def test_decay_falls_to_1_over_e_in_its_scale() -> None:
    found = weights(a_wave(CurveKind.DECAY, scale_days=10.0))
    assert found == sorted(found, reverse=True)
    assert found[10] / found[0] == pytest.approx(0.3679, abs=1e-4)


def test_a_burst_rises_to_its_scale_and_falls_off() -> None:
    found = weights(a_wave(CurveKind.BURST, scale_days=8.0))
    peak = max(range(len(found)), key=lambda n: found[n])
    assert peak in (7, 8)
    assert found[:peak] == sorted(found[:peak])
    assert found[peak:] == sorted(found[peak:], reverse=True)


def test_a_monthly_wave_begins_where_renewal_opens_and_comes_once_a_month() -> None:
    """What expires on 31 August may be renewed from 2 July on."""
    wave = a_wave(
        CurveKind.MONTHLY_WAVE,
        last_day=date(2021, 8, 29),
        delay_days=Distribution(mean=5.0, cv=0.3),
        opens_before_days=60,
    )
    found = dict(zip(range(day_of(JUNE), day_of(date(2021, 8, 29)) + 1), weights(wave), strict=True))
    peaks = [day for day in found if found[day] > max(found.get(day - 1, 0.0), found.get(day + 1, 0.0))]
    assert [day - day_of(date(2021, 7, 2)) for day in peaks][1] in (3, 4, 5)
    assert all(25 <= later - earlier <= 35 for earlier, later in pairwise(peaks))
    # Openings before the first day still reach into it: certificates of July's end, open since 1 June.
    assert sum(found[day] for day in range(day_of(JUNE), day_of(date(2021, 7, 1)))) == pytest.approx(1 / 3, abs=0.03)


def test_a_single_deadline_wave_is_the_season_without_waves_to_the_trace() -> None:
    short = replace(BASE, end=SimTime(BASE.start + 45 * DAY_MS), demand=replace(BASE.demand, population=2_000))
    waved = replace(short, demand=replace(short.demand, waves=(a_wave(),)))
    hashes = [trace_hash(line for run in run_all([spec]) for line in run.lines(spec.end)) for spec in (short, waved)]
    assert hashes[0] == hashes[1]


def test_the_waves_share_the_filers_and_lose_none() -> None:
    waves = [a_wave(share=1 / 3), a_wave(share=1 / 3, procedure=1), a_wave(share=1 / 3, procedure=2, late_share=0.0)]
    spec = in_waves(*waves, recipients_share=0.0701)
    found = Counter(filing.procedure for filing in filings(spec) if is_seasonal(spec, filing))
    assert found.total() == seasonal_filers(spec.demand) == 701
    assert max(found.values()) - min(found.values()) <= 1
    assert spec.demand.seasonal_procedures == (10, 1, 2)


def test_two_deadlines_are_two_peaks_and_only_deadline_curves_have_one() -> None:
    later = a_wave(share=0.5, first_day=date(2021, 7, 1), last_day=date(2021, 7, 31))
    spec = in_waves(a_wave(share=0.5), later, a_wave(CurveKind.DECAY, share=0.0, last_day=date(2021, 8, 5)))
    assert spec.demand.deadlines == (LAST, date(2021, 7, 31))
    assert spec.demand.last_day == date(2021, 8, 5)
    online = Counter(day_number(filing.at) for filing in filings(spec) if filing.online)
    for deadline in spec.demand.deadlines:
        assert online[day_of(deadline)] > 2 * online[day_of(deadline) - 12]


def test_a_procedure_of_the_season_is_not_in_the_background_as_well() -> None:
    spec = in_waves(a_wave(share=0.5), a_wave(share=0.5, procedure=1), background_scale=50.0, recipients_share=0.0)
    found = {filing.procedure for filing in filings(spec)}
    assert found
    assert not found & {1, 10}


def test_households_are_fewer_than_people() -> None:
    spec = in_waves(a_wave(), filers_of=FilersOf.HOUSEHOLDS, households_per_person=0.44, recipients_share=0.25)
    assert seasonal_filers(spec.demand) == 10_000 * 0.44 * 0.25
