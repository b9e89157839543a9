"""How the core systems reach their database and the inquiry screen."""

from core_systems.outbound.books import PostgresBooks
from core_systems.outbound.inquiry import GrpcInquiry
from core_systems.outbound.reading import PostgresLedger, PostgresMappings, PostgresRegistrations
from core_systems.outbound.runs import KnownRuns

__all__ = [
    "GrpcInquiry",
    "KnownRuns",
    "PostgresBooks",
    "PostgresLedger",
    "PostgresMappings",
    "PostgresRegistrations",
]
