"""A generator that cannot be started says why in one line."""

import errno
import os
import socket
from pathlib import Path
from typing import Self

import pytest

from shinsei.domain.errors import UnavailableError
from shinsei.loadtest.generator import Generator
from shinsei.loadtest.plan import Plan
from shinsei.loadtest.preset import load_preset
from shinsei.loadtest.target import run_specs, scenario_of


class NoPort:
    """A socket for which nothing is free."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def bind(self, address: tuple[str, int]) -> None:
        raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE), address)


@pytest.fixture
def plan() -> Plan:
    """A plan that nobody comes to read."""
    preset = load_preset("smoke")
    specs = run_specs(preset, scenario_of(preset), "load-1")
    return Plan.of(preset, specs, preset.profile(), targets={"portal_sim": "127.0.0.1:1", "app_mgmt": "127.0.0.1:1"})


async def test_without_a_free_port_there_are_no_workers(
    tmp_path: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "socket", NoPort)
    with pytest.raises(UnavailableError, match="no port is free"):
        await Generator(tmp_path, processes=2).start(plan)


def test_what_was_not_started_has_no_end_and_no_words(tmp_path: Path) -> None:
    generator = Generator(tmp_path, processes=1)
    assert (generator.pid, generator.exit_code, generator.last_words()) == (None, None, "")
    assert list(generator.ticks()) == []
