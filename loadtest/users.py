"""Who asks: applicants, bulk filers, clerks at the inquiry screen, and a municipality's linkage server.

Each class says what one of its kind does for one arrival. Names of requests are constant, and what a user does later
(ask again, withdraw) is due at a moment of its own, so that nobody's thinking occupies a slot.
"""

from collections.abc import Sequence
from functools import partial
from hashlib import sha256
from typing import Any

from loadtest.arrival_user import ArrivalUser
from loadtest.calls import stream_until, streamed, unary
from loadtest.desk import Desk, Job
from loadtest.meter import METER
from loadtest.wall import now_s
from loadtest.worker import WORKER
from shinsei.api.app_mgmt.v1 import app_mgmt_pb2 as inquiry
from shinsei.api.application.v1 import application_pb2 as pb
from shinsei.api.portal.v1 import portal_pb2 as portal
from shinsei.domain.draws import draw
from shinsei.domain.run import DeclaredAttachment
from shinsei.loadtest.books import (
    ACCEPTED,
    FAILED,
    SUBMIT,
    SUBMIT_BATCH,
    VISIBLE,
    WATCH,
    WATCHED,
    WATCHED_OTHERWISE,
    WITHDRAW,
)
from shinsei.loadtest.dispatching import Arrival
from shinsei.loadtest.grouping import Groups
from shinsei.loadtest.plan import LOOKS

_WATCH_S = 120.0
_CHUNK = 1 << 20
_PAGE = 100
_SEEN = frozenset(
    {
        pb.APPLICATION_STATUS_REGISTERED,
        pb.APPLICATION_STATUS_EXAMINED,
        pb.APPLICATION_STATUS_GRANTED,
        pb.APPLICATION_STATUS_DENIED,
        pb.APPLICATION_STATUS_NOTIFIED,
    }
)
_ENDED = frozenset(
    {
        pb.APPLICATION_STATUS_NOT_ACCEPTED,
        pb.APPLICATION_STATUS_WITHDRAWN,
        pb.APPLICATION_STATUS_EXPIRED,
        pb.APPLICATION_STATUS_DEAD_LETTERED,
        pb.APPLICATION_STATUS_TRANSFERRED,
    }
)


def _drawn(arrival: Arrival, purpose: str) -> float:
    return draw(WORKER.plan.seed, WORKER.subject(arrival), purpose)


class Applicants(ArrivalUser):
    """File one application; some ask for its status, watch it, withdraw it or reply to a correction request."""

    desk = Desk()

    @staticmethod
    def job(arrival: Arrival, filed: Sequence[Groups]) -> Job:
        """What an arrival is."""
        return partial(Applicants.file, arrival=arrival, filed=filed)

    @staticmethod
    def filed(arrival: Arrival) -> Sequence[Groups]:
        """What is filed with an arrival: one application."""
        return WORKER.filed(arrival)

    def file(self, arrival: Arrival, filed: Sequence[Groups]) -> None:
        """Files, and decides what the same person does later."""
        intended_s = arrival.intended_s
        with METER.answered(filed):
            application = WORKER.application(arrival, intended_s)
            attached = WORKER.attachment(arrival, application)
            if attached is not None:
                self._upload(application, *attached, intended_s)
            request = portal.SubmitRequest(signed=WORKER.signed(arrival, application))
            answer = unary(SUBMIT, WORKER.portal.Submit, request, intended_s)
        METER.count_filed(ACCEPTED, filed)
        METER.reached(ACCEPTED, filed, intended_s)
        self._come_back(arrival, filed, answer.receipt_number)

    def _come_back(self, arrival: Arrival, filed: Sequence[Groups], receipt: str) -> None:
        wish, desk = WORKER.plan.applicants, self.desk
        think_s = wish.thinks_s(_drawn(arrival, "think"))
        if _drawn(arrival, "watch") < wish.p_watch:
            watch = partial(Applicants.watch, receipt=receipt, filed=filed, intended_s=arrival.intended_s)
            desk.later(0.0, lambda _: watch)
        if _drawn(arrival, "poll") < wish.p_poll:
            desk.later(think_s, lambda due_s: partial(Applicants.poll, receipt=receipt, intended_s=due_s))
        if _drawn(arrival, "withdraw") < wish.p_withdraw:
            desk.later(think_s, lambda due_s: partial(Applicants.withdraw, receipt=receipt, intended_s=due_s))
        if _drawn(arrival, "correct") < wish.p_correct:
            self._look_later(receipt, think_s, LOOKS)

    def _look_later(self, receipt: str, think_s: float, looks: int) -> None:
        look = partial(Applicants.correct, receipt=receipt, think_s=think_s, looks=looks)
        self.desk.later(think_s, lambda due_s: partial(look, intended_s=due_s))

    def poll(self, receipt: str, intended_s: float) -> None:
        """Asks for the status."""
        unary("GetStatus", WORKER.portal.GetStatus, portal.GetStatusRequest(receipt_number=receipt), intended_s)

    def watch(self, receipt: str, filed: Sequence[Groups], intended_s: float) -> None:
        """Keeps a status stream open until the registration is visible."""
        METER.count_timed(WATCHED, filed, intended_s)
        is_seen = stream_until(
            WATCH,
            WORKER.portal.WatchStatus,
            portal.WatchStatusRequest(receipt_number=receipt),
            intended_s,
            _shows_registration,
            deadline_s=_WATCH_S,
        )
        if is_seen:
            METER.reached(VISIBLE, filed, intended_s)
        else:
            METER.count_timed(WATCHED_OTHERWISE, filed, intended_s)

    def withdraw(self, receipt: str, intended_s: float) -> None:
        """Withdraws; one that is registered already cannot be."""
        unary(WITHDRAW, WORKER.portal.Withdraw, portal.WithdrawRequest(receipt_number=receipt), intended_s)

    def correct(self, receipt: str, think_s: float, intended_s: float, looks: int) -> None:
        """Looks for a correction request and replies to it; looks again while one may still come."""
        request = portal.GetStatusRequest(receipt_number=receipt)
        answer = unary("GetStatus", WORKER.portal.GetStatus, request, intended_s)
        if answer.status == pb.APPLICATION_STATUS_CORRECTION_REQUESTED:
            unary("Correct", WORKER.portal.Correct, portal.CorrectRequest(receipt_number=receipt), now_s())
        elif looks > 1 and answer.status not in _SEEN | _ENDED:
            self._look_later(receipt, think_s, looks - 1)

    def _upload(
        self, application: pb.Application, attachment: DeclaredAttachment, content: bytes, intended_s: float
    ) -> None:
        header = portal.AttachmentHeader(
            submission_id=application.submission_id,
            municipality=application.municipality,
            name=attachment.name,
            media_type=attachment.media_type,
        )
        parts = [portal.UploadAttachmentRequest(header=header)]
        parts += [
            portal.UploadAttachmentRequest(chunk=content[start : start + _CHUNK])
            for start in range(0, len(content), _CHUNK)
        ]
        streamed("UploadAttachment", WORKER.portal.UploadAttachment, iter(parts), intended_s)
        application.attachments.append(
            pb.Attachment(
                name=header.name,
                media_type=header.media_type,
                size=len(content),
                sha256=sha256(content).hexdigest(),
            )
        )


