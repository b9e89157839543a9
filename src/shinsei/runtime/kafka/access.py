"""Kafka's access list, as ``contracts.topic_rights`` has it: written in one request that may be sent again and again.

aiokafka knows the request and how to send it, one line a request; here it carries them all.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from types import MappingProxyType
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import for_code
from aiokafka.protocol.admin import CreateAclsRequest_v1, DescribeAclsRequest
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


class _CreateAcls(Request[CreateAclsRequest_v1]):
    """All lines at once."""

    API_KEY = CreateAclsRequest_v1.API_KEY

    def __init__(self, lines: Iterable[tuple[Any, ...]]) -> None:
        self._lines = list(lines)

    def build(self, request_struct_class: Any) -> Any:
        return request_struct_class(self._lines)


async def ensure_access(bootstrap: str, role: str, lines: Iterable[Grant] | None = None) -> None:
    """Let these in (else all of the table), as this role; lines that are there already stay as they are.

    Returns when the broker goes by them: the controller has written them before.

    Raises:
        KafkaError: the broker refuses one, or this role may not change the list.
        UnavailableError: the broker does not get to know them.
    """
    wanted = set(map(_line, grants() if lines is None else lines))
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, **kafka_options(bootstrap, role))
    await admin.start()
    try:
        response = await admin._send_to_controller(_CreateAcls(wanted))  # noqa: SLF001 - there is no public way
        for code, text in response.creation_responses:
            if code:
                raise for_code(code)(text or "")
        await until_success(
            lambda: _known(admin, wanted), DEFAULT_BACKOFF, is_transient, give_up_after_s=_KNOWN_WITHIN_S
        )
    finally:
        await admin.close()


async def _known(admin: AIOKafkaAdminClient, wanted: AbstractSet[tuple[Any, ...]]) -> None:
    """Raises while the broker does not know all of these lines."""
    request = DescribeAclsRequest(_ANY, None, _ANY, None, None, _ANY, _ANY)  # None: any
    response = await admin._send_request(request)  # noqa: SLF001 - likewise
    if response.error_code:
        raise for_code(response.error_code)(response.error_message or "")
    known = {(*resource, *line) for *resource, lines in response.resources for line in lines}
    if missing := wanted - known:
        raise UnavailableError(f"{len(missing)} lines of Kafka's access list are not known yet")


def _line(grant: Grant) -> tuple[Any, ...]:
    return (
        _RESOURCES[grant.kind],
        grant.name,
        _PREFIXED if grant.is_prefix else _LITERAL,
        f"User:{grant.role}",
        _ANYWHERE,
        _OPERATIONS[grant.right],
        _ALLOW,
    )
