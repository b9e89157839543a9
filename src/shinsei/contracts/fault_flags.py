"""The one table of fault flags: what can be made to go wrong with the machinery while it runs, and where.

These are infrastructure faults. They take real time, are kept nowhere, end with the process, and must not change the
trace of a run. What goes wrong in the simulated world is a change of the run instead (``model_faults``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from shinsei.domain.errors import InvalidInputError

EVERY_SERVICE: Final = ("portal_sim", "linkage_server", "app_mgmt", "core_systems")
ON_THE_SPINE: Final = EVERY_SERVICE[1:]
"""Those that read and write Kafka, and open calls of their own."""
SET_ALERT: Final = "FaultSet"
"""Fires at once for every flag that is set, and names it."""


class Unit(StrEnum):
    """What the value of a flag is."""

    MS = "ms"
    PERCENT = "%"
    SECONDS = "s"
    CONNECTIONS = "in use"
    NONE = ""
    """It is set or not."""


class FaultFlag(StrEnum):
    """Names, as they are typed."""

    PORTAL_SLOW = "portal-slow"
    PORTAL_REFUSING = "portal-refusing"
    ANSWER_LOST = "answer-lost"
    TOKEN_STORM = "token-storm"  # noqa: S105 - a name
    COMMIT_DELAYED = "commit-delayed"
    DATABASE_SLOW = "database-slow"
    CONNECTIONS_EXHAUSTED = "connections-exhausted"
    DUPLICATE_DELIVERY = "duplicate-delivery"
    REORDERED_DELIVERY = "reordered-delivery"
    BROKER_PAUSED = "broker-paused"
    CONSUMER_STUCK = "consumer-stuck"
    OUTBOX_STUCK = "outbox-stuck"
    CALLS_CUT = "calls-cut"
    CALLS_SLOW = "calls-slow"
    CLOCK_SKEW = "clock-skew"
    LOOP_BLOCKED = "loop-blocked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One fault that can be switched."""

    name: FaultFlag
    services: tuple[str, ...]
    """In which it can be set: those on whose hop it happens."""
    hop: str
    """Where it strikes."""
    about: str
    """What happens while it is set; ``{value}`` stands for the value with its unit."""
    unit: Unit = Unit.NONE
    usual: int = 1
    """Value where none is given."""
    least: int = 1
    most: int = 1
    alert: str = ""
    """Which other alert fires if it lasts, by what the flag does, where one does."""

    def check(self, service: str, value: int) -> None:
        """Whether it can be set there to this value.

        Raises:
            InvalidInputError: it cannot.
        """
        if service not in self.services:
            raise InvalidInputError("service", f"{self.name} happens in {', '.join(self.services)}, not in {service!r}")
        if not self.least <= value <= self.most:
            unit = f" {self.unit}" if self.unit else ""
            raise InvalidInputError("value", f"{self.name} takes {self.least:,} to {self.most:,}{unit}, not {value:,}")

    def told(self, value: int) -> str:
        """What happens with this value."""
        return self.about.format(value=f"{value:,} {self.unit}".rstrip())


_PORTAL: Final = ("portal_sim",)

