"""Domain values to bytes and protobuf messages, and back, exactly.

Run specifications and changes travel as JSON inside protobuf, so that a stage reads the very value that the driver
wrote. Enums are mapped by name; a value that the other side does not know is an error, never a guess.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Generic, TypeVar

from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper
from google.protobuf.message import DecodeError as ProtobufDecodeError
from google.protobuf.message import Message
from pydantic import TypeAdapter, ValidationError

from shinsei.api.application.v1 import application_pb2 as application
from shinsei.contracts.topics import TOPICS
from shinsei.contracts.wire import field, number_field
from shinsei.domain.applicants import ReactionKind
from shinsei.domain.errors import ShinseiError
from shinsei.domain.history import CaseTransition
from shinsei.domain.lifecycle import ACTION_RANK, Action, Status
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import Change, RunSpec, TakenAs
from shinsei.domain.simtime import SimTime

E = TypeVar("E", bound=StrEnum)

_RUN: Final = TypeAdapter(RunSpec)
_CHANGE: Final = TypeAdapter(Change)

MESSAGES: Mapping[str, type[Message]] = MappingProxyType(
    {message.DESCRIPTOR.full_name: message for topic in TOPICS.values() for message in topic.types}
)
"""Every message that travels on Kafka, by full protobuf name (the header ``type``)."""


class DecodeError(ShinseiError):
    """Bytes from another stage that cannot be read; for the dead letters, with this text as the reason."""


class EnumMap(Generic[E]):
    """A domain enum and its protobuf twin, paired by name."""

    def __init__(self, domain: type[E], wrapper: EnumTypeWrapper, prefix: str) -> None:
        self._to_proto = {member: wrapper.Value(f"{prefix}_{member.name}") for member in domain}
        self._from_proto = {number: member for member, number in self._to_proto.items()}
        self._name = domain.__name__

    def to_proto(self, member: E | None) -> int:
        """Protobuf number; None is the unspecified value."""
        return 0 if member is None else self._to_proto[member]

    def from_proto(self, number: int) -> E:
        """Domain member.

        Raises:
            DecodeError: unspecified or unknown.
        """
        try:
            return self._from_proto[number]
        except KeyError:
            raise DecodeError(f"{self._name} {number} is unknown") from None

    def optional_from_proto(self, number: int) -> E | None:
        """Domain member, or None for the unspecified value."""
        return self.from_proto(number) if number else None


METHODS: Final = EnumMap(LinkageMethod, application.LinkageMethod, "LINKAGE_METHOD")
STATUSES: Final = EnumMap(Status, application.ApplicationStatus, "APPLICATION_STATUS")
REACTIONS: Final = EnumMap(ReactionKind, application.ReactionKind, "REACTION_KIND")
ACTIONS: Final = EnumMap(Action, application.ApplicationAction, "APPLICATION_ACTION")
_RANKS: Final = {ACTIONS.to_proto(action): rank for action, rank in ACTION_RANK.items()}
_RUN_ID, _SUBMISSION_ID, _TRANSITIONS = 1, 2, 3
"""Fields of a ``WorkProgressed``."""
_AT = 1
"""Field of a ``Transition``, its first."""
_TAKEN_AS: Final = EnumMap(TakenAs, application.TakenAs, "TAKEN_AS")


def taken_as_to_proto(taken_as: TakenAs) -> application.TakenAs:
    """Protobuf value of the state in which a case came."""
    return _TAKEN_AS.to_proto(taken_as)  # type: ignore[return-value]


def taken_as_from_proto(number: int) -> TakenAs:
    """The state in which a case came; what says nothing about it is whole.

    Raises:
        DecodeError: unknown.
    """
    return _TAKEN_AS.optional_from_proto(number) or TakenAs.WHOLE


def encode_run(spec: RunSpec) -> bytes:
    """JSON of a run specification; the same spec always gives the same bytes."""
    return _RUN.dump_json(spec)


def decode_run(raw: bytes) -> RunSpec:
    """Run specification from its JSON.

    Raises:
        DecodeError: it is no run specification.
    """
    return _parse(_RUN, raw, "run specification")


def encode_change(change: Change) -> bytes:
    """JSON of a control change."""
    return _CHANGE.dump_json(change)


def decode_change(raw: bytes) -> Change:
    """Control change from its JSON.

    Raises:
        DecodeError: it is no control change.
    """
    return _parse(_CHANGE, raw, "change")


def transition_to_proto(transition: CaseTransition) -> application.Transition:
    """A transition as a message."""
    return application.Transition(
        at_ms=transition.at,
        action=ACTIONS.to_proto(transition.action),  # type: ignore[arg-type]
        status=STATUSES.to_proto(transition.status),  # type: ignore[arg-type]
        n=transition.n,
        method=METHODS.to_proto(transition.method),  # type: ignore[arg-type]
        detail=transition.detail,
    )


def encode_progress(run_id: str, submission_id: str, transitions: Iterable[CaseTransition]) -> bytes:
    """The bytes of a ``WorkProgressed``.

    Each case has some ten transitions, all but the time of which many share, so they are put together of bytes.
    """
    steps = b"".join([field(_TRANSITIONS, _at(row.at) + _step(*row[1:])) for row in transitions])
    return field(_RUN_ID, run_id.encode()) + field(_SUBMISSION_ID, submission_id.encode()) + steps


def _at(at: SimTime) -> bytes:
    return number_field(_AT, at) if at > 0 else application.Transition(at_ms=at).SerializeToString()


@lru_cache(maxsize=4_096)
def _step(action: Action, status: Status, n: int, method: LinkageMethod | None, detail: str) -> bytes:
    """A transition without its time."""
    step = CaseTransition(at=SimTime(0), action=action, status=status, n=n, method=method, detail=detail)
    return transition_to_proto(step).SerializeToString()


def transition_from_proto(message: application.Transition) -> CaseTransition:
    """A transition from its message.

    Raises:
        DecodeError: an enum value is unknown here.
    """
    return CaseTransition(
        SimTime(message.at_ms),
        ACTIONS.from_proto(message.action),
        STATUSES.from_proto(message.status),
        message.n,
        METHODS.optional_from_proto(message.method),
        message.detail,
    )


def transition_place(message: application.Transition) -> tuple[int, int, int]:
    """Its order within a case, as ``CaseTransition.sort_key``, for whoever only passes it on."""
    return (message.at_ms, _RANKS[message.action], message.n)


def transitions_from_proto(messages: Iterable[application.Transition]) -> tuple[CaseTransition, ...]:
    """Transitions in the order in which they came."""
    return tuple(transition_from_proto(message) for message in messages)


def decode_message(type_name: str, value: bytes) -> Message:
    """A message of the spine from its type name and bytes.

    Raises:
        DecodeError: the type is unknown or the bytes are not of it.
    """
    message_type = MESSAGES.get(type_name)
    if message_type is None:
        raise DecodeError(f"message type {type_name!r} is unknown")
    try:
        return message_type.FromString(value)
    except ProtobufDecodeError as error:
        raise DecodeError(f"{type_name}: {error}") from error


def event_id(run_id: str, submission_id: str, step: str, n: int = 0) -> str:
    """Identity of an event: (run, submission id, step, n); the same event always gets the same one."""
    return f"{run_id}/{submission_id}/{step}/{n}"


T = TypeVar("T")


def _parse(adapter: TypeAdapter[T], raw: bytes, what: str) -> T:
    try:
        return adapter.validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise DecodeError(f"{what} unreadable at {where or 'the beginning'}: {first['msg']}") from error
