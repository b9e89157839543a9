"""The use cases of the core systems (基幹システム): what each topic brings about."""

from collections.abc import Mapping
from types import MappingProxyType

from core_systems.handlers.working import Offices

HANDLERS: Mapping[str, object] = MappingProxyType({"work.requested": Offices.work})
"""What handles the messages of each topic."""
