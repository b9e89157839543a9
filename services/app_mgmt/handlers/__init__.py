"""The use cases of the application management system (申請管理システム): what each topic brings about."""

from collections.abc import Mapping
from types import MappingProxyType

from app_mgmt.handlers.intake import take_in
from app_mgmt.handlers.tracking import track

HANDLERS: Mapping[str, object] = MappingProxyType({"application.fetched": take_in, "work.completed": track})
"""What handles the messages of each topic."""
