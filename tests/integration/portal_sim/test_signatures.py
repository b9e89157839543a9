"""Who may submit: forged, altered, expired, revoked and replayed submissions are refused, each with its status."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import grpc
import pytest

from portal_sim.metrics import SIGNATURES
from shinsei.api.application.v1.application_pb2 import Application, SignedApplication
from shinsei.api.control.v1 import control_pb2 as control
from shinsei.api.portal.v1 import portal_pb2 as api
from shinsei.domain.certificates import Certificate, KeyKind, certificate_of
from shinsei.domain.run import Filing, RunSpec
from shinsei.domain.simtime import DAY_MS, SECOND_MS, SimTime
from shinsei.season.filing import application
from shinsei.testing import a_run_spec
from shinsei.testing.citizens import cards_of_somebody_else, some_cards

SPEC = a_run_spec()
AT = SimTime(SPEC.start + DAY_MS)
OTHER_ID = "482013-10-000009"
UNAUTHENTICATED, DENIED = grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED
CONFLICT, INVALID = grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.INVALID_ARGUMENT


@pytest.fixture
async def start(run_portal: Any, tmp_path: Path) -> Callable[[], Any]:
    """Starts a portal that knows the citizens' authority."""
    some_cards().save(tmp_path / "citizens")
    return partial(run_portal, citizens_ca_file=tmp_path / "citizens" / "authority.pem")


def filing(case: str = "10-000001") -> Filing:
    return Filing(case_id=case, procedure=10, at=AT, online=True, signed=True)


def made(case: str = "10-000001", spec: RunSpec = SPEC) -> tuple[Application, Certificate]:
    certificate = certificate_of(spec, filing(case))
    assert certificate is not None
    return application(spec, filing(case)), certificate


def signed(case: str = "10-000001", cards: Any = None, **changes: Any) -> SignedApplication:
    """An application with its signature; what is changed of the certificate is certified too."""
    content, certificate = made(case)
    one: SignedApplication = (cards or some_cards()).sign(replace(certificate, **changes), content)
    return one


async def submit(portal: Any, one: SignedApplication) -> api.SubmitResponse:
    answer: api.SubmitResponse = await portal.applicants.Submit(api.SubmitRequest(signed=one))
    return answer


async def refusal(call: Any) -> tuple[grpc.StatusCode, str]:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return caught.value.code(), str(caught.value.details())


def altered(**fields: Any) -> SignedApplication:
    """Changed after it was signed."""
    one = signed()
    content = Application.FromString(one.application)
    for name, value in fields.items():
        setattr(content, name, value)
    one.application = content.SerializeToString()
    return one


def with_the_certificate_of(other: str) -> SignedApplication:
    """Signed by somebody, in the name of somebody else."""
    content, _ = made()
    _, certificate = made(other)
    return some_cards().sign(certificate, content)


def unbound() -> SignedApplication:
    content, certificate = made()
    content.run_id = ""
    return some_cards().sign(certificate, content)


def unsigned() -> SignedApplication:
    return SignedApplication(application=made()[0].SerializeToString())


REFUSED: dict[str, tuple[Callable[[], SignedApplication], grpc.StatusCode, str]] = {
    "unsigned": (unsigned, UNAUTHENTICATED, "nobody has signed"),
    "forged": (lambda: signed(cards=cards_of_somebody_else()), UNAUTHENTICATED, "none of the citizens' authority"),
    "altered": (lambda: altered(filed_by_proxy=True), UNAUTHENTICATED, "not what was signed"),
    "not yet valid": (lambda: signed(issued_at=SimTime(AT + SECOND_MS)), UNAUTHENTICATED, "valid from"),
    "expired": (lambda: signed(expires_at=AT), UNAUTHENTICATED, "has expired"),
    "in another's name": (lambda: with_the_certificate_of("10-000002"), DENIED, "not the certificate's"),
    "replayed under another id": (lambda: altered(submission_id=OTHER_ID), UNAUTHENTICATED, "not what was signed"),
    "good in any run": (unbound, UNAUTHENTICATED, "has to name its run"),
    "of another run": (lambda: altered(run_id="another-run"), CONFLICT, "another-run"),
    "no application": (lambda: SignedApplication(application=b"\xff"), INVALID, "is no application"),
}


@pytest.mark.parametrize("what", REFUSED, ids=str)
async def test_what_is_not_signed_as_it_should_be_is_refused(start: Any, what: str) -> None:
    portal = await start()
    await portal.start(SPEC)
    make, code, words = REFUSED[what]
    found, text = await refusal(submit(portal, make()))
    assert found is code
    assert words in text
    assert (await portal.progress(SPEC)).accepted == 0


