"""Messages that are put together of bytes are those that protobuf writes."""

from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from linkage_server.handlers.model import BufferedUpdate, Handed, RunRow, TakenEntry
from linkage_server.outbound.messages import handed, push_request
from shinsei.api.application.v1.application_pb2 import Applicant, Application, Attachment, Transition
from shinsei.api.events.v1.events_pb2 import ApplicationFetched, StatusChanged
from shinsei.api.portal.v1.portal_pb2 import StatusUpdate
from shinsei.contracts.codec import taken_as_to_proto
from shinsei.domain.run import TakenAs
from shinsei.domain.simtime import SimTime
from shinsei.runtime.outbox import OutMessage
from shinsei.testing import a_run_spec

SPEC = a_run_spec()
RUN = cast(RunRow, SPEC)
TEXTS = st.text(max_size=300)
APPLICATIONS = st.builds(
    Application,
    submission_id=TEXTS,
    procedure=st.integers(0, 31),
    applicant=st.none() | st.builds(Applicant, name=TEXTS, address=TEXTS),
    fields=st.dictionaries(TEXTS, TEXTS, max_size=20),
    attachments=st.lists(st.builds(Attachment, name=TEXTS, size=st.integers(0, 1 << 40)), max_size=4),
    submitted_at_ms=st.integers(0, 1 << 45),
    filed_by_proxy=st.booleans(),
)


@given(
    application=APPLICATIONS,
    payloads=st.lists(TEXTS, max_size=4),
    taken_as=st.sampled_from(TakenAs),
    fetched_at=st.integers(0, 1 << 45).map(SimTime),
)
def test_a_case_is_handed_on_as_protobuf_would_write_it(
    application: Any, payloads: list[str], taken_as: TakenAs, fetched_at: SimTime
) -> None:
    entry = TakenEntry(
        receipt_number="1001",
        n=0,
        stamp=SPEC.start,
        submission_id="482013-10-000001",
        poll_at=SPEC.start,
        fetched_at=fetched_at,
        change=None,
    )
    out = handed(RUN, Handed(entry=entry, application=application, payloads=payloads, taken_as=taken_as))
    message = ApplicationFetched(
        fetched_at_ms=fetched_at, application=application, payloads=payloads, taken_as=taken_as_to_proto(taken_as)
    )
    assert out == OutMessage.of(message, event_id=out.event_id, at=fetched_at)


@given(
    st.lists(
        st.builds(
            StatusChanged,
            submission_id=TEXTS,
            receipt_number=TEXTS,
            transitions=st.lists(st.builds(Transition, at_ms=st.integers(0, 1 << 45), detail=TEXTS), max_size=4),
        ),
        max_size=4,
    )
)
def test_buffered_statuses_are_pushed_in_their_order(changes: list[Any]) -> None:
    updates = [BufferedUpdate(number=n, payload=change.SerializeToString()) for n, change in enumerate(changes, 1)]
    request = push_request(RUN, updates, SPEC.start)
    assert (request.run_id, request.municipality, request.watermark_ms) == (RUN.run_id, RUN.municipality, SPEC.start)
    assert list(request.updates) == [
        StatusUpdate(number=n, submission_id=change.submission_id, transitions=change.transitions)
        for n, change in enumerate(changes, 1)
    ]
