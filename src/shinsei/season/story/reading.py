"""Where the story of a case comes from: the four services, the linkage server's database, and Kafka.

A source that does not answer is named, and the rest is told without it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import asyncpg
from grpc import StatusCode
from grpc.aio import AioRpcError

from shinsei.api.app_mgmt.v1 import app_mgmt_pb2 as app_pb
from shinsei.api.app_mgmt.v1.app_mgmt_pb2_grpc import InquiryServiceStub
from shinsei.api.control.v1 import control_pb2 as control_pb
from shinsei.api.control.v1.control_pb2_grpc import RunServiceStub
from shinsei.api.core_systems.v1 import core_systems_pb2 as core_pb
from shinsei.api.core_systems.v1.core_systems_pb2_grpc import RegistrationServiceStub
from shinsei.api.portal.v1 import portal_pb2 as portal_pb
from shinsei.api.portal.v1.portal_pb2_grpc import PortalServiceStub
from shinsei.contracts.codec import METHODS, decode_run, transition_from_proto, transitions_from_proto
from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.errors import NotFoundError, UnavailableError
from shinsei.domain.history import CaseTransition
from shinsei.domain.receipt_number import validate_receipt_number
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import SimTime
from shinsei.runtime.rpc import channel
from shinsei.season.story.messages import messages_of
from shinsei.season.story.model import Fetch, Message, Story
from shinsei.season.story.waits import stretches
from shinsei.stack.site import Addresses

_TIMEOUT_S = 10.0
_FETCHES = """
SELECT e.n, e.stamp_ms, e.poll_ms, e.fetched_ms, r.run_id
FROM entry e JOIN run r ON r.key = e.run_key
WHERE e.receipt_number = $1 ORDER BY e.run_key DESC, e.stamp_ms, e.n
"""
T = TypeVar("T")


@dataclass(slots=True)
class _Sources:
    """What has answered, and what has not."""

    missing: list[str] = field(default_factory=list)

    async def ask(self, name: str, call: Callable[[], Awaitable[T]], otherwise: T) -> T:
        """The answer; ``otherwise`` where the source knows nothing of the case, or is away."""
        try:
            return await call()
        except AioRpcError as error:
            if error.code() is not StatusCode.NOT_FOUND:
                self.missing.append(f"{name} ({error.details() or error.code().name})")
        except (UnavailableError, OSError, TimeoutError, asyncpg.PostgresError) as error:
            self.missing.append(f"{name} ({error})")
        return otherwise


async def read_story(where: Addresses, receipt: str, *, with_messages: bool = True) -> Story:
    """The story of one case.

    Args:
        where: addresses of the stack.
        receipt: its receipt number.
        with_messages: read Kafka too, which takes a moment where a lot is kept.

    Raises:
        InvalidInputError: no receipt number.
        NotFoundError: the portal has given no such number.
        UnavailableError: the portal is away.
    """
    validate_receipt_number(receipt)
    sources = _Sources()
    seen = await _portal(where.portal, receipt)
    case = await sources.ask("application management", lambda: _case(where.app_mgmt, receipt), None)
    unregistered: dict[str, str] = {}
    registration = await sources.ask("core systems", lambda: _registration(where.core, receipt), unregistered)
    unfetched: tuple[Fetch, ...] = ()
    fetches = await sources.ask("linkage server's database", lambda: _fetches(where.dsns, receipt), unfetched)
    spec = await sources.ask("portal, runs", lambda: _spec(where.portal, seen.municipality, case), None)
    steps, visible = _steps(seen, case)
    nothing: tuple[tuple[Message, ...], int] = (), 0
    messages, again = nothing
    if with_messages and spec is not None:
        messages, again = await sources.ask(
            "Kafka",
            lambda: messages_of(where.kafka_bootstrap, spec.run_id, seen.submission_id, spec.partition),
            nothing,
        )
    return Story(
        receipt_number=receipt,
        submission_id=seen.submission_id,
        run_id=spec.run_id if spec else "",
        municipality=seen.municipality,
        procedure=seen.procedure,
        method=METHODS.optional_from_proto(case.method) if case is not None else None,
        steps=steps,
        visible_from=visible,
        stretches=stretches(steps, BusinessCalendar(spec.calendar)) if spec else (),
        fetches=fetches,
        messages=messages,
        sent_again=again,
        registration=registration,
        missing=tuple(sources.missing),
    )


def _steps(
    seen: portal_pb.GetStatusResponse, case: app_pb.Case | None
) -> tuple[tuple[CaseTransition, ...], tuple[SimTime | None, ...]]:
    """Every transition that any stage knows: the applicant's view lags behind the office's."""
    visible = {_key(row.transition): SimTime(row.visible_from_ms) for row in seen.history}
    known = {_key(row.transition): transition_from_proto(row.transition) for row in seen.history}
    if case is not None:
        known |= {(step.at, str(step.action), step.n): step for step in transitions_from_proto(case.history)}
    steps = tuple(sorted(known.values(), key=lambda step: step.sort_key))
    return steps, tuple(visible.get((step.at, str(step.action), step.n)) for step in steps)


def _key(row: Any) -> tuple[int, str, int]:
    step = transition_from_proto(row)
    return step.at, str(step.action), step.n


async def _portal(target: str, receipt: str) -> portal_pb.GetStatusResponse:
    async with channel(target, "portal_sim") as opened:
        try:
            request = portal_pb.GetStatusRequest(receipt_number=receipt)
            seen: portal_pb.GetStatusResponse = await PortalServiceStub(opened).GetStatus(request, timeout=_TIMEOUT_S)
            return seen
        except AioRpcError as error:
            if error.code() is StatusCode.NOT_FOUND:
                raise NotFoundError("receipt number", receipt) from None
            raise UnavailableError(f"the portal does not answer: {error.details() or error.code().name}") from None


async def _case(target: str, receipt: str) -> app_pb.Case | None:
    async with channel(target, "app_mgmt") as opened:
        request = app_pb.GetCaseRequest(receipt_number=receipt)
        answer: app_pb.GetCaseResponse = await InquiryServiceStub(opened).GetCase(request, timeout=_TIMEOUT_S)
        return answer.case


async def _registration(target: str, receipt: str) -> dict[str, str]:
    async with channel(target, "core_systems") as opened:
        request = core_pb.GetRegistrationRequest(receipt_number=receipt)
        found = await RegistrationServiceStub(opened).GetRegistration(request, timeout=_TIMEOUT_S)
    kept = {"core_system": found.core_system, "batch_id": found.batch_id}
    return {name: value for name, value in kept.items() if value}


async def _fetches(dsns: Any, receipt: str) -> tuple[Fetch, ...]:
    connection = await asyncpg.connect(dsns["linkage_server"], timeout=_TIMEOUT_S)
    try:
        rows = await connection.fetch(_FETCHES, receipt)
    finally:
        await connection.close()
    return tuple(
        Fetch(
            n=row["n"],
            filed_at=SimTime(row["stamp_ms"]),
            poll_at=SimTime(row["poll_ms"]),
            fetched_at=SimTime(row["fetched_ms"]),
        )
        for row in rows
    )


async def _spec(target: str, municipality: str, case: app_pb.Case | None) -> RunSpec | None:
    """The run of the case: application management says which; before that, the open one of its municipality.

    Those that are closed are asked for last: after months of seasons and load tests they are more than a message takes.
    """
    named = case.application.run_id if case is not None else ""
    runs: list[control_pb.RunInfo] = []
    async with channel(target, "portal_sim") as opened:
        for include_closed in (False, True):
            request = control_pb.ListRunsRequest(include_closed=include_closed)
            answer = await RunServiceStub(opened).ListRuns(request, timeout=_TIMEOUT_S)
            runs = [run for run in answer.runs if run.municipality == municipality]
            fitting = [run for run in runs if named in ("", run.run_id)]
            if fitting:
                break
    found = fitting or runs
    return decode_run(found[-1].spec) if found else None
