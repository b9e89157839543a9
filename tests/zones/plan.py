"""Where each part stands in the network, and what the firewall lets pass: all of it from the one table of calls."""

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Final, NamedTuple

from shinsei.contracts.zones import CALLS, GRPC, KAFKA, LOADTEST, METRICS, POSTGRES, PROMETHEUS, ZONE_OF, Zone

NETWORK: Final = "10.77.0.0/16"
GATEWAY: Final = "10.77.0.1"
"""Of everybody: the firewall."""
PORTS: Final = sorted({*GRPC.values(), *METRICS.values(), KAFKA, LOADTEST, POSTGRES, PROMETHEUS})


class Way(NamedTuple):
    """A connection that somebody may want to open."""

    caller: str
    callee: str
    port: int


def database_of(service: str) -> str:
    """Every zone with a service has a database server of its own, a part like the others."""
    return f"{ZONE_OF[service]}_postgres"


ZONES: Final[Mapping[str, Zone]] = {**ZONE_OF, **{database_of(service): ZONE_OF[service] for service in GRPC}}
"""Every part, the databases among them."""
ADDRESS: Final[Mapping[str, str]] = {
    part: f"10.77.{number}.{host}"
    for number, zone in enumerate(Zone, start=1)
    for host, part in enumerate((part for part in ZONES if ZONES[part] is zone), start=1)
}
"""A zone is a network, and each part has an address in it."""


def allowed() -> set[Way]:
    """The one table, and each service's own database."""
    calls = {Way(call.caller, call.callee, call.port) for call in CALLS}
    return calls | {Way(service, database_of(service), POSTGRES) for service in GRPC}


def thinkable() -> set[Way]:
    """From every part to every other, on every port that any of them has."""
    return {Way(caller, callee, port) for caller in ZONES for callee in ZONES if caller != callee for port in PORTS}


def lines_between(one: Zone, other: Zone) -> set[tuple[str, str]]:
    """(from, to): the addresses of everybody in two zones, both ways."""
    there, here = ([ADDRESS[part] for part in ZONES if ZONES[part] is zone] for zone in (one, other))
    return {pair for a in there for b in here for pair in ((a, b), (b, a))}


def lines_between_all() -> set[tuple[str, str]]:
    """Of every two zones."""
    return set().union(*(lines_between(one, other) for one, other in combinations(Zone, 2)))


def rules(ways: Iterable[Way], address: Mapping[str, str]) -> str:
    """What nftables is told: these ways and nothing else, and every one that is opened or refused is written down.

    Between two addresses that are ``cut`` nothing passes, be it of a connection that is open already. Connections that
    are ``forgotten`` never pass anything again.
    """
    elements = ",\n".join(
        f"            {address[way.caller]} . {address[way.callee]} . {way.port}" for way in sorted(ways)
    )
    return f"""\
table inet firewall {{
    set calls {{
        type ipv4_addr . ipv4_addr . inet_service
        elements = {{
{elements}
        }}
    }}
    set opened {{
        type ipv4_addr . ipv4_addr . inet_service
        size 65535
        flags dynamic
        counter
    }}
    set refused {{
        type ipv4_addr . ipv4_addr . inet_service
        size 65535
        flags dynamic
        counter
    }}
    set connections {{
        type ipv4_addr . inet_service . ipv4_addr . inet_service
        size 65535
        flags dynamic
    }}
    set cut {{
        type ipv4_addr . ipv4_addr
    }}
    set forgotten {{
        type ipv4_addr . inet_service . ipv4_addr . inet_service
    }}
    counter lost {{
    }}
    counter dead {{
    }}
    counter strange {{
    }}
    chain forward {{
        type filter hook forward priority filter; policy drop;
        ip saddr . ip daddr @cut counter name lost drop
        ip saddr . tcp sport . ip daddr . tcp dport @forgotten counter name dead drop
        ct state established,related accept
        ct state new ip saddr . ip daddr . tcp dport @calls jump open
        tcp flags & (fin | syn | rst | ack) == syn add @refused {{ ip saddr . ip daddr . tcp dport }} drop
        meta l4proto tcp drop comment "late, of a connection that is over"
        counter name strange
    }}
    chain open {{
        add @opened {{ ip saddr . ip daddr . tcp dport }}
        add @connections {{ ip saddr . tcp sport . ip daddr . tcp dport }}
        accept
    }}
}}
"""
