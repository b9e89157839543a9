"""The composition root of application management: the only place that names what stands behind the ports."""

from functools import partial

from app_mgmt.handlers.intake import IntakePorts
from app_mgmt.handlers.tracking import TrackingPorts
from app_mgmt.inbound import ApplicationFetched, InquiryServicer, LedgerServicer, WorkCompleted
from app_mgmt.outbound import (
    GrpcRegistry,
    KnownRuns,
    PostgresBooks,
    PostgresCases,
    PostgresLedger,
    RoutingSender,
    topics_of,
)
from app_mgmt.outbound.levels import IntakeLevels
from app_mgmt.settings import Settings
from shinsei.api.app_mgmt.v1.app_mgmt_pb2_grpc import add_InquiryServiceServicer_to_server
from shinsei.api.control.v1.control_pb2_grpc import add_LedgerServiceServicer_to_server
from shinsei.contracts.topics import APPLICATION_FETCHED, WORK_COMPLETED
from shinsei.runtime.kafka import Consumer, DeadLetters, Producer, ReadyTopics
from shinsei.runtime.levels import Measured
from shinsei.runtime.lifespan import Service
from shinsei.runtime.observability import EventLoopLag
from shinsei.runtime.outbox import OUTBOX_SQL, Relay
from shinsei.runtime.postgres import Database
from shinsei.runtime.queries import load_sql
from shinsei.runtime.rpc import GrpcServer

NAME = "app_mgmt"
INQUIRY = "shinsei.api.app_mgmt.v1.InquiryService"
LEDGER = "shinsei.api.control.v1.LedgerService"


def build(settings: Settings) -> Service:
    """The service, ready to be started."""
    database = Database(
        settings.database_dsn,
        OUTBOX_SQL + load_sql(NAME, "schema.sql"),
        settings.pool_size,
        settings.database_password_file,
    )
    topics = ReadyTopics(settings.kafka_bootstrap, topics_of(work=False))
    work_topics = ReadyTopics(settings.work_bootstrap, topics_of(work=True), setting="work_kafka_bootstrap")
    producer = Producer(settings.kafka_bootstrap, NAME)
    work_producer = Producer(settings.work_bootstrap, NAME, setting="work_kafka_bootstrap")
    relay = Relay(database, RoutingSender(producer, work_producer))
    registry = GrpcRegistry(settings.registry_target)
    runs = KnownRuns()
    books = PostgresBooks(database, relay, runs)
    letters = DeadLetters(producer)
    intake = IntakePorts(books=books, registry=registry, dead_letters=letters)
    fetched = Consumer(
        settings.kafka_bootstrap,
        NAME,
        APPLICATION_FETCHED.name,
        ApplicationFetched(intake).handle,
        letters,
        instance=settings.instance,
    )
    completed = Consumer(
        settings.work_bootstrap,
        NAME,
        WORK_COMPLETED.name,
        WorkCompleted(TrackingPorts(books=books)).handle,
        DeadLetters(work_producer),
        setting="work_kafka_bootstrap",
        instance=settings.instance,
    )
    server = GrpcServer(
        settings.grpc_host,
        settings.grpc_port,
        [
            partial(add_InquiryServiceServicer_to_server, InquiryServicer(PostgresCases(database, runs))),
            partial(add_LedgerServiceServicer_to_server, LedgerServicer(PostgresLedger(database, runs))),
        ],
        [INQUIRY, LEDGER],
        reuse_port=settings.grpc_reuse_port,
        reflect=settings.grpc_reflection,
    )
    watching = (EventLoopLag(), Measured(IntakeLevels(database, runs)))
    outside = (database, topics, work_topics, producer, work_producer, registry)
    # The inquiry screen answers before work is requested: the core systems read from it.
    return Service(name=NAME, components=(*outside, *watching, server, relay, completed, fetched))