_TABLE: Final = (
    Flag(
        name=FaultFlag.PORTAL_SLOW,
        services=_PORTAL,
        hop="calls of applicants and municipalities to the portal",
        about="each waits {value} before it is taken up",
        unit=Unit.MS,
        usual=500,
        most=20_000,
        alert="CallsSlow",
    ),
    Flag(
        name=FaultFlag.PORTAL_REFUSING,
        services=_PORTAL,
        hop="calls of applicants and municipalities to the portal",
        about="{value} of them are refused with UNAVAILABLE, nothing done",
        unit=Unit.PERCENT,
        usual=30,
        most=100,
        alert="SubmitErrorBudgetBurnsFast",
    ),
    Flag(
        name=FaultFlag.ANSWER_LOST,
        services=_PORTAL,
        hop="answers of the portal",
        about="{value} of the calls are done and answered with UNAVAILABLE all the same",
        unit=Unit.PERCENT,
        usual=20,
        most=90,
        alert="SubmitErrorBudgetBurnsFast",
    ),
    Flag(
        name=FaultFlag.TOKEN_STORM,
        services=_PORTAL,
        hop="tokens of the pull interface",
        about="{value} of the calls find their token expired",
        unit=Unit.PERCENT,
        usual=10,
        most=90,
    ),
    Flag(
        name=FaultFlag.COMMIT_DELAYED,
        services=EVERY_SERVICE,
        hop="transactions, between their last statement and the commit",
        about="each commit comes {value} later, with its locks held",
        unit=Unit.MS,
        usual=200,
        most=10_000,
    ),
    Flag(
        name=FaultFlag.DATABASE_SLOW,
        services=EVERY_SERVICE,
        hop="ways to PostgreSQL",
        about="a connection is had {value} later",
        unit=Unit.MS,
        usual=100,
        most=10_000,
        alert="PoolExhausted",
    ),
    Flag(
        name=FaultFlag.CONNECTIONS_EXHAUSTED,
        services=EVERY_SERVICE,
        hop="the pool of PostgreSQL connections",
        about="at most {value}, whoever wants another connection waits",
        unit=Unit.CONNECTIONS,
        usual=1,
        least=0,
        most=1_000,
        alert="PoolExhausted",
    ),
    Flag(
        name=FaultFlag.DUPLICATE_DELIVERY,
        services=ON_THE_SPINE,
        hop="batches from Kafka",
        about="{value} of them are handed over twice, as after a lost offset",
        unit=Unit.PERCENT,
        usual=50,
        most=100,
    ),
    Flag(
        name=FaultFlag.REORDERED_DELIVERY,
        services=ON_THE_SPINE,
        hop="batches to Kafka",
        about="of {value} the later half arrives first and then all of it, as when an earlier send fails",
        unit=Unit.PERCENT,
        usual=50,
        most=100,
    ),
    Flag(
        name=FaultFlag.BROKER_PAUSED,
        services=ON_THE_SPINE,
        hop="the connection to Kafka",
        about="nothing is sent and nothing read",
        alert="OutboxStuck",
    ),
    Flag(
        name=FaultFlag.CONSUMER_STUCK,
        services=ON_THE_SPINE,
        hop="handlers of Kafka's records",
        about="they hang, while the consumer goes on reading and says that it lives",
        alert="ConsumerStalled",
    ),
    Flag(
        name=FaultFlag.OUTBOX_STUCK,
        services=ON_THE_SPINE,
        hop="the relay of the outbox",
        about="what is committed is not sent",
        alert="OutboxStuck",
    ),
    Flag(
        name=FaultFlag.CALLS_CUT,
        services=ON_THE_SPINE,
        hop="gRPC calls that the service opens: the network between two zones is cut",
        about="{value} of them fail with UNAVAILABLE before they leave; streams and long polls under way go on",
        unit=Unit.PERCENT,
        usual=100,
        most=100,
        alert="NothingComesBack",
    ),
    Flag(
        name=FaultFlag.CALLS_SLOW,
        services=ON_THE_SPINE,
        hop="gRPC calls that the service opens",
        about="each leaves {value} later",
        unit=Unit.MS,
        usual=200,
        most=20_000,
    ),
    Flag(
        name=FaultFlag.CLOCK_SKEW,
        services=EVERY_SERVICE,
        hop="the machine's clock",
        about="it goes {value} wrong, fast where the value is positive",
        unit=Unit.SECONDS,
        usual=300,
        least=-86_400,
        most=86_400,
    ),
    Flag(
        name=FaultFlag.LOOP_BLOCKED,
        services=EVERY_SERVICE,
        hop="the event loop",
        about="it stands still for {value} in every second",
        unit=Unit.MS,
        usual=600,
        most=900,
        alert="EventLoopLate",
    ),
)

FLAGS: Final[Mapping[FaultFlag, Flag]] = MappingProxyType({flag.name: flag for flag in _TABLE})
"""Every fault flag, by its name."""


def flag_named(name: str) -> Flag:
    """The flag of a name.

    Raises:
        InvalidInputError: there is none.
    """
    known: Mapping[str, Flag] = {str(one): flag for one, flag in FLAGS.items()}
    if name not in known:
        raise InvalidInputError("flag", f"{name!r} is none of {', '.join(known)}")
    return known[name]
