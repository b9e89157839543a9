"""The one table of who may open a connection to whom; whatever is not in it is refused.

Compose networks and Kubernetes NetworkPolicies are checked against it. The zones are those of the three-layer
separation (三層の対策) of Japanese municipalities: whatever crosses one is opened from the inside. Kafka stands in the
boundary segment between LGWAN and the business zone and opens nothing. Control and monitoring are the experiment's
own and never carry an application.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Zone(StrEnum):
    """A network of the simulated world."""

    INTERNET = "internet"
    """Applicants and the national portal."""
    LGWAN = "lgwan"
    """The municipalities' side of the portal."""
    BOUNDARY = "boundary"
    """Kafka, between LGWAN and the business zone."""
    BUSINESS = "business"
    """マイナンバー利用事務系: application management and core systems."""
    MANAGEMENT = "management"
    """Control and monitoring of the experiment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One kind of connection, named by who opens it."""

    caller: str
    callee: str
    port: int
    purpose: str


ZONE_OF: Final[Mapping[str, Zone]] = MappingProxyType(
    {
        "applicant": Zone.INTERNET,
        "portal_sim": Zone.INTERNET,
        "linkage_server": Zone.LGWAN,
        "kafka": Zone.BOUNDARY,
        "app_mgmt": Zone.BUSINESS,
        "app_mgmt_streams": Zone.BUSINESS,
        "core_systems": Zone.BUSINESS,
        "season": Zone.MANAGEMENT,
        "loadtest_master": Zone.MANAGEMENT,
        "prometheus": Zone.MANAGEMENT,
        "room": Zone.MANAGEMENT,
    }
)
"""Where each part stands; every zone with a service has a PostgreSQL server of its own beside it."""

GRPC: Final[Mapping[str, int]] = MappingProxyType(
    {"portal_sim": 50051, "linkage_server": 50052, "app_mgmt": 50053, "core_systems": 50054}
)
METRICS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "portal_sim": 9101,
        "linkage_server": 9102,
        "app_mgmt": 9103,
        "core_systems": 9104,
        "app_mgmt_streams": 9105,
        "room": 9106,
    }
)
LOADTEST: Final = 5557
"""Of the master of a load test, for its workers."""
PROMETHEUS: Final = 9090
KAFKA: Final = 9092
POSTGRES: Final = 5432

CALLS: Final[tuple[Call, ...]] = (
    Call(caller="applicant", callee="portal_sim", port=GRPC["portal_sim"], purpose="submit, watch, correct, withdraw"),
    Call(caller="linkage_server", callee="portal_sim", port=GRPC["portal_sim"], purpose="pull, and push of statuses"),
    Call(caller="app_mgmt", callee="core_systems", port=GRPC["core_systems"], purpose="resident registry"),
    Call(caller="core_systems", callee="app_mgmt", port=GRPC["app_mgmt"], purpose="inquiry screen"),
    *(
        Call(caller=service, callee="kafka", port=KAFKA, purpose="the spine")
        for service in ("linkage_server", "app_mgmt", "app_mgmt_streams", "core_systems")
    ),
    *(
        Call(caller=part, callee=service, port=port, purpose="control and ledger")
        for part in ("season", "loadtest_master", "room")
        for service, port in GRPC.items()
    ),
    # Workers of a load test play applicants; what they get here and tell is counts, never an application.
    Call(caller="applicant", callee="loadtest_master", port=LOADTEST, purpose="plan and counts of a load test"),
    *(Call(caller="prometheus", callee=part, port=port, purpose="metrics") for part, port in METRICS.items()),
    *(
        Call(caller="room", callee=part, port=port, purpose="levels")
        for part, port in METRICS.items()
        if part != "room"
    ),
    Call(caller="room", callee="prometheus", port=PROMETHEUS, purpose="alerts"),
)
"""Every connection that may be opened, each part's own database apart."""
