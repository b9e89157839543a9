"""A measurement that is told to end takes its stack along."""

import os
import signal
from collections.abc import Iterator
from types import ModuleType
from unittest.mock import Mock

import pytest

from bench import startup, telemetry
from bench.standing import end_in_order


@pytest.fixture(autouse=True)
def _handler_of_before() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def test_to_be_told_to_end_is_to_leave_in_order() -> None:
    end_in_order()
    with pytest.raises(SystemExit) as left:
        os.kill(os.getpid(), signal.SIGTERM)
    assert left.value.code == 128 + signal.SIGTERM


@pytest.mark.parametrize(("bench", "of_nothing"), [(startup, "--rounds=0"), (telemetry, "--rounds=0")])
def test_a_bench_with_stacks_of_its_own_ends_in_order(
    bench: ModuleType, of_nothing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "end_in_order", Mock(side_effect=InterruptedError))
    with pytest.raises(InterruptedError):
        bench.main([of_nothing])
