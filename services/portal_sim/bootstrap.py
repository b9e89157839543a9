"""Composition root of the portal."""

from functools import partial

from portal_sim import metrics
from portal_sim.handlers.admission import Admission, Waits
from portal_sim.handlers.attachments import Attachments
from portal_sim.handlers.intake import Intake, IntakeLimits
from portal_sim.handlers.pull import Pulls
from portal_sim.handlers.reactions import Reactions
from portal_sim.handlers.runs import Runs
from portal_sim.handlers.sessions import Sessions
from portal_sim.handlers.signatures import Signatures
from portal_sim.handlers.status import Statuses
from portal_sim.inbound import decode
from portal_sim.inbound.ledger import LedgerServicer
from portal_sim.inbound.portal import PortalServicer
from portal_sim.inbound.pull import PullServicer
from portal_sim.inbound.runs import RunServicer
from portal_sim.outbound.attachments import PostgresAttachments
from portal_sim.outbound.cases import PostgresCases
from portal_sim.outbound.clients import load_clients
from portal_sim.outbound.intake import PostgresIntake
from portal_sim.outbound.levels import PortalLevels
from portal_sim.outbound.pulls import PostgresPulls
from portal_sim.outbound.reactions import PostgresReactions
from portal_sim.outbound.revocations import PostgresRevocations
from portal_sim.outbound.runs import PostgresRuns
from portal_sim.outbound.signatures import load_checker
from portal_sim.settings import Settings
from shinsei.api.control.v1.control_pb2_grpc import (
    add_LedgerServiceServicer_to_server,
    add_RunServiceServicer_to_server,
)
from shinsei.api.portal.v1.portal_pb2_grpc import add_PortalServiceServicer_to_server, add_PullServiceServicer_to_server
from shinsei.runtime.clock import RealClock, sleep
from shinsei.runtime.faults import BOARD, FaultFlag
from shinsei.runtime.levels import Measured
from shinsei.runtime.lifespan import BackgroundTask, Service
from shinsei.runtime.observability import EventLoopLag
from shinsei.runtime.postgres import Database
from shinsei.runtime.queries import load_sql
from shinsei.runtime.rpc import GrpcServer
from shinsei.runtime.turns import Turns

_COMMITTERS = 2
"""While one transaction waits for the disk, the next is put together."""
_FILING = "/shinsei.api.portal.v1.PortalService/Submit"
"""In whose queues applicants wait."""
_QUEUES = 4
"""So many single submissions are taken up in a turn; with one queue, calls waited while the processor had time."""


def build(settings: Settings) -> Service:
    """The portal as a service."""
    clock = RealClock()
    database = Database(
        settings.database_dsn, load_sql("portal_sim", "schema.sql"), settings.pool_size, settings.database_password_file
    )
    cases, uploads = PostgresCases(database), PostgresAttachments(database)
    runs = Runs(PostgresRuns(database), clock)
    limits = IntakeLimits(
        linger_s=settings.commit_linger_ms / 1000,
        batch=settings.commit_batch,
        max_pending=settings.max_pending,
        timeout_s=settings.commit_timeout_s,
        max_wait_s=settings.max_wait_s,
    )
    turns = Turns(lambda: server, _FILING, clock)
    waits = Waits(most_turn_s=settings.max_turn_s, most_behind_s=settings.max_behind_s)
    admission = Admission(runs, waits, lambda: turns.wait_s, clock)
    checker = load_checker(settings.citizens_ca_file, settings.signature_threads)
    signatures = Signatures(checker, PostgresRevocations(database), _count_signatures)
    intake = Intake(
        runs,
        PostgresIntake(database),
        signatures,
        limits,
        sleep=sleep,
        pending=metrics.PENDING.set,
        took=admission.took,
        waited=metrics.observe_submitted,
    )
    statuses = Statuses(runs, cases, decode.update_transitions, settings.max_watches)
    attachments = Attachments(runs, uploads)
    storm = partial(BOARD.strikes, FaultFlag.TOKEN_STORM)
    sessions = Sessions(load_clients(settings.clients_file), settings.token_ttl_s, settings.calls_per_s, clock, storm)
    reactions = Reactions(runs, statuses, PostgresReactions(database))
    portal = PortalServicer(runs, admission, intake, statuses, reactions, attachments)
    pull = PullServicer(sessions, runs, Pulls(runs, PostgresPulls(database)), attachments)
    server = GrpcServer(
        settings.grpc_host,
        settings.grpc_port,
        [
            partial(add_PortalServiceServicer_to_server, portal),
            partial(add_PullServiceServicer_to_server, pull),
            partial(add_RunServiceServicer_to_server, RunServicer(runs, cases, reactions, signatures)),
            partial(add_LedgerServiceServicer_to_server, LedgerServicer(runs, cases)),
        ],
        [
            "shinsei.api.portal.v1.PortalService",
            "shinsei.api.portal.v1.PullService",
            "shinsei.api.control.v1.RunService",
            "shinsei.api.control.v1.LedgerService",
        ],
        reflect=settings.grpc_reflection,
        queues=_QUEUES,
    )
    watching = (EventLoopLag(), Measured(PortalLevels(database, runs)))
    committers = [BackgroundTask(f"commit-{n}", intake.commit) for n in range(_COMMITTERS)]
    checking = () if checker is None else (checker,)
    stored = (database, uploads, runs, signatures)
    return Service(name="portal_sim", components=(*stored, *checking, *committers, *watching, server, turns))


def _count_signatures(outcome: str, count: int) -> None:
    metrics.SIGNATURES.labels(outcome).inc(count)
