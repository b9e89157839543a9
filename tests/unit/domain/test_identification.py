"""An applicant is found by the serial number as of the last refresh, and not found when the copy is stale."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinsei.domain.demand import filings
from shinsei.domain.identification import (
    is_identified,
    last_refresh,
    mappings,
    person,
    resident_number,
    residents,
    serial_number,
    standing_subjects,
    valid_from,
)
from shinsei.domain.run import Change, ChangeKind, Filing
from shinsei.domain.simtime import DAY_MS, HOUR_MS, SimTime
from shinsei.testing.builders import a_run_spec

SPEC = a_run_spec(
    registry={
        "refresh_every_ms": DAY_MS,
        "refresh_at_ms": 3 * HOUR_MS,
        "p_fresh_certificate": 0.5,
        "fresh_within_ms": 2 * DAY_MS,
        "standing_residents": 3,
    }
)


@cache
def signed() -> list[Filing]:
    return [filing for filing in filings(SPEC) if filing.online and filing.signed]


def at(hours: float) -> SimTime:
    return SimTime(SPEC.start + round(hours * HOUR_MS))


def a_feed(hours: float, value: int, n: int = 0) -> Change:
    return Change(at=at(hours), kind=ChangeKind.REGISTRY_FEED, n=n, value=value)


def test_the_last_refresh_is_the_scheduled_one_strictly_before() -> None:
    """At the moment of a refresh its copy has not arrived yet."""
    assert last_refresh(SPEC, (), at(10)) == at(3)
    assert last_refresh(SPEC, (), at(3)) == at(3 - 24)
    assert last_refresh(SPEC, (), SimTime(at(3) + 1)) == at(3)


def test_there_is_a_refresh_before_the_first_case() -> None:
    assert last_refresh(SPEC, (), at(0)) == at(3 - 24)


def test_a_stopped_feed_suppresses_refreshes_until_it_runs_again() -> None:
    changes = (a_feed(20, 0), a_feed(60, 1, n=1))
    assert last_refresh(SPEC, changes, at(40)) == at(3)
    assert last_refresh(SPEC, changes, at(70)) == at(3)
    assert last_refresh(SPEC, changes, at(76)) == at(75)


def test_changes_of_other_kinds_suppress_nothing() -> None:
    line = Change(at=at(20), kind=ChangeKind.LINE, n=0, value=0)
    assert last_refresh(SPEC, (line,), at(40)) == at(27)


@given(st.integers(min_value=0, max_value=60 * 24), st.integers(min_value=1, max_value=40))
def test_refreshes_only_go_forward(hours: int, more: int) -> None:
    earlier, later = last_refresh(SPEC, (), at(hours)), last_refresh(SPEC, (), at(hours + more))
    assert earlier <= later
    assert at(hours) - DAY_MS <= earlier < at(hours)


@pytest.mark.parametrize("delay_h", [0.01, 6, 30])
def test_the_formula_equals_the_table_look_up(delay_h: float) -> None:
    table = {mapping.serial: mapping for mapping in mappings(SPEC)}
    found = set()
    for filing in signed():
        moment = SimTime(filing.at + round(delay_h * HOUR_MS))
        row = table[serial_number(SPEC.seed, filing.case_id)]
        looked_up = row.valid_from <= last_refresh(SPEC, (), moment)
        assert is_identified(SPEC, (), filing, moment) is looked_up
        assert row.resident == resident_number(SPEC.seed, filing.case_id)
        found.add(looked_up)
    assert found == ({True, False} if delay_h < 24 else {True})


def test_unsigned_filings_are_not_identified_and_have_no_mapping() -> None:
    unsigned = Filing(case_id="14-000001", procedure=14, at=at(5), online=True, signed=False)
    assert not is_identified(SPEC, (), unsigned, at(90))
    assert len(list(mappings(SPEC))) == len(signed()) + len(standing_subjects(SPEC))


def test_a_fresh_certificate_was_issued_within_the_given_time_before_filing() -> None:
    fresh = [filing for filing in signed() if valid_from(SPEC, filing) > SPEC.start - 300 * DAY_MS]
    assert len(fresh) == pytest.approx(len(signed()) / 2, rel=0.25)
    for filing in fresh:
        assert filing.at - 2 * DAY_MS <= valid_from(SPEC, filing) <= filing.at


def test_everybody_who_files_is_a_resident_once() -> None:
    known = list(residents(SPEC))
    assert len(known) == len(filings(SPEC)) + len(standing_subjects(SPEC))
    assert len({resident.resident for resident in known}) == len(known)


def test_numbers_and_persons_are_obviously_synthetic() -> None:
    assert serial_number(1, "10-000001").startswith("SAMPLE")
    assert resident_number(1, "10-000001").startswith("999")
    assert len(resident_number(1, "10-000001")) == 15
    someone = person(1, "10-000001")
    assert someone == person(1, "10-000001")
    assert someone.address.startswith("見本県架空市")


def test_twin_cities_have_the_same_residents() -> None:
    twin = a_run_spec(municipality="482021", registry=SPEC.registry)
    assert list(mappings(twin)) == list(mappings(SPEC))
