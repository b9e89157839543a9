"""Kafka's access list, as ``contracts.topic_rights`` has it: what is not on it goes, what is missing comes.

It may be made so again and again. aiokafka knows the requests and how to send them, one line a request; here they
carry them all.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import for_code
from aiokafka.protocol.admin import CreateAclsRequest_v1, DeleteAclsRequest_v1, DescribeAclsRequest
from aiokafka.protocol.api import Request

from shinsei.contracts.topic_rights import Grant, Kind, Right, grants
from shinsei.domain.errors import UnavailableError
from shinsei.runtime.failures import is_transient
from shinsei.runtime.identity import kafka_options
from shinsei.runtime.retry import DEFAULT_BACKOFF, until_success

# Numbers of the protocol: org.apache.kafka.common.acl.AclOperation, .resource.ResourceType and .PatternType.
_OPERATIONS: Final[Mapping[Right, int]] = MappingProxyType({Right.READ: 3, Right.WRITE: 4, Right.DESCRIBE: 8})
_RESOURCES: Final[Mapping[Kind, int]] = MappingProxyType({Kind.TOPIC: 2, Kind.GROUP: 3})
_LITERAL, _PREFIXED = 3, 4
_ALLOW: Final = 3
_ANYWHERE: Final = "*"
_ANY: Final = 1
_KNOWN_WITHIN_S: Final = 30.0


_Line = tuple[Any, ...]


class _CreateAcls(Request[CreateAclsRequest_v1]):
    """All lines at once."""

    API_KEY = CreateAclsRequest_v1.API_KEY

    def __init__(self, lines: Iterable[_Line]) -> None:
        self._lines = list(lines)

    def build(self, request_struct_class: Any) -> Any:
        return request_struct_class(self._lines)


class _DeleteAcls(Request[DeleteAclsRequest_v1]):
    """Likewise: each line is a filter that only it passes."""

    API_KEY = DeleteAclsRequest_v1.API_KEY

    def __init__(self, lines: Iterable[_Line]) -> None:
        self._lines = list(lines)

    def build(self, request_struct_class: Any) -> Any:
        return request_struct_class(self._lines)


async def ensure_access(bootstrap: str, role: str, lines: Iterable[Grant] | None = None) -> None:
    """Let in whom the table lets in and nobody else, or these as well, as this role.

    Returns when the broker goes by it: the controller has written it before. A line of an earlier version of the
    table, or one that somebody has added by hand, is struck with the whole table alone.

    Raises:
        KafkaError: the broker refuses one, or this role may not change the list.
        UnavailableError: the broker does not get to know it.
    """
    wanted = set(map(_line, grants() if lines is None else lines))
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, **kafka_options(bootstrap, role))
    await admin.start()
    try:
        created = await admin._send_to_controller(_CreateAcls(wanted))  # noqa: SLF001 - there is no public way
        _must_be_done(created.creation_responses)
        unwanted = await _known(admin) - wanted if lines is None else set[_Line]()
        if unwanted:
            deleted = await admin._send_to_controller(_DeleteAcls(unwanted))  # noqa: SLF001 - likewise
            _must_be_done(outcome[:2] for outcome in deleted.filter_responses)
        await until_success(
            lambda: _goes_by(admin, wanted, unwanted), DEFAULT_BACKOFF, is_transient, give_up_after_s=_KNOWN_WITHIN_S
        )
    finally:
        await admin.close()


def _must_be_done(outcomes: Iterable[tuple[int, str | None]]) -> None:
    for code, text in outcomes:
        if code:
            raise for_code(code)(text or "")


async def _goes_by(admin: AIOKafkaAdminClient, wanted: set[_Line], unwanted: set[_Line]) -> None:
    """Raises while the broker does not know all that it is to know, or still knows what it is not to."""
    known = await _known(admin)
    if late := (wanted - known) | (unwanted & known):
        raise UnavailableError(f"{len(late)} lines of Kafka's access list are not known yet")


async def _known(admin: AIOKafkaAdminClient) -> set[_Line]:
    """The list as the broker has it."""
    request = DescribeAclsRequest(_ANY, None, _ANY, None, None, _ANY, _ANY)  # None: any
    response = await admin._send_request(request)  # noqa: SLF001 - likewise
    _must_be_done([(response.error_code, response.error_message)])
    return {(*resource, *line) for *resource, lines in response.resources for line in lines}


def _line(grant: Grant) -> _Line:
    return (
        _RESOURCES[grant.kind],
        grant.name,
        _PREFIXED if grant.is_prefix else _LITERAL,
        f"User:{grant.role}",
        _ANYWHERE,
        _OPERATIONS[grant.right],
        _ALLOW,
    )
