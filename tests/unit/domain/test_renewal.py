"""One person with two serial numbers: both lead to the same resident, each in its time."""

from dataclasses import replace

from shinsei.domain.demand import filings
from shinsei.domain.distributions import Distribution
from shinsei.domain.identification import (
    is_identified,
    last_refresh,
    mappings,
    resident_number,
    serial_number,
    signing_serial,
)
from shinsei.domain.lifecycle import Action
from shinsei.domain.plan import VirtualRun
from shinsei.domain.run import DoubleSpec, Filing, IdentificationSpec, RunSpec
from shinsei.domain.simtime import DAY_MS, HOUR_MS, SimTime
from shinsei.domain.trace import trace_hash
from shinsei.season.filing import application
from shinsei.testing.builders import a_run_spec

PLAIN = replace(
    a_run_spec(demand={"background_scale": 0.0}),
    doubles=DoubleSpec(p_online=0.5, delay_days=Distribution(mean=3.0, cv=0.3), found_by_match=1.0),
)


def renewing(share: float = 0.5, *, days: int = 4, base: RunSpec = PLAIN) -> RunSpec:
    spec = IdentificationSpec(p_two_serials=share, renewed_within_ms=days * DAY_MS)
    return replace(base, identification=spec)


def run(spec: RunSpec) -> VirtualRun:
    done = VirtualRun(spec)
    done.advance(spec.end)
    return done


def pairs(spec: RunSpec) -> list[tuple[Filing, Filing]]:
    """Signed filings and their doubles that carry another serial number."""
    doubles = [one for one in filings(spec) if one.original is not None and one.online and one.signed]
    both = [(one.original, one) for one in doubles if one.original is not None]
    return [pair for pair in both if signing_serial(spec, pair[0]) != signing_serial(spec, pair[1])]


def test_both_serials_of_a_person_lead_to_the_same_resident_one_after_the_other() -> None:
    spec = renewing()
    lines = {line.serial: line for line in mappings(spec)}
    found = pairs(spec)
    assert len(found) > 10
    for first, second in found:
        old, new = (lines[signing_serial(spec, filing)] for filing in (first, second))
        assert old.resident == new.resident == resident_number(spec.seed, first.case_id)
        assert first.at < (old.valid_until or 0) == new.valid_from <= second.at
        assert application(spec, second).serial_number == new.serial != application(spec, first).serial_number


def test_a_second_filing_under_a_new_serial_still_matches_the_first() -> None:
    spec = renewing()
    late = {second.case_id for _, second in pairs(spec)}
    done = run(spec)
    ends = {
        case.filing.case_id: [line.action for line in case.lines]
        for case in done.cases()
        if case.filing.case_id in late
    }
    identified = [actions for actions in ends.values() if Action.IDENTIFY in actions]
    # Who files near the end is not through; everybody else who is identified is recognised.
    assert sum(Action.NOT_ACCEPT in actions for actions in identified) > 0.8 * len(identified) > 5
    assert done.report().doubles_registered == 0


def test_the_formula_equals_the_table_look_up() -> None:
    spec = renewing()
    table = {line.serial: line for line in mappings(spec)}
    seen = set()
    for delay_h in (0.5, 30, 100):
        for filing in filings(spec):
            if filing.online and filing.signed:
                at = SimTime(filing.at + round(delay_h * HOUR_MS))
                known = table[signing_serial(spec, filing)].is_known_at(last_refresh(spec, (), at))
                assert is_identified(spec, (), filing, at) is known
                seen.add(known)
    assert seen == {True, False}


def test_the_more_people_renew_the_more_a_clerk_has_to_search() -> None:
    searched = [run(renewing(share)).report().staff_minutes["manual_identification"] for share in (0.0, 1.0)]
    assert searched[0] < searched[1]


def test_where_nobody_renews_trace_and_books_and_registry_are_as_without() -> None:
    plain, off = run(PLAIN), run(renewing(0.0))
    assert trace_hash(plain.lines(PLAIN.end)) == trace_hash(off.lines(PLAIN.end))
    assert plain.report() == off.report()
    assert list(mappings(PLAIN)) == list(mappings(renewing(0.0)))
    assert all(
        signing_serial(PLAIN, filing) == serial_number(PLAIN.seed, filing.subject)
        for filing in filings(PLAIN)
        if filing.online and filing.signed
    )
