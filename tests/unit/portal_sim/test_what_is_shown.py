"""What a value says of itself when it is logged or is in a traceback: nothing about anybody."""

import pytest

from portal_sim.handlers.model import Accepted, Seal, Stamped, StoredApplication
from portal_sim.inbound import decode
from shinsei.api.application.v1.application_pb2 import Applicant, Application
from shinsei.domain.simtime import SimTime

PERSONAL = ("Hanako", "1990-04-01", "Aoba 1-2", "SN-0042", "moving in", "SIGNED-WITH")
FILED = Application(
    submission_id="482013-10-000001",
    municipality="482013",
    applicant=Applicant(name="Hanako", birth_date="1990-04-01", address="Aoba 1-2"),
    serial_number="SN-0042",
    fields={"reason": "moving in"},
)
SEAL = Seal(content=FILED.SerializeToString(), certificate=b"SIGNED-WITH", signature=b"SIGNED-WITH")
SUBMISSION = decode.submission(FILED, SEAL)


@pytest.mark.parametrize(
    "value",
    [
        SEAL,
        SUBMISSION,
        SUBMISSION.form,
        Stamped(run_key=1, at=SimTime(2), submission=SUBMISSION),
        Accepted(receipt_number="1", submitted_at=SimTime(2), duplicate=True, serial_number="SN-0042"),
        StoredApplication(receipt_number="1", submitted_at=SimTime(2), payload=SEAL.content),
    ],
    ids=lambda value: type(value).__name__,
)
def test_no_value_shows_what_is_personal(value: object) -> None:
    shown = repr(value)
    assert shown.startswith(type(value).__name__)
    assert [word for word in PERSONAL if word in shown] == []
