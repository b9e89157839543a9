"""How the core systems reach their database, the inquiry screen and Kafka."""

from core_systems.outbound.books import PostgresBooks
from core_systems.outbound.inquiry import GrpcInquiry
from core_systems.outbound.kafka import KafkaDeadLetters, ReadyTopics
from core_systems.outbound.reading import PostgresLedger, PostgresMappings, PostgresRegistrations
from core_systems.outbound.runs import KnownRuns

__all__ = [
    "GrpcInquiry",
    "KafkaDeadLetters",
    "KnownRuns",
    "PostgresBooks",
    "PostgresLedger",
    "PostgresMappings",
    "PostgresRegistrations",
    "ReadyTopics",
]
