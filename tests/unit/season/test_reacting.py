"""The driver files what applicants do after filing: once, in time, and the same after an interruption."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from shinsei.domain.applicants import Reaction, ReactionKind, VisibleRequest, reply, withdrawal
from shinsei.domain.distributions import Distribution
from shinsei.domain.polling import next_poll
from shinsei.domain.run import Filing, RunSpec
from shinsei.domain.simtime import HOUR_MS, SimTime
from shinsei.season.drive import SeasonDriver
from shinsei.season.pacing import Pace, PaceSpec
from shinsei.season.reacting import Reacting
from shinsei.testing.applicants import corrections, defects, withdrawals

if TYPE_CHECKING:
    from tests.unit.season.conftest import MemoryPortal, Watch

ToFile = dict[RunSpec, list[Filing]]
FLAT_OUT = PaceSpec()


@pytest.fixture
def lively(to_file: ToFile) -> ToFile:
    """The same twins with applicants who reply and withdraw; the portal of the tests asks everybody once."""
    applicants: dict[str, Any] = {
        "defects": defects(),
        "corrections": corrections(p_reply=0.7, reply_delay_days=Distribution(mean=2.0, cv=1.0)),
        "withdrawals": withdrawals(share=0.3, delay_days=Distribution(mean=2.0, cv=1.0)),
    }
    return {replace(spec, **applicants): filings for spec, filings in to_file.items()}


def expected(spec: RunSpec, filings: list[Filing]) -> set[Reaction]:
    found = set()
    for filing in filings:
        seen = next_poll(spec, filing.at)
        request = VisibleRequest(case_id=filing.case_id, n=0, requested_at=filing.at, visible_from=seen)
        found |= {reply(spec, filing.at, request), withdrawal(spec, filing.case_id, filing.at)}
    return {reaction for reaction in found if reaction is not None and reaction.at < spec.end}


async def test_every_reaction_is_filed_behind_its_frontier_and_nothing_else(
    portal: "MemoryPortal", lively: ToFile, watch: "Watch"
) -> None:
    await SeasonDriver(portal, lively, Pace(FLAT_OUT, watch), watch).run()
    for spec, filings in lively.items():
        filed = portal.desks[spec.municipality].reactions
        assert set(filed) == expected(spec, filings)
        assert {reaction.kind for reaction in filed} == set(ReactionKind)


async def test_an_interrupted_driver_decides_the_same_again(
    portal: "MemoryPortal", lively: ToFile, watch: "Watch"
) -> None:
    interrupted = asyncio.create_task(SeasonDriver(portal, lively, Pace(FLAT_OUT, watch), watch).run())
    asked = 0

    def interrupt() -> None:
        nonlocal asked
        asked += 1
        if asked == 60:
            interrupted.cancel()

    portal.on_progress = interrupt
    with pytest.raises(asyncio.CancelledError):
        await interrupted
    assert all(desk.reactions for desk in portal.desks.values())
    await SeasonDriver(portal, lively, Pace(FLAT_OUT, watch), watch).run()
    for spec, filings in lively.items():
        assert set(portal.desks[spec.municipality].reactions) == expected(spec, filings)


def test_where_nobody_reacts_the_portal_is_not_asked(to_file: ToFile) -> None:
    spec, filings = next(iter(to_file.items()))
    quiet = Reacting(spec, filings, spec.start)
    assert not quiet.asks
    assert quiet.due(spec.end) == []


def test_a_request_seen_twice_is_answered_once(lively: ToFile) -> None:
    spec, filings = next(iter(lively.items()))
    quiet = replace(spec, withdrawals=None)
    requests = [
        VisibleRequest(case_id=filing.case_id, n=0, requested_at=filing.at, visible_from=next_poll(spec, filing.at))
        for filing in filings
    ]
    once, twice = (Reacting(quiet, filings, spec.start) for _ in range(2))
    once.saw(requests)
    twice.saw(requests)
    twice.saw(requests)
    answers = once.due(spec.end)
    assert answers
    assert twice.due(spec.end) == answers


def test_what_was_filed_before_an_interruption_is_not_due_again(lively: ToFile) -> None:
    spec, filings = next(iter(lively.items()))
    resumed_at = SimTime(spec.start + 9 * 24 * HOUR_MS)
    resumed = Reacting(spec, filings, resumed_at)
    fresh = Reacting(spec, filings, spec.start)
    assert resumed.due(spec.end) == [reaction for reaction in fresh.due(spec.end) if reaction.at >= resumed_at]
