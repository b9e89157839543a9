"""What reaches the core systems: requested work, the registry's stream, inquiries, the ledger."""

from core_systems.inbound.consuming import WorkRequested
from core_systems.inbound.servicers import LedgerServicer, OfficeServicer, RegistrationServicer, RegistryServicer

__all__ = ["LedgerServicer", "OfficeServicer", "RegistrationServicer", "RegistryServicer", "WorkRequested"]
