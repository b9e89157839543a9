"""What stands open at the portal, for its gauges."""

from collections import Counter, defaultdict
from math import nan

from portal_sim import metrics
from portal_sim.handlers.runs import Runs
from portal_sim.outbound.queries import SQL
from shinsei.domain.demand import filing_closes
from shinsei.domain.municipality import prefecture
from shinsei.domain.run import Pacing, RunSpec
from shinsei.domain.simtime import SECOND_MS, SimTime
from shinsei.runtime.levels import NO_METHOD, OLDEST, PENDING, SIM, WATERMARK, Group
from shinsei.runtime.postgres import Database

STAGE = "fetch"
"""What is accepted and not yet acknowledged waits to be fetched."""


class PortalLevels:
    """Measures the portal: its runs from memory, what is not yet fetched from the database."""

    def __init__(self, database: Database, runs: Runs) -> None:
        self._database = database
        self._runs = runs
        self._cases = Group(metrics.CASES)
        self._pending = Group(PENDING)
        self._oldest = Group(OLDEST, SIM)

    async def measure(self) -> None:
        """Sets the gauges."""
        runs = [run for run in self._runs.all() if not run.closed]
        by_key = {run.key: run for run in runs}
        paces = Counter(run.spec.pacing for run in runs)
        for pacing in Pacing:
            metrics.OPEN_RUNS.labels(pacing=pacing).set(paces[pacing])
        for stage, lowest in (
            ("portal", min((run.watermark for run in runs), default=0)),
            ("returned", min((run.returned for run in runs), default=0)),
        ):
            WATERMARK.labels(stage, SIM).set(lowest / SECOND_MS)
        cases: defaultdict[tuple[str, ...], float] = defaultdict(float)
        for run in runs:
            group = prefecture(run.municipality)
            cases["accepted", group] += run.accepted
            cases["registered", group] += run.counters.registered
            cases["decided", group] += run.counters.decided
        self._cases.put(cases)
        async with self._database.acquire() as connection:
            closes = [_closes(run.spec) for run in runs]
            rows = await connection.fetch(SQL["waiting_entries"], list(by_key), closes)
        waiting: defaultdict[tuple[str, ...], float] = defaultdict(float)
        oldest: defaultdict[tuple[str, ...], float] = defaultdict(float)
        for row in rows:
            run = by_key[row["run_key"]]
            labels = (STAGE, NO_METHOD, prefecture(run.municipality))
            waiting[labels] += row["count"]
            oldest[labels] = max(oldest[labels], (run.watermark - row["oldest_ms"]) / SECOND_MS)
        metrics.UNFETCHED_LATE.set(sum(row["late"] for row in rows))
        self._pending.put(waiting)
        self._oldest.put(oldest)

    def blind(self) -> None:
        """Tells nothing of what is in the database; the runs are known all the same."""
        self._pending.blind()
        self._oldest.blind()
        metrics.UNFETCHED_LATE.set(nan)


def _closes(spec: RunSpec) -> SimTime:
    """When a season's filing closes; whoever files by hand is never late."""
    return filing_closes(spec) if spec.pacing is Pacing.DRIVER else spec.end
