"""Whom the serial number does not lead to: proxies, strangers, and people written otherwise than in the registry."""

from dataclasses import asdict, replace
from functools import cache

import pytest

from shinsei.domain.applicant_kind import ApplicantKind, applicant_kind, is_care, is_written_otherwise
from shinsei.domain.demand import filings
from shinsei.domain.identification import (
    as_written,
    is_identified,
    mapping_key,
    mappings,
    person,
    resident_number,
    residents,
)
from shinsei.domain.lifecycle import Status
from shinsei.domain.plan import VirtualRun
from shinsei.domain.run import Filing, IdentificationSpec, RunSpec
from shinsei.domain.simtime import SimTime
from shinsei.domain.trace import trace_hash
from shinsei.season.filing import application
from shinsei.testing.builders import a_run_spec
from shinsei.testing.offices import a_plain_office, diary, june, opened, run_office

CARE = 16
STRANGERS = IdentificationSpec(
    p_proxy=0.2, p_care_proxy=0.5, p_insured_number_wrong=0.3, p_stranger=0.2, p_variant=0.4, variant_factor=3.0
)


def a_mixed_run(identification: IdentificationSpec = STRANGERS) -> RunSpec:
    """A season with long-term care beside it, all online."""
    demand = {
        "background_scale": 1.0,
        "background_online_share": 1.0,
        "background_volumes": ((CARE, 10_000.0), (18, 10_000.0)),
    }
    return replace(a_run_spec(demand=demand), identification=identification)


SPEC = a_mixed_run()


@cache
def online() -> list[Filing]:
    return [filing for filing in filings(SPEC) if filing.online]


def test_the_mapping_leads_to_the_person_concerned_or_to_nobody() -> None:
    """The look-up that application management does and the formula that a plan uses say the same of every filing."""
    table = {line.serial: line.resident for line in mappings(SPEC)}
    outcomes = set()
    for filing in online():
        sent = application(SPEC, filing)
        key = mapping_key(
            serial=sent.serial_number,
            by_proxy=sent.filed_by_proxy,
            procedure=sent.procedure,
            insured_number=sent.fields.get("insured_number", ""),
            birth_date=sent.applicant.birth_date,
        )
        found = table.get(key)
        late = SimTime(SPEC.end)
        assert (found is not None) is is_identified(SPEC, (), filing, late)
        assert found in (None, resident_number(SPEC.seed, filing.case_id))
        kind = applicant_kind(SPEC, filing.case_id, filing.procedure)
        outcomes.add((kind, found is not None, is_care(filing.procedure)))
    assert {(ApplicantKind.PROXY, False, False), (ApplicantKind.PROXY, True, True)} < outcomes
    assert (ApplicantKind.PROXY, False, True) in outcomes, "a wrong insured number leads nowhere"
    assert (ApplicantKind.PROXY, True, False) not in outcomes
    assert not any(found for kind, found, _ in outcomes if kind is ApplicantKind.STRANGER)


def test_a_proxys_own_certificate_would_have_found_the_wrong_person() -> None:
    """Which is why a declared proxy's serial number is not looked up."""
    table = {line.serial: line.resident for line in mappings(SPEC)}
    signed = [application(SPEC, filing) for filing in online() if filing.signed]
    by_proxy = [sent for sent in signed if sent.filed_by_proxy]
    concerned = {sent.submission_id: resident_number(SPEC.seed, sent.submission_id[7:]) for sent in by_proxy}
    assert by_proxy
    assert all(table[sent.serial_number] != concerned[sent.submission_id] for sent in by_proxy)


def test_the_registry_has_everybody_but_strangers() -> None:
    known = {entry.resident for entry in residents(SPEC)}
    for filing in online():
        is_stranger = applicant_kind(SPEC, filing.case_id, filing.procedure) is ApplicantKind.STRANGER
        assert (resident_number(SPEC.seed, filing.case_id) in known) is not is_stranger


def test_variants_change_the_writing_and_not_the_person() -> None:
    pairs = [(as_written(SPEC, filing), person(SPEC.seed, filing.case_id), filing) for filing in online()]
    for written, known, filing in pairs:
        assert ((written.name, written.address) != (known.name, known.address)) is is_written_otherwise(
            SPEC, filing.case_id
        )
        assert written.birth_date == known.birth_date
    assert 0.3 < sum(written != known for written, known, _ in pairs) / len(pairs) < 0.5


def number_of(spec: RunSpec, *, stranger: bool, variant: bool) -> int:
    """The first case of procedure 10 with such an applicant."""
    return next(
        number
        for number in range(1, 1000)
        if (applicant_kind(spec, f"10-{number:06d}", 10) is ApplicantKind.STRANGER) is stranger
        and is_written_otherwise(spec, f"10-{number:06d}") is variant
    )


@pytest.mark.parametrize(("variant", "found_at"), [(False, "09:05"), (True, "09:15")])
def test_a_clerk_searches_longer_for_a_name_written_otherwise(*, variant: bool, found_at: str) -> None:
    spec = replace(a_plain_office(), identification=STRANGERS)
    number = number_of(spec, stranger=False, variant=variant)
    _, events = run_office(spec, [opened(june(1, "09:00"), number, identified=False)])
    assert diary(events, number)[0] == f"1 {found_at} IDENTIFY"


def test_a_stranger_is_not_accepted_once_the_search_has_cost_its_time() -> None:
    spec = replace(a_plain_office(), identification=STRANGERS)
    number = number_of(spec, stranger=True, variant=False)
    office, events = run_office(spec, [opened(june(1, "09:00"), number, identified=False)])
    assert diary(events, number) == ["1 09:05 NOT_ACCEPT"]
    assert office.backlog == office.open_cases == office.unfinished_cases == 0
    assert sum(office.report().staff_minutes.values()) == pytest.approx(5)


def run(spec: RunSpec) -> VirtualRun:
    done = VirtualRun(spec)
    done.advance(spec.end)
    return done


def test_all_shares_at_zero_change_nothing() -> None:
    plain, zero = run(a_mixed_run(IdentificationSpec())), run(a_mixed_run(IdentificationSpec(variant_factor=5.0)))
    assert trace_hash(plain.lines(SPEC.end)) == trace_hash(zero.lines(SPEC.end))
    assert asdict(plain.report()) == asdict(zero.report())


def test_strangers_end_unaccepted_and_everybody_else_gets_through() -> None:
    done = run(SPEC)
    for case in done.cases():
        ended = case.lines[-1].status
        kind = applicant_kind(SPEC, case.filing.case_id, case.filing.procedure)
        assert (ended is Status.NOT_ACCEPTED) <= (kind is ApplicantKind.STRANGER)
    assert any(case.lines[-1].status is Status.NOT_ACCEPTED for case in done.cases())


def test_matching_by_insured_number_spares_the_clerks_a_search() -> None:
    """The care manager's certificate says nothing about the insured person; the number on the card does."""
    by_number = run(a_mixed_run(IdentificationSpec(p_care_proxy=0.8)))
    mistyped = run(a_mixed_run(IdentificationSpec(p_care_proxy=0.8, p_insured_number_wrong=1.0)))

    def searches(done: VirtualRun) -> int:
        return sum(line.action == "FAIL_IDENTIFICATION" for line in done.lines(SPEC.end))

    care = [filing for filing in online() if is_care(filing.procedure)]
    assert searches(mistyped) > searches(by_number) + 0.5 * len(care)
