"""Kafka's access list, as ``contracts.topic_rights`` has it: written in one request that may be sent again and again.

aiokafka knows the request and how to send it, one line a request; here it carries them all.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import for_code
from aiokafka.protocol.admin import CreateAclsRequest_v1
from aiokafka.protocol.api import Request

from shinsei.contracts.topic_rights import Grant, Kind, Right, grants
from shinsei.runtime.identity import kafka_options

# Numbers of the protocol: org.apache.kafka.common.acl.AclOperation, .resource.ResourceType and .PatternType.
_OPERATIONS: Final[Mapping[Right, int]] = MappingProxyType({Right.READ: 3, Right.WRITE: 4, Right.DESCRIBE: 8})
_RESOURCES: Final[Mapping[Kind, int]] = MappingProxyType({Kind.TOPIC: 2, Kind.GROUP: 3})
_LITERAL, _PREFIXED = 3, 4
_ALLOW: Final = 3
_ANYWHERE: Final = "*"


class _CreateAcls(Request[CreateAclsRequest_v1]):
    """All lines at once."""

    API_KEY = CreateAclsRequest_v1.API_KEY

    def __init__(self, lines: Iterable[tuple[Any, ...]]) -> None:
        self._lines = list(lines)

    def build(self, request_struct_class: Any) -> Any:
        return request_struct_class(self._lines)


async def ensure_access(bootstrap: str, role: str, lines: Iterable[Grant] | None = None) -> None:
    """Let these in (else all of the table), as this role; lines that are there already stay as they are.

    Raises:
        KafkaError: the broker refuses one, or this role may not change the list.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, **kafka_options(bootstrap, role))
    await admin.start()
    try:
        request = _CreateAcls(map(_line, grants() if lines is None else lines))
        response = await admin._send_to_controller(request)  # noqa: SLF001 - there is no public way
    finally:
        await admin.close()
    for code, text in response.creation_responses:
        if code:
            raise for_code(code)(text or "")


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