class BulkFilers(ArrivalUser):
    """Hand in many applications in one call, all for one municipality."""

    desk = Desk()

    @staticmethod
    def job(arrival: Arrival, filed: Sequence[Groups]) -> Job:
        """What an arrival is."""
        return partial(BulkFilers.file, arrival=arrival, filed=filed)

    @staticmethod
    def filed(arrival: Arrival) -> Sequence[Groups]:
        """What is filed with an arrival: a batch."""
        return WORKER.filed_together(arrival, WORKER.plan.bulk.batch)

    def file(self, arrival: Arrival, filed: Sequence[Groups]) -> None:
        """Files a batch."""
        with METER.answered(filed):
            request = portal.SubmitBatchRequest(signed=WORKER.applications(arrival, len(filed)))
            answer = unary(SUBMIT_BATCH, WORKER.portal.SubmitBatch, request, arrival.intended_s)
        found: dict[str, list[Groups]] = {ACCEPTED: [], FAILED: []}
        for one, outcome in zip(filed, answer.outcomes, strict=True):
            found[FAILED if outcome.error else ACCEPTED].append(one)
        for counter, which in found.items():
            METER.count_filed(counter, which)
        METER.reached(ACCEPTED, found[ACCEPTED], arrival.intended_s)


class Clerks(ArrivalUser):
    """Look up a page of cases at the inquiry screen (申請内容照会), and one of them."""

    desk = Desk()

    @staticmethod
    def job(arrival: Arrival, _: Sequence[Groups]) -> Job:
        """What an arrival is."""
        return partial(Clerks.look, arrival=arrival)

    def look(self, arrival: Arrival) -> None:
        """Looks at a page and opens a case."""
        spec = WORKER.spec_of(arrival)
        request = inquiry.ListCasesRequest(run_id=spec.run_id, municipality=spec.municipality, page_size=_PAGE)
        page = unary("ListCases", WORKER.inquiry.ListCases, request, arrival.intended_s)
        if page.cases:
            receipt = page.cases[-1].application.receipt_number
            unary("GetCase", WORKER.inquiry.GetCase, inquiry.GetCaseRequest(receipt_number=receipt), now_s())


class LinkageServers(ArrivalUser):
    """Pull from the portal as a municipality's linkage server does, but acknowledge nothing.

    So nothing is taken away from the linkage server under test, which pulls the same municipality.
    """

    desk = Desk()

    @staticmethod
    def job(arrival: Arrival, _: Sequence[Groups]) -> Job:
        """What an arrival is."""
        return partial(LinkageServers.pull, arrival=arrival)

    def pull(self, arrival: Arrival) -> None:
        """Lists what is open and gets it."""
        spec = WORKER.spec_of(arrival)
        metadata = (("authorization", f"Bearer {WORKER.token()}"),)
        request = portal.ListReceiptsRequest(run_id=spec.run_id, municipality=spec.municipality, page_size=_PAGE)
        listed = unary("ListReceipts", WORKER.pull.ListReceipts, request, arrival.intended_s, metadata=metadata)
        receipts = [entry.receipt_number for entry in listed.entries if not entry.n and not entry.change]
        if receipts:
            get = portal.GetApplicationsRequest(
                run_id=spec.run_id, municipality=spec.municipality, receipt_numbers=receipts
            )
            unary("GetApplications", WORKER.pull.GetApplications, get, now_s(), metadata=metadata)


USERS: tuple[type[Any], ...] = (Applicants, BulkFilers, Clerks, LinkageServers)


def _shows_registration(answer: portal.WatchStatusResponse) -> bool:
    return answer.transition.transition.status in _SEEN
