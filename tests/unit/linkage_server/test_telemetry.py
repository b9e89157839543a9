"""What the linkage server counts of attachments, and what it says of a case of which one is held back."""

from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from linkage_server.outbound.observer import Telemetry

CASE = {"run_id": "run-1", "submission_id": "482013-10-000001", "receipt_number": "4820130000000017"}
"""What a log event has to name for its trace to be found."""


def counted() -> tuple[float, float, float]:
    """Attachments that were stored, those that were held back, and the bytes of the first."""
    payloads = "shinsei_linkage_server_payloads_total"
    stored, quarantined = (
        REGISTRY.get_sample_value(payloads, {"outcome": outcome}) or 0.0 for outcome in ("stored", "quarantined")
    )
    return stored, quarantined, REGISTRY.get_sample_value("shinsei_linkage_server_payload_bytes_total") or 0.0


def test_bytes_are_counted_of_what_is_stored_and_what_is_held_back_names_its_case() -> None:
    before, telemetry = counted(), Telemetry()
    telemetry.stored(CASE, "482013/4820130000000017/0", 7, "")
    with capture_logs() as said:
        telemetry.stored(CASE, "482013/4820130000000017/1", 9, "no picture")
    assert [after - one for after, one in zip(counted(), before, strict=True)] == [1, 1, 7]
    (event,) = said
    assert (event["event"], event["reason"]) == ("attachment_quarantined", "no picture")
    assert CASE.items() <= event.items()
