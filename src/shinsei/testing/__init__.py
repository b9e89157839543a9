"""Fakes, builders and helpers that ship: what behaves like the real part, so that tests need no mocks."""

from shinsei.testing.builders import a_change, a_run_spec
from shinsei.testing.fakes import InMemoryOutbox, InMemoryProducer, ManualClock, a_record
from shinsei.testing.waiting import eventually

__all__ = [
    "InMemoryOutbox",
    "InMemoryProducer",
    "ManualClock",
    "a_change",
    "a_record",
    "a_run_spec",
    "eventually",
]
