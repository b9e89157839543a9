"""The simulation against itself: the same story each time, and what a crash is."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import structlog

from shinsei.runtime.identity import identity_towards, introduce
from shinsei.runtime.outbox import relay
from shinsei.testing.simulated.fates import CRASHES
from simulation.case import case_of
from simulation.play import play

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
SEEDS = range(40)
REPLAYED = (3, 7)


def test_a_seed_gives_the_same_story_in_this_process_and_in_another_one() -> None:
    here = [play(case_of(seed)).digest for seed in REPLAYED for _ in range(2)]
    assert here[0] == here[1]
    program = (
        "from simulation.case import case_of; from simulation.play import play;"
        f"print(*[play(case_of(seed)).digest for seed in {REPLAYED}])"
    )
    command = [sys.executable, "-c", program]
    there = subprocess.run(
        command, text=True, capture_output=True, check=True, env={"PYTHONHASHSEED": "5", "SHINSEI_KERNEL": "pure"}
    )
    assert there.stdout.split() == here[::2]


def test_a_process_that_crashes_begins_anew_from_what_it_had_committed() -> None:
    outcome = next(one for one in map(play, map(case_of, SEEDS)) if sum(m.fate in CRASHES for m in one.met) > 1)
    crashed = {one.node for one in outcome.met if one.fate in CRASHES}
    begun = [event.who for event in outcome.story if event.what == "begins life 2"]
    assert crashed <= set(begun)


def test_a_stack_that_was_met_before_has_nothing_to_do_with_it(tmp_path: Path) -> None:
    """Nor do the settings of a logger that has spoken before."""
    addresses = [f"127.0.0.1:{port}" for port in range(50051, 50055)]
    before = play(case_of(1)).digest
    introduce(addresses, tmp_path)
    structlog.configure(cache_logger_on_first_use=True)
    relay.log.debug("a logger keeps its settings from now on")
    try:
        assert play(case_of(1)).digest == before
        assert identity_towards(addresses[0]) is not None
    finally:
        introduce(addresses, None)
        structlog.reset_defaults()


def test_without_mischief_and_delays_nobody_ever_begins_anew() -> None:
    case = replace(case_of(1), mischief=(), slow_share=0.0)
    outcome = play(case)
    assert (outcome.failure, outcome.met) == (None, ())
    assert not [event for event in outcome.story if event.what.startswith(("dies", "begins life 2", "error"))]
