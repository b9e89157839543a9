"""The short form of ``make chaos``: two at once die, one hangs, one more comes and goes, the network is cut.

A season and a load of a thousand applications go on meanwhile; nothing is lost or doubled, and the season leaves the
trace that is planned with its own faults: of the line and its scanner, of the robots, of the core systems and of the
files of method 4.
"""

from pathlib import Path

import pytest
from tests.chaos.injections import Injection, cuts, flags, kills, others, pauses, scalings
from tests.chaos.order import shuffled
from tests.chaos.report import summarise, table
from tests.chaos.round import Round, Wanted, play, settle
from tests.chaos.suite import at, tell

from shinsei.domain.run import ChangeKind
from shinsei.stack import Stack

SEED = 1
CHOSEN = (
    "kill -9 portal_sim and linkage_server",
    "kill -9 app_mgmt and core_systems",
    "kill -9 kafka and postgres",
    "SIGSTOP app_mgmt 12 s",
    "SIGSTOP postgres 12 s",
    "one more core_systems, drained",
    "network cut around linkage_server (by flags)",
    "flag token-storm in portal_sim",
    "flag reordered-delivery in app_mgmt",
    "alien record on application.fetched",
)
"""Each way in which something goes wrong, once."""

FAULTS = (
    *("narrow-line", "line-outage", "scanner-slow", "robot-broken"),
    *("core-offline", "batch-file-aborted", "batch-file-twice"),
)
"""Of the simulated world."""

FELT = {ChangeKind.NARROW_LINE, ChangeKind.SLOW_SCANNER, ChangeKind.ROBOTS, ChangeKind.BATCH_ABORTS}
"""Those that last or wait for their moment. An outage of an hour or two may fall where nothing is done, and a file that
is handed over twice must leave the trace that it leaves anyway.
"""


def chosen() -> list[Injection]:
    everything = [*kills(), *pauses(), *scalings(), *cuts(), *flags(), *others()]
    return shuffled(SEED, 0, [one for one in everything if one.name in CHOSEN])


@pytest.mark.timeout(600)
async def test_chaos_loses_and_doubles_nothing_and_leaves_the_trace_that_is_planned(
    stack: Stack, tmp_path: Path
) -> None:
    found = Round()
    wanted = Wanted(name="short", seed=SEED, injections=chosen(), per_s=25.0, faults=FAULTS)
    async with at(stack, tmp_path) as place:
        place.lasts_s = 2.0
        await settle(place, await play(place, wanted, found, tell), found)
    summary = summarise([found], SEED, 0, 0)
    told = list(table(summary))
    for line in told:
        tell(line)
    assert summary["failed"] == [], "\n".join(told)
    assert summary["faults"] == len(CHOSEN)
    assert found.load.applications >= 1_000
    assert found.season.applications > 0
    assert found.felt >= FELT, "the plan without them is the same: they have changed nothing"
    by_flags = {name for name in CHOSEN if name.startswith(("flag", "network cut"))}
    assert {one.name for one in found.done if one.struck} == by_flags