async def test_who_names_no_serial_number_needs_no_signature(start: Any) -> None:
    portal = await start()
    await portal.start(SPEC)
    content, _ = made()
    content.serial_number = ""
    answer = await submit(portal, SignedApplication(application=content.SerializeToString()))
    assert answer.receipt_number


@pytest.mark.parametrize("key", list(KeyKind))
async def test_who_signs_with_a_good_certificate_gets_a_receipt_number_and_the_same_again(
    start: Any, key: KeyKind
) -> None:
    portal = await start()
    await portal.start(SPEC)
    one = signed(key=key)
    first, again = await submit(portal, one), await submit(portal, one)
    assert (first.duplicate, again.duplicate) == (False, True)
    assert first.receipt_number == again.receipt_number
    assert (await portal.progress(SPEC)).accepted == 1


async def test_what_travels_on_is_the_application_without_its_signature(start: Any) -> None:
    portal = await start()
    await portal.start(SPEC)
    receipt = (await submit(portal, signed())).receipt_number
    request = portal.of(SPEC, api.GetApplicationRequest, receipt_number=receipt)
    got = (await portal.pull.GetApplication(request, metadata=portal.token)).application
    got.ClearField("receipt_number")
    assert got == made()[0]


async def test_an_id_that_somebody_has_filed_under_tells_its_receipt_number_to_nobody_else(start: Any) -> None:
    """Whoever knows the id would else get the number by which cases are looked at and withdrawn; after the end too."""
    portal = await start()
    await portal.start(SPEC)
    await submit(portal, signed())
    content, certificate = made("10-000002")
    content.submission_id = made()[0].submission_id
    thief = some_cards().sign(certificate, content)
    code, text = await refusal(submit(portal, thief))
    assert code is CONFLICT
    assert "is taken" in text
    await portal.runs.CloseRun(portal.of(SPEC, control.CloseRunRequest))
    assert (await refusal(submit(portal, thief)))[0] is CONFLICT
    assert (await refusal(submit(portal, altered(filed_by_proxy=True))))[0] is UNAUTHENTICATED
    assert (await submit(portal, signed())).duplicate


async def test_a_revoked_certificate_signs_no_more_after_a_restart_neither(start: Any) -> None:
    portal = await start()
    await portal.start(SPEC)
    _, certificate = made()
    revoked = some_cards().revoke([(certificate.serial, AT)], SPEC.start)
    await portal.runs.RevokeCertificates(portal.of(SPEC, control.RevokeCertificatesRequest, revocation_list=revoked))
    for running in (portal, await start()):
        code, text = await refusal(submit(running, signed()))
        assert code is UNAUTHENTICATED
        assert "has been revoked" in text
    assert (await submit(portal, signed("10-000002"))).receipt_number


async def test_a_revocation_counts_from_its_moment_on_and_in_its_own_run(start: Any) -> None:
    portal = await start()
    await portal.start(SPEC)
    _, certificate = made()
    later = some_cards().revoke([(certificate.serial, SimTime(AT + SECOND_MS))], SPEC.start)
    await portal.runs.RevokeCertificates(portal.of(SPEC, control.RevokeCertificatesRequest, revocation_list=later))
    assert (await submit(portal, signed())).receipt_number


async def test_a_revocation_list_of_somebody_else_revokes_nothing(start: Any) -> None:
    portal = await start()
    await portal.start(SPEC)
    forged = cards_of_somebody_else().revoke([(made()[1].serial, AT)], SPEC.start)
    request = portal.of(SPEC, control.RevokeCertificatesRequest, revocation_list=forged)
    assert (await refusal(portal.runs.RevokeCertificates(request)))[0] is UNAUTHENTICATED
    assert (await submit(portal, signed())).receipt_number


async def test_each_of_a_batch_is_judged_by_itself_and_counted(start: Any) -> None:
    portal = await start()
    await portal.start(SPEC)
    before = SIGNATURES.labels("altered")._value.get()
    batch = [signed("10-000001"), altered(filed_by_proxy=True), *(signed(f"10-{n:06d}") for n in range(2, 120))]
    outcomes = (await portal.applicants.SubmitBatch(api.SubmitBatchRequest(signed=batch))).outcomes
    assert [bool(outcome.error) for outcome in outcomes] == [False, True] + [False] * 118
    assert SIGNATURES.labels("altered")._value.get() == before + 1


async def test_a_portal_without_an_authority_checks_nothing(portal: Any) -> None:
    await portal.start(SPEC)
    assert (await submit(portal, altered(filed_by_proxy=True))).receipt_number
    request = portal.of(SPEC, control.RevokeCertificatesRequest, revocation_list=b"")
    assert (await refusal(portal.runs.RevokeCertificates(request)))[0] is CONFLICT
