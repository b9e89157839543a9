"""How application management reaches its database, the registry and Kafka."""

from app_mgmt.outbound.books import PostgresBooks
from app_mgmt.outbound.kafka import RoutingSender, topics_of
from app_mgmt.outbound.reading import PostgresCases, PostgresLedger
from app_mgmt.outbound.registry import GrpcRegistry
from app_mgmt.outbound.runs import KnownRuns

__all__ = [
    "GrpcRegistry",
    "KnownRuns",
    "PostgresBooks",
    "PostgresCases",
    "PostgresLedger",
    "RoutingSender",
    "topics_of",
]
