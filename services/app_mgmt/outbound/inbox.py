"""The inbox: which of the delivered records come next in their log."""

from collections.abc import Sequence

from app_mgmt.handlers.values import Arrival
from shinsei.runtime import outbox
from shinsei.runtime.kafka import Record
from shinsei.runtime.postgres import Connection


async def accepted_numbers(connection: Connection, arrivals: Sequence[Arrival[object]]) -> set[int]:
    """Numbers of the records that were not taken in before, in the transaction that takes them in."""
    records = [arrival.delivered for arrival in arrivals if isinstance(arrival.delivered, Record)]
    return {record.number for record in await outbox.accept(connection, records=records)}
