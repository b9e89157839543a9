"""What a run files: the counts it promises, the same in twins, on open days for paper, spread as the curve says."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.catalogue import MUNICIPAL, PREFECTURAL, Signature, procedure
from shinsei.domain.demand import filings, is_seasonal, last_seasonal, seasonal_filers
from shinsei.domain.demand.curve import WeightedChoice, day_weights
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import Filing, PolicyYear, RunSpec
from shinsei.domain.simtime import day_number, day_of, from_datetime, time_of_day_ms
from shinsei.scenario import load


@cache
def demonstration() -> RunSpec:
    return load("child-allowance-status-report").run_spec("r", LinkageMethod.RPA)


@cache
def a_year() -> Sequence[RunSpec]:
    return load("all-procedures").run_specs("r")


filed = cache(filings)
"""By a run, worked out once for all tests."""


def a_season(**demand: object) -> RunSpec:
    """The demonstration city, which has the whole curve and a background."""
    spec = demonstration()
    return replace(spec, demand=replace(spec.demand, **demand))  # type: ignore[arg-type]


SPEC = a_season()


@cache
def seasonal() -> list[Filing]:
    return [filing for filing in filed(SPEC) if is_seasonal(SPEC, filing)]


def day(filing: Filing) -> int:
    return day_number(filing.at)


def test_the_season_has_exactly_the_recipients_and_the_online_share() -> None:
    assert len(seasonal()) == seasonal_filers(SPEC.demand) == 7_000
    assert sum(filing.online for filing in seasonal()) == 4_200


def test_from_2022_only_the_exceptional_few_file() -> None:
    assert seasonal_filers(replace(SPEC.demand, policy_year=PolicyYear.POST2022)) == 210


def test_filings_are_in_order_and_case_ids_count_by_time_within_a_procedure() -> None:
    assert sorted(filed(SPEC), key=lambda filing: (filing.at, filing.case_id)) == filed(SPEC)
    for number in {filing.procedure for filing in filed(SPEC)}:
        ids = [filing.case_id for filing in filed(SPEC) if filing.procedure == number]
        assert ids == sorted(ids)
        assert ids[0] == f"{number:02d}-000001"
        assert len(set(ids)) == len(ids)


def test_everything_is_filed_within_the_run() -> None:
    assert all(SPEC.start <= filing.at < SPEC.end for filing in filed(SPEC))


def test_twin_cities_file_the_same_and_another_seed_files_something_else() -> None:
    twin = replace(SPEC, municipality="482030", twin_method=LinkageMethod.SCREEN_IMPORT, partition=5)
    assert filings(twin) == filed(SPEC)
    assert filings(replace(SPEC, seed=SPEC.seed + 1)) != filed(SPEC)


def test_paper_arrives_in_office_hours_of_open_days_without_signature_or_files() -> None:
    calendar = BusinessCalendar(SPEC.calendar)
    paper = [filing for filing in filed(SPEC) if not filing.online]
    assert paper
    assert all(calendar.is_open_at(filing.at) for filing in paper)
    assert not any(filing.signed or filing.attachments for filing in paper)


def test_a_larger_online_share_moves_filers_from_paper_and_none_back() -> None:
    """Common random numbers: the filers online at 30 % file at the same moments at 60 %."""
    few = {filing.at for filing in filings(a_season(online_share=0.3)) if filing.procedure == 10 and filing.online}
    many = {filing.at for filing in seasonal() if filing.online}
    assert few < many


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_all_or_nothing_online_is_possible(share: float) -> None:
    found = [filing for filing in filings(a_season(online_share=share)) if filing.procedure == 10]
    assert sum(filing.online for filing in found) == round(7_000 * share)


def test_signatures_follow_the_catalogue() -> None:
    spec = a_year()[0]
    online = [filing for filing in filed(spec) if filing.online]
    for number in {filing.procedure for filing in online}:
        signed = [filing.signed for filing in online if filing.procedure == number]
        match procedure(number).signature:
            case Signature.REQUIRED:
                assert all(signed)
            case Signature.NONE:
                assert not any(signed)
            case Signature.VARIES:
                assert any(signed)


def test_attachments_stay_within_the_portals_limits() -> None:
    limits = SPEC.demand.attachments
    found = [attachment for filing in filed(SPEC) for attachment in filing.attachments]
    assert found
    assert all(1 <= attachment.size <= limits.max_file_mb * 1_000_000 for attachment in found)
    assert max(len(filing.attachments) for filing in filed(SPEC)) <= limits.max_files


def test_daily_counts_replace_the_curve() -> None:
    counts = ((date(2021, 6, 3), 40), (date(2021, 6, 5), 10))
    spec = a_season(daily_counts=counts, online_share=1.0)
    online = [filing for filing in filings(spec) if filing.procedure == 10]
    assert Counter(day(filing) for filing in online) == {day_of(when): count for when, count in counts}


def test_paper_of_a_closed_day_comes_on_the_next_open_one() -> None:
    saturday = date(2021, 6, 5)
    spec = a_season(daily_counts=((saturday, 30),), online_share=0.0, paper_mail_share=0.0)
    assert {day(filing) for filing in filings(spec) if filing.procedure == 10} == {day_of(date(2021, 6, 7))}


def test_no_recipients_and_no_background_file_nothing() -> None:
    spec = a_season(recipients_share=0.0, background_scale=0.0)
    assert filings(spec) == []
    assert last_seasonal(spec) is None


def test_the_last_seasonal_filing_is_known() -> None:
    assert last_seasonal(SPEC) == seasonal()[-1].at


def test_a_prefecture_gets_the_vehicle_procedures_alone_and_a_city_all_others() -> None:
    city, prefecture = a_year()
    assert {filing.procedure for filing in filed(prefecture)} == {item.number for item in PREFECTURAL}
    assert {filing.procedure for filing in filed(city)} == {item.number for item in MUNICIPAL}


def test_a_years_background_has_the_catalogues_volumes() -> None:
    spec = a_year()[0]
    counts = Counter(filing.procedure for filing in filed(spec) if not is_seasonal(spec, filing))
    for item in MUNICIPAL:
        if item.number not in (spec.demand.procedure, 27):
            assert counts[item.number] == pytest.approx(item.volume_per_100k * 2, rel=0.03, abs=1)


class TestCurve:
    """The shape that the assumptions of the model page promise."""

    weights = day_weights(SPEC.demand, BusinessCalendar(SPEC.calendar))
    last = day_of(SPEC.demand.deadline_day)

    def test_it_sums_to_one(self) -> None:
        assert sum(self.weights.values()) == pytest.approx(1.0)

    def test_the_last_day_has_8_to_10_percent_and_the_last_three_about_a_quarter(self) -> None:
        assert 0.08 <= self.weights[self.last] <= 0.10
        assert sum(self.weights[self.last - n] for n in range(3)) == pytest.approx(0.25, abs=0.03)

    def test_the_mailing_wave_peaks_between_the_third_and_the_tenth_day(self) -> None:
        first = day_of(SPEC.demand.mailing_day)
        peak = max(range(first, first + 20), key=lambda n: self.weights[n])
        assert 3 <= peak - first <= 10

    def test_the_middle_is_lower_than_both_peaks(self) -> None:
        middle = self.weights[day_of(date(2021, 6, 18))]
        assert middle < 0.25 * self.weights[self.last]

    def test_the_late_are_as_many_as_assumed_and_dwindle(self) -> None:
        late = [weight for when, weight in sorted(self.weights.items()) if when > self.last]
        assert sum(late) == pytest.approx(SPEC.demand.late_share)
        assert late == sorted(late, reverse=True)

    def test_a_normal_days_evening_is_the_busiest_and_the_deadline_has_a_spike_in_its_last_hour(self) -> None:
        online = [filing for filing in seasonal() if filing.online]
        hours = Counter(time_of_day_ms(filing.at) // 3_600_000 for filing in online if day(filing) < self.last - 5)
        assert max(hours, key=lambda hour: hours[hour]) in (21, 22)
        on_deadline = Counter(time_of_day_ms(filing.at) // 3_600_000 for filing in online if day(filing) == self.last)
        assert max(on_deadline, key=lambda hour: on_deadline[hour]) == 23

    def test_counts_by_day_follow_the_weights(self) -> None:
        """Chi-square over the days with at least five expected filings, at the 0.1 % level."""
        online = Counter(day(filing) for filing in seasonal() if filing.online)
        expected = {when: weight * 4_200 for when, weight in self.weights.items() if weight * 4_200 >= 5}
        statistic = sum((online[when] - mean) ** 2 / mean for when, mean in expected.items())
        freedom = len(expected) - 1
        assert statistic < freedom + 3.1 * (2 * freedom) ** 0.5 + 10


@given(st.dictionaries(st.integers(0, 50), st.floats(0.01, 10), min_size=1), st.floats(1e-9, 1 - 1e-9))
def test_a_weighted_choice_picks_an_item_and_a_place_within_it(weights: dict[int, float], u: float) -> None:
    item, within = WeightedChoice(weights).pick(u)
    assert item in weights
    assert 0 <= within < 1


@settings(max_examples=20, deadline=None)
@given(
    st.integers(min_value=1, max_value=20_000),
    st.floats(0, 1),
    st.integers(min_value=0, max_value=2**31),
    st.integers(min_value=1, max_value=40),
)
def test_any_small_city_files_what_its_numbers_say(population: int, online: float, seed: int, days: int) -> None:
    end = from_datetime(datetime(2022, 6, 1))  # noqa: DTZ001 - read as Tokyo time
    spec = replace(a_season(population=population, online_share=online, deadline_spike_days=days), seed=seed, end=end)
    found = [filing for filing in filings(spec) if filing.procedure == 10]
    assert len(found) == int(population * 0.07 + 0.5)
    assert sum(filing.online for filing in found) == int(len(found) * online + 0.5)
