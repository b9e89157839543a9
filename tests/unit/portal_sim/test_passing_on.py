"""Applications on their way to a municipality: as they came in, with what only the portal may say of them."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_sim.handlers.model import StoredApplication
from portal_sim.inbound.pull import _applications
from shinsei.api.application.v1.application_pb2 import Applicant, Application, Attachment
from shinsei.api.portal.v1 import portal_pb2 as api
from shinsei.domain.simtime import SimTime

RUN = cast("Any", SimpleNamespace(run_id="run-1"))
FILED = Application(
    submission_id="482013-10-000001",
    applicant=Applicant(name="山田 花子"),
    fields={"reason": "転入"},
    attachments=[Attachment(name="a.pdf", size=3)],
)


def passed_on(*payloads: bytes, at: int = 1_600_000_000_000) -> bytes:
    """The bytes of a response."""
    stored = [
        StoredApplication(receipt_number=f"{n:016d}", submitted_at=SimTime(at), payload=payload)
        for n, payload in enumerate(payloads)
    ]
    return _applications(RUN, stored)


@pytest.mark.parametrize("at", [0, 1, 1_600_000_000_000], ids=repr)
def test_what_the_portal_says_counts_whatever_the_applicant_has_said(at: int) -> None:
    claimed = Application(receipt_number="9" * 16, submitted_at_ms=5, run_id="another-run")
    claimed.MergeFrom(FILED)
    (got,) = api.GetApplicationsResponse.FromString(passed_on(claimed.SerializeToString(), at=at)).applications
    expected = Application(receipt_number="0" * 16, submitted_at_ms=at, run_id="run-1")
    expected.MergeFrom(FILED)
    assert got == expected
    # Whoever reads it and passes it on says each thing once.
    assert got.SerializeToString(deterministic=True) == expected.SerializeToString(deterministic=True)


def test_one_alone_is_read_as_one_of_several_is() -> None:
    (one,) = api.GetApplicationsResponse.FromString(passed_on(FILED.SerializeToString())).applications
    assert api.GetApplicationResponse.FromString(passed_on(FILED.SerializeToString())).application == one


def test_several_stay_in_their_order_and_apart() -> None:
    payloads = [Application(submission_id=name).SerializeToString() for name in ("a", "", "c")]
    got = api.GetApplicationsResponse.FromString(passed_on(*payloads)).applications
    assert [(one.submission_id, one.receipt_number[-1]) for one in got] == [("a", "0"), ("", "1"), ("c", "2")]


def readable(payload: bytes) -> bool:
    try:
        Application.FromString(payload)
    except Exception:  # noqa: BLE001 - it is none
        return False
    return True


@given(st.binary(max_size=40).filter(readable))
def test_whatever_can_be_read_as_an_application_is_told_as_it_was_before(payload: bytes) -> None:
    """Also bytes with unknown fields, groups among them, or with a field that is there twice."""
    merged = Application()
    merged.MergeFromString(payload)
    merged.receipt_number, merged.submitted_at_ms, merged.run_id = "0" * 16, 7, "run-1"
    (got,) = api.GetApplicationsResponse.FromString(passed_on(payload, at=7)).applications
    assert got == merged
