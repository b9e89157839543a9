"""A small city with a short season, and a portal in memory whose office takes an hour a step."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

import shinsei.scenario
from shinsei.domain import polling
from shinsei.domain.applicants import Reaction, VisibleRequest
from shinsei.domain.demand import filings
from shinsei.domain.lifecycle import Action, next_status
from shinsei.domain.plan import run_all
from shinsei.domain.run import Filing, RunSpec, submission_id
from shinsei.domain.simtime import HOUR_MS, SimTime
from shinsei.domain.trace import TraceLine
from shinsei.runtime.clock import sleep
from shinsei.scenario import Scenario, load
from shinsei.season.findings import Findings, findings
from shinsei.season.outcome import CaseHistory, RealTime, SeasonOutcome, histories
from shinsei.season.planned import planned
from shinsei.season.portal import Progress

TEMPLATE = Path(shinsei.scenario.__file__).with_name("template.toml")
STEPS = (
    Action.SUBMIT,
    Action.FETCH,
    Action.STORE,
    Action.IDENTIFY,
    Action.CHECK,
    Action.QUEUE_FOR_LINKAGE,
    Action.START_LINKAGE,
    Action.REGISTER,
    Action.EXAMINE,
    Action.GRANT,
    Action.NOTIFY,
)


@pytest.fixture
def a_scenario() -> Scenario:
    return load(TEMPLATE, ["municipality.population=1000", "run.end=2021-07-20", "demand.background_scale=0"])


@pytest.fixture
def twins(a_scenario: Scenario) -> list[RunSpec]:
    return a_scenario.run_specs("run-1")[:2]


@pytest.fixture
def to_file(twins: Sequence[RunSpec]) -> dict[RunSpec, list[Filing]]:
    return {spec: [filing for filing in filings(spec) if filing.online] for spec in twins}


@cache
def case_lines(submission: str, at: SimTime) -> Sequence[TraceLine]:
    """A case that takes an hour a step."""
    status, lines = None, []
    for index, action in enumerate(STEPS):
        status = next_status(submission, status, action)
        lines.append(
            TraceLine(submission_id=submission, at=SimTime(at + index * HOUR_MS), action=action, status=status)
        )
    return lines


@dataclass
class Desk:
    """One run in the portal's memory."""

    watermark: SimTime
    returned: SimTime
    frontier: SimTime
    filed: dict[str, Filing] = field(default_factory=dict)
    reactions: dict[Reaction, None] = field(default_factory=dict)
    duplicates: int = 0
    closed: bool = False


class MemoryPortal:
    """A portal with everything behind it, in memory: what is raised comes back with the next question."""

    def __init__(self) -> None:
        self.desks: dict[str, Desk] = {}
        self.silent = False
        self.on_progress: Callable[[], None] = lambda: None

    async def start(self, spec: RunSpec) -> None:
        if spec.municipality not in self.desks:
            self.desks[spec.municipality] = Desk(watermark=spec.start, returned=spec.start, frontier=spec.start)

    async def revoke(self, spec: RunSpec, revoked: Sequence[tuple[str, SimTime]]) -> None:
        assert all(since >= spec.start for _, since in revoked)

    async def commit_frontier(self, spec: RunSpec, frontier: SimTime) -> None:
        desk = self.desks[spec.municipality]
        assert desk.frontier <= frontier <= desk.returned + spec.lookahead_ms
        desk.frontier = frontier

    async def file(self, spec: RunSpec, filings: Sequence[Filing]) -> list[str]:
        desk = self.desks[spec.municipality]
        for filing in filings:
            assert filing.at < desk.frontier
            known = submission_id(spec.municipality, filing.case_id)
            assert known in desk.filed or filing.at >= desk.watermark
            desk.duplicates += known in desk.filed
            desk.filed[known] = filing
        return []

    async def corrections(self, spec: RunSpec, *, after: SimTime) -> list[VisibleRequest]:
        """Every case gets a request the moment it is filed, as soon as that has come back."""
        desk = self.desks[spec.municipality]
        requests = [
            VisibleRequest(case_id=filing.case_id, n=0, requested_at=filing.at, visible_from=seen)
            for filing in desk.filed.values()
            if filing.at > after and (seen := polling.next_poll(spec, filing.at)) <= desk.returned
        ]
        # A few at a time, as the real one when there are thousands; no two are of one moment here.
        return sorted(requests, key=lambda request: request.requested_at)[:3]

    async def react(self, spec: RunSpec, reactions: Sequence[Reaction]) -> list[str]:
        desk = self.desks[spec.municipality]
        for reaction in reactions:
            assert submission_id(spec.municipality, reaction.case_id) in desk.filed
            assert reaction.at < desk.frontier
            assert reaction in desk.reactions or reaction.at >= desk.watermark
            desk.reactions[reaction] = None
        return []

    async def raise_watermark(self, spec: RunSpec, watermark: SimTime) -> None:
        desk = self.desks[spec.municipality]
        assert watermark <= desk.frontier
        desk.watermark = max(desk.watermark, watermark)

    async def progress(self, spec: RunSpec, *, after: SimTime, wait_ms: int) -> Progress:
        self.on_progress()
        await sleep(0)
        desk = self.desks[spec.municipality]
        last = polling.last_poll(spec, desk.watermark)
        if last is not None and not self.silent and wait_ms:
            desk.returned = max(desk.returned, polling.next_poll(spec, last))
        return Progress(
            watermark=desk.watermark,
            frontier=desk.frontier,
            returned=desk.returned,
            accepted=len(desk.filed),
            open=sum(lines[-1].action is not Action.NOTIFY for lines in self._back(desk)),
            closed=desk.closed,
        )

    async def histories(self, spec: RunSpec) -> tuple[CaseHistory, ...]:
        return histories(chain.from_iterable(self._back(self.desks[spec.municipality])))

    def _back(self, desk: Desk) -> Iterator[list[TraceLine]]:
        """What has come back of each case."""
        for known, filing in desk.filed.items():
            yield [line for line in case_lines(known, filing.at) if line.at < max(desk.returned, filing.at + 1)]


@pytest.fixture(scope="session")
def smoke() -> Scenario:
    return load("smoke")


@pytest.fixture(scope="session")
def outcome(smoke: Scenario) -> SeasonOutcome:
    """The smoke season in virtual time."""
    runs = run_all(smoke.run_specs("smoke-20210601000000"))
    return replace(planned(runs, smoke.end), real=RealTime(wall_s=2.0, completed=100, round_trip_s=(0.1, 0.3)))


@pytest.fixture(scope="session")
def season(smoke: Scenario, outcome: SeasonOutcome) -> Findings:
    return findings(outcome, procedures=smoke.compared_procedures, costs=smoke.costs, cutoff=smoke.cutoff)


@pytest.fixture
def portal() -> MemoryPortal:
    return MemoryPortal()


class Watch:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.ms = 1_000_000

    def __call__(self) -> int:
        return self.ms


@pytest.fixture
def watch() -> Watch:
    return Watch()
