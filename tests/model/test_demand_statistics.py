"""Over many seeds the demand has the shares that its assumptions state."""

from collections import Counter
from dataclasses import replace
from functools import cache
from statistics import fmean

import pytest

from shinsei.domain.demand import filings, is_seasonal
from shinsei.domain.identification import is_identified
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.polling import next_poll
from shinsei.domain.run import Filing, RunSpec
from shinsei.domain.simtime import HOUR_MS, day_number, day_of, time_of_day_ms
from shinsei.scenario import load

pytestmark = pytest.mark.slow

SPEC = load("child-allowance-status-report").run_spec("r", LinkageMethod.TRANSCRIPTION)
SEASONS = [replace(SPEC, seed=seed) for seed in range(1, 13)]


@cache
def online_reports(spec: RunSpec) -> list[Filing]:
    return [filing for filing in filings(spec) if filing.online and is_seasonal(spec, filing)]


def test_about_one_percent_of_the_signed_are_not_found_with_a_daily_refresh() -> None:
    """Half of the 2 % with a certificate of the last day file before the next refresh knows it."""
    shares = []
    for spec in SEASONS:
        signed = [filing for filing in online_reports(spec) if filing.signed]
        missed = sum(not is_identified(spec, (), filing, next_poll(spec, filing.at)) for filing in signed)
        shares.append(missed / len(signed))
    assert fmean(shares) == pytest.approx(0.01, rel=0.2)


def test_a_refresh_every_hour_finds_almost_everybody() -> None:
    hourly = replace(SPEC, registry=replace(SPEC.registry, refresh_every_ms=HOUR_MS))
    signed = [filing for filing in online_reports(hourly) if filing.signed]
    missed = sum(not is_identified(hourly, (), filing, next_poll(hourly, filing.at)) for filing in signed)
    assert missed / len(signed) < 0.002


def test_43_percent_of_the_online_filings_come_within_office_hours_and_the_evening_is_twice_the_mean() -> None:
    ordinary = [
        filing
        for spec in SEASONS
        for filing in online_reports(spec)
        if day_number(filing.at) != day_of(spec.demand.deadline_day)
    ]
    hours = Counter(time_of_day_ms(filing.at) // HOUR_MS for filing in ordinary)
    assert sum(hours[hour] for hour in range(9, 17)) / len(ordinary) == pytest.approx(0.43, abs=0.01)
    assert hours[22] / len(ordinary) * 24 == pytest.approx(2.1, abs=0.1)


def test_the_last_hour_is_three_times_what_it_is_on_another_day() -> None:
    def share_of_last_hour(*, deadline: bool) -> float:
        found = [
            time_of_day_ms(filing.at) // HOUR_MS
            for spec in SEASONS
            for filing in online_reports(spec)
            if (day_number(filing.at) == day_of(spec.demand.deadline_day)) is deadline
        ]
        last, rest = found.count(23), len(found) - found.count(23)
        return last / rest

    assert share_of_last_hour(deadline=True) / share_of_last_hour(deadline=False) == pytest.approx(3.0, rel=0.15)


def test_five_percent_are_late_and_a_quarter_comes_in_the_last_three_days() -> None:
    late, last_three = [], []
    deadline = day_of(SPEC.demand.deadline_day)
    for spec in SEASONS:
        days = [day_number(filing.at) for filing in online_reports(spec)]
        late.append(sum(day > deadline for day in days) / len(days))
        last_three.append(sum(deadline - 3 < day <= deadline for day in days) / len(days))
    assert fmean(late) == pytest.approx(0.05, abs=0.005)
    assert fmean(last_three) == pytest.approx(0.24, abs=0.02)


def test_seeds_vary_the_days_as_independent_filers_would() -> None:
    """Counts of one day over the seeds have about the variance of a binomial, neither smoothed nor clumped."""
    deadline = day_of(SPEC.demand.deadline_day)
    counts = [sum(day_number(filing.at) == deadline for filing in online_reports(spec)) for spec in SEASONS]
    mean = fmean(counts)
    variance = sum((count - mean) ** 2 for count in counts) / (len(counts) - 1)
    # 11 degrees of freedom: the ratio lies between 0.24 and 2.6 in 99.9 of 100 samples.
    assert 0.2 < variance / (mean * (1 - mean / 4_200)) < 2.8
