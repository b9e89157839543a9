"""The composition root of the core systems: the only place that names what stands behind the ports."""

from functools import partial

from core_systems.handlers.working import Offices, WorkPorts
from core_systems.inbound import (
    LedgerServicer,
    OfficeServicer,
    RegistrationServicer,
    RegistryServicer,
    WorkRequested,
)
from core_systems.outbound import (
    GrpcInquiry,
    KnownRuns,
    PostgresBooks,
    PostgresLedger,
    PostgresMappings,
    PostgresRegistrations,
)
from core_systems.settings import Settings
from shinsei.api.control.v1.control_pb2_grpc import add_LedgerServiceServicer_to_server
from shinsei.api.core_systems.v1.core_systems_pb2_grpc import (
    add_OfficeServiceServicer_to_server,
    add_RegistrationServiceServicer_to_server,
    add_RegistryServiceServicer_to_server,
)
from shinsei.contracts.topics import WORK_COMPLETED, WORK_REQUESTED
from shinsei.runtime.kafka import Consumer, DeadLetters, Producer, ReadyTopics
from shinsei.runtime.levels import Measured
from shinsei.runtime.lifespan import Service
from shinsei.runtime.observability import EventLoopLag
from shinsei.runtime.outbox import OUTBOX_SQL, Relay
from shinsei.runtime.postgres import Database
from shinsei.runtime.queries import load_sql
from shinsei.runtime.rpc import GrpcServer

NAME = "core_systems"
GRPC_SERVICES = (
    "shinsei.api.core_systems.v1.RegistryService",
    "shinsei.api.core_systems.v1.RegistrationService",
    "shinsei.api.core_systems.v1.OfficeService",
    "shinsei.api.control.v1.LedgerService",
)


def build(settings: Settings) -> Service:
    """The service, ready to be started."""
    database = Database(
        settings.database_dsn,
        OUTBOX_SQL + load_sql(NAME, "schema.sql"),
        settings.pool_size,
        settings.database_password_file,
    )
    topics = ReadyTopics(settings.kafka_bootstrap, (WORK_REQUESTED, WORK_COMPLETED))
    producer = Producer(settings.kafka_bootstrap, NAME)
    relay = Relay(database, producer)
    inquiry = GrpcInquiry(settings.inquiry_target)
    letters = DeadLetters(producer)
    runs = KnownRuns()
    books = PostgresBooks(database, relay, runs)
    offices = Offices(WorkPorts(books=books, inquiry=inquiry, dead_letters=letters))
    requested = WorkRequested(offices, books.take)
    consumer = Consumer(
        settings.kafka_bootstrap,
        NAME,
        WORK_REQUESTED.name,
        requested.handle,
        letters,
        requested.assigned,
        requested.revoked,
        instance=settings.instance,
    )
    registrations = RegistrationServicer(PostgresRegistrations(database, runs))
    server = GrpcServer(
        settings.grpc_host,
        settings.grpc_port,
        [
            partial(add_RegistryServiceServicer_to_server, RegistryServicer(PostgresMappings(database, runs))),
            partial(add_RegistrationServiceServicer_to_server, registrations),
            partial(add_OfficeServiceServicer_to_server, OfficeServicer(offices)),
            partial(add_LedgerServiceServicer_to_server, LedgerServicer(PostgresLedger(database, runs))),
        ],
        GRPC_SERVICES,
        reuse_port=settings.grpc_reuse_port,
        reflect=settings.grpc_reflection,
    )
    outside = (database, topics, producer, inquiry)
    watching = (EventLoopLag(), Measured(offices))
    return Service(name=NAME, components=(*outside, *watching, server, relay, consumer))
