"""Signing certificates agree with the serial numbers of the model, and decide about no case."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from shinsei.domain.certificates import (
    Certificate,
    KeyKind,
    certificate_of,
    check_signer,
    expiry,
    revocations,
    standing_certificate,
)
from shinsei.domain.demand import filings
from shinsei.domain.distributions import Distribution
from shinsei.domain.errors import ImpersonationError, SignatureError
from shinsei.domain.identification import mappings, signing_serial, standing_subjects
from shinsei.domain.plan import VirtualRun
from shinsei.domain.run import DoubleSpec, Filing, IdentificationSpec, MoveOutSpec
from shinsei.domain.simtime import DAY_MS, SimTime, from_datetime
from shinsei.domain.trace import trace_hash
from shinsei.season.filing import application
from shinsei.testing import a_run_spec

LIVELY = replace(
    a_run_spec(demand={"background_scale": 0.0}, registry={"p_fresh_certificate": 0.3, "p_rsa_key": 0.5}),
    doubles=DoubleSpec(p_online=0.5, delay_days=Distribution(mean=3.0, cv=0.3), found_by_match=1.0),
    identification=IdentificationSpec(
        p_proxy=0.1, p_stranger=0.1, p_two_serials=0.4, renewed_within_ms=4 * DAY_MS, p_variant=0.1
    ),
    moves_out=MoveOutSpec(
        share=0.3, delay_days=Distribution(mean=2.0, cv=0.5), handling_min=Distribution(mean=10.0, cv=0.0)
    ),
)
A_YEAR = 366 * DAY_MS


def signed() -> list[tuple[Filing, Certificate]]:
    both = [(one, certificate_of(LIVELY, one)) for one in filings(LIVELY) if one.online]
    return [(filing, certificate) for filing, certificate in both if certificate is not None]


def day(text: str) -> SimTime:
    return from_datetime(datetime.fromisoformat(text))


@pytest.mark.parametrize(
    ("issued", "born", "ends"),
    [
        ("2020-06-01T12:00", "1980-08-15", "2024-08-16"),
        ("2020-06-01T12:00", "1980-03-01", "2025-03-02"),
        ("2020-06-01T12:00", "1980-06-01", "2025-06-02"),
        ("2020-05-31T23:59", "1980-06-01", "2024-06-02"),
        ("2020-06-01T12:00", "1980-02-29", "2025-03-01"),
        ("2019-06-01T12:00", "1980-02-29", "2024-03-01"),
    ],
)
def test_a_certificate_ends_with_the_fifth_birthday_after_its_issue(issued: str, born: str, ends: str) -> None:
    assert expiry(day(issued), date.fromisoformat(born)) == day(ends)


def test_whoever_signs_in_a_season_has_a_certificate_that_may_sign_and_carries_its_serial_number() -> None:
    """Else the portal would refuse what the plan accepts, and the traces of both would part."""
    revoked = dict(revocations(LIVELY, [one for one in filings(LIVELY) if one.online]))
    serials = set()
    for filing, certificate in signed():
        claimed = application(LIVELY, filing).serial_number
        assert claimed == signing_serial(LIVELY, filing)
        check_signer(certificate, claimed, filing.at, revoked.get(claimed))
        serials.add(claimed)
    assert len(serials & revoked.keys()) > 50
    assert {certificate.key for _, certificate in signed()} == set(KeyKind)


def test_a_certificate_is_issued_when_the_registry_hears_of_it_and_revoked_no_earlier_than_it_drops_it() -> None:
    table = {line.serial: line for line in mappings(LIVELY)}
    revoked = dict(revocations(LIVELY, [one for one in filings(LIVELY) if one.online]))
    known = [certificate for _, certificate in signed() if certificate.serial in table]
    assert all(certificate.issued_at == table[certificate.serial].valid_from for certificate in known)
    ended = [(line.valid_until, revoked[serial]) for serial, line in table.items() if serial in revoked]
    assert len(ended) > 50
    assert all(until is not None and until <= since for until, since in ended)


def test_twins_and_a_persons_second_filing_share_a_certificate() -> None:
    twin = replace(LIVELY, municipality="482021", run_id="another")
    for filing, certificate in signed()[:200]:
        assert certificate_of(twin, filing) == certificate


def test_what_kind_of_key_is_on_a_card_changes_no_trace() -> None:
    def trace(share: float) -> str:
        spec = a_run_spec(registry={"p_rsa_key": share}, demand={"population": 2_000})
        run = VirtualRun(spec)
        run.advance(spec.end)
        return trace_hash(run.lines(spec.end))

    assert trace(0.0) == trace(1.0)


def test_a_standing_resident_can_sign_for_years() -> None:
    spec = a_run_spec()
    serials = set()
    for year in range(12):
        at = SimTime(spec.start + year * A_YEAR)
        certificate = standing_certificate(spec, standing_subjects(spec)[0], at)
        check_signer(certificate, certificate.serial, at, None)
        serials.add(certificate.serial)
    assert len(serials) == 1


def test_who_may_not_sign_is_told_why() -> None:
    _, certificate = signed()[0]
    within = SimTime(certificate.issued_at + DAY_MS)
    for at, revoked_at, word in (
        (SimTime(certificate.issued_at - 1), None, "valid from"),
        (certificate.expires_at, None, "has expired"),
        (within, within, "has been revoked"),
    ):
        with pytest.raises(SignatureError, match=word):
            check_signer(certificate, certificate.serial, at, revoked_at)
    with pytest.raises(ImpersonationError, match="not the certificate's"):
        check_signer(certificate, "SAMPLE00", within, None)
    check_signer(certificate, certificate.serial, SimTime(certificate.expires_at - 1), SimTime(certificate.expires_at))
