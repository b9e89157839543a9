"""The one table of who may call what: procedures of gRPC by the role that the caller's certificate names.

Roles have the names of the parts in ``zones``, and the two tables agree: whoever may call a procedure of a service may
open a connection to it, and the other way round. What is not in the table is refused. Health answers every role.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

EVERY: Final = ("*",)
"""Each procedure of a service."""

_READS: Final = ("GetProgress", "ListRuns", "ListChanges", "ReadTrace", "ListCorrections")
_BY_APPLICANTS: Final = (
    *("Submit", "SubmitBatch", "UploadAttachment"),
    *("GetStatus", "WatchStatus", "Correct", "Withdraw"),  # of whom knows the receipt number
)
_FOR_APPLICANTS: Final = ("SubmitBatch", "ReactBatch", "GetStatus")
"""A season files for all of its applicants, in batches; it reacts for them by submission ids, which can be guessed."""
_CONTROL: Final = ("season", "loadtest_master", "room")

MAY_CALL: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = MappingProxyType(
    {
        "shinsei.api.portal.v1.PortalService": {
            "applicant": _BY_APPLICANTS,
            "season": _FOR_APPLICANTS,
            "loadtest_master": _FOR_APPLICANTS,
            "room": ("GetStatus",),
        },
        "shinsei.api.portal.v1.PullService": {"linkage_server": EVERY},
        "shinsei.api.control.v1.RunService": {
            "season": EVERY,
            "loadtest_master": EVERY,
            # Whoever knows the token of the page may change the speed of a run that a clock paces.
            "room": (*_READS, "SetClock"),
        },
        "shinsei.api.control.v1.LedgerService": dict.fromkeys(_CONTROL, EVERY),
        "shinsei.api.control.v1.FaultService": {"season": EVERY},
        "shinsei.api.app_mgmt.v1.InquiryService": {"core_systems": EVERY, **dict.fromkeys(_CONTROL, EVERY)},
        "shinsei.api.core_systems.v1.RegistryService": {"app_mgmt": EVERY},
        "shinsei.api.core_systems.v1.RegistrationService": dict.fromkeys(_CONTROL, EVERY),
        "shinsei.api.core_systems.v1.OfficeService": dict.fromkeys(_CONTROL, EVERY),
    }
)
"""Service of gRPC -> role -> its procedures."""

SERVED_BY: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "shinsei.api.portal.v1.PortalService": ("portal_sim",),
        "shinsei.api.portal.v1.PullService": ("portal_sim",),
        "shinsei.api.control.v1.RunService": ("portal_sim",),
        "shinsei.api.control.v1.LedgerService": ("portal_sim", "linkage_server", "app_mgmt", "core_systems"),
        "shinsei.api.control.v1.FaultService": ("portal_sim", "linkage_server", "app_mgmt", "core_systems"),
        "shinsei.api.app_mgmt.v1.InquiryService": ("app_mgmt",),
        "shinsei.api.core_systems.v1.RegistryService": ("core_systems",),
        "shinsei.api.core_systems.v1.RegistrationService": ("core_systems",),
        "shinsei.api.core_systems.v1.OfficeService": ("core_systems",),
    }
)
"""Parts that answer for each service."""


def callers(service: str, procedure: str) -> frozenset[bytes]:
    """Roles that may call a procedure, as certificates name them; none for a service that is not in the table."""
    return frozenset(
        role.encode()
        for role, procedures in MAY_CALL.get(service, {}).items()
        if procedures == EVERY or procedure in procedures
    )
