"""What a stack says about itself: the values behind ``shinsei status``, and their form as JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Self

from shinsei.stack.site import Addresses


class PartState(StrEnum):
    """Where a part is in its life."""

    WAITING = "waiting"
    """For the parts that it stands on."""
    STARTING = "starting"
    """Its process runs and has not answered yet."""
    READY = "ready"
    """It has answered."""
    RESTARTING = "restarting"
    """It ended unasked and is started again after a delay."""
    STOPPING = "stopping"
    """It has been asked to end."""
    STOPPED = "stopped"
    """It has ended as asked."""
    FAILED = "failed"
    """It never became ready: the stack stops, or goes on without it where it only watches."""


class StackState(StrEnum):
    """Where the whole stack is in its life."""

    STARTING = "starting"
    """Not every part has become ready yet."""
    UP = "up"
    """Every part has become ready; one may be restarting now."""
    STOPPING = "stopping"
    """Stops its parts."""
    DOWN = "down"
    """Ended as asked."""
    FAILED = "failed"
    """Ended because a part did not become ready."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartStatus:
    """One part."""

    name: str
    about: str
    state: PartState
    pid: int | None
    """As seen from outside the stack; None when it has no process."""
    restarts: int
    """How often it was started again after it had ended unasked."""
    problem: str
    """Why it ended last, if it ended unasked."""
    ports: Mapping[str, int]
    log: str
    memory_mib: float
    """PSS, with its children."""
    ready_after_s: float | None = None
    """How long the last start took."""

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """From its JSON form."""
        return cls(**{**values, "state": PartState(values["state"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class StackStatus:
    """The whole stack."""

    home: str
    state: StackState
    pid: int
    """Of the supervisor, as seen from outside the stack."""
    started_at: str
    problem: str
    """Why it failed, in one line."""
    isolation: str
    """What ends the parts should the supervisor be killed."""
    memory_mib: float
    """PSS of all parts and the supervisor."""
    memory_peak_mib: float
    parts: tuple[PartStatus, ...]
    addresses: Addresses
    credentials: Mapping[str, str] = field(default_factory=dict)
    """Files that hold secrets."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """The services' settings that whoever started it has chosen, by variable; neither places nor secrets."""
    signatures: bool = True
    """Whether citizens sign what they file."""

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """From its JSON form."""
        return cls(
            **{
                **values,
                "state": StackState(values["state"]),
                "parts": tuple(PartStatus.of(part) for part in values["parts"]),
                "addresses": Addresses.of(values["addresses"]),
            }
        )

    def values(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        return asdict(self)

    def part(self, name: str) -> PartStatus | None:
        """The part of that name."""
        return next((part for part in self.parts if part.name == name), None)
