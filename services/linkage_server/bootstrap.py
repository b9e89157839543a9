"""Composition root of the linkage server."""

from functools import partial

from linkage_server.handlers.keeper import Keeper, Times
from linkage_server.handlers.ports import Ports
from linkage_server.inbound.ledger import LedgerServicer
from linkage_server.inbound.statuses import StatusReader
from linkage_server.outbound.levels import LinkageLevels
from linkage_server.outbound.observer import Telemetry
from linkage_server.outbound.payloads import FolderPayloads
from linkage_server.outbound.portal import PullClient
from linkage_server.outbound.store import PostgresStore
from linkage_server.settings import Settings
from shinsei.api.control.v1.control_pb2_grpc import add_LedgerServiceServicer_to_server
from shinsei.contracts.topics import APPLICATION_FETCHED, STATUS_CHANGED
from shinsei.runtime.clock import sleep
from shinsei.runtime.kafka import Consumer, DeadLetters, Producer, ReadyTopics
from shinsei.runtime.levels import Measured
from shinsei.runtime.lifespan import BackgroundTask, Service
from shinsei.runtime.observability import EventLoopLag
from shinsei.runtime.outbox import OUTBOX_SQL, Relay
from shinsei.runtime.postgres import Database
from shinsei.runtime.queries import load_sql
from shinsei.runtime.retry import ExponentialBackoff
from shinsei.runtime.rpc import GrpcServer

NAME = "linkage_server"


def build(settings: Settings) -> Service:
    """The linkage server as a service."""
    database = Database(
        settings.database_dsn,
        OUTBOX_SQL + load_sql(NAME, "schema.sql"),
        settings.pool_size,
        settings.database_password_file,
    )
    producer = Producer(settings.kafka_bootstrap, NAME)
    relay = Relay(database, producer)
    portal = PullClient(
        settings.portal_target,
        settings.client_id,
        settings.client_secret_file,
        mode=settings.fetch_mode,
        parallel=settings.fetch_parallel,
        list_page=settings.list_page,
        list_wait_ms=settings.list_wait_ms,
    )
    store = PostgresStore(database, relay)
    times = Times(
        sleep=sleep,
        delays_s=ExponentialBackoff(first_s=0.1).delays_s,
        discover_every_s=settings.runs_every_s,
        rest_s=settings.clock_rest_s,
    )
    ports = Ports(portal=portal, store=store, payloads=FolderPayloads(settings.payload_dir), observer=Telemetry())
    keeper = Keeper(ports, times)
    consumer = Consumer(
        settings.kafka_bootstrap,
        NAME,
        STATUS_CHANGED.name,
        StatusReader(keeper, store).handle,
        DeadLetters(producer),
        keeper.assigned,
        keeper.revoked,
        instance=settings.instance,
    )
    discovery = BackgroundTask("discover-runs", keeper.discover)
    server = GrpcServer(
        settings.grpc_host,
        settings.grpc_port,
        [partial(add_LedgerServiceServicer_to_server, LedgerServicer(keeper, store))],
        ["shinsei.api.control.v1.LedgerService"],
        reflect=settings.grpc_reflection,
    )
    topics = ReadyTopics(settings.kafka_bootstrap, (APPLICATION_FETCHED, STATUS_CHANGED))
    outside = (database, topics, producer, portal)
    watching = (EventLoopLag(), Measured(LinkageLevels(database)))
    return Service(name=NAME, components=(*outside, *watching, relay, keeper, consumer, discovery, server))
