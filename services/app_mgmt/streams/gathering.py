"""How records reach Faust: as one message for all that has come of a partition since the last time.

What Faust does for a message, whatever is in it, costs ten times what a count needs of a record. Nobody is told what
the views say more often than each few seconds, so that what has come may wait for one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import faust
from aiokafka import ConsumerRecord
from faust.transport.drivers.aiokafka import Consumer, Transport
from faust.types import TP

GATHER_S: Final = 1.0
"""Between two takes."""


class Gathering(faust.App):
    """A Faust application each message of which has a tuple of records for its value."""

    def _new_transport(self) -> Transport:
        return _Transport(self.conf.broker_consumer, self)


class _Consumer(Consumer):
    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> Mapping[TP, list[Any]]:  # noqa: ASYNC109 - as Faust has it
        await self.sleep(GATHER_S)
        return gathered(await super()._getmany(active_partitions, timeout))


class _Transport(Transport):
    Consumer = _Consumer


def gathered(records: Mapping[TP, Sequence[Any]]) -> dict[TP, list[Any]]:
    """One record in the place of those of a partition: it stands where the last of them does and holds them all."""
    return {place: [_batch(those)] for place, those in records.items() if those}


def _batch(records: Sequence[ConsumerRecord[bytes, bytes]]) -> ConsumerRecord[bytes, Any]:
    return replace(records[-1], key=None, value=tuple(records), headers=())
