"""Little's law on every station of every run, and that no minute of work is lost or done twice.

What is counted in the office and at the portal, integrated over the run, is what the cases say by their own moments:
L·T = Σ stays. It is a law of every single path, so the comparison is exact to the millisecond and no chance is in it.
The offices are those in which whatever can go wrong often does (seeds 1 to 3); the portals, those of a line that is out
and of a city that asks for corrections.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, pairwise

import pytest

from shinsei.domain.lifecycle import Action
from shinsei.domain.linkage.activity import Activity
from shinsei.domain.linkage.case import Case
from shinsei.domain.linkage.floor import Task
from shinsei.domain.linkage_method import COMPARED_METHODS, LinkageMethod
from shinsei.domain.office import Office
from shinsei.domain.office.backlog import Backlog
from shinsei.domain.office.clerks import Clerk, Clerks
from shinsei.domain.office.events import CaseOpened, Offer, WorkEvent
from shinsei.domain.plan import VirtualRun
from shinsei.domain.simtime import MINUTE_MS, SimTime
from shinsei.planning.measuring import measured
from shinsei.scenario import load
from shinsei.testing.linkage import LinkageSubject, a_troubled_office
from shinsei.testing.seasons import SMALL

pytestmark = pytest.mark.slow

ENDED = frozenset({Action.WITHDRAW, Action.EXPIRE, Action.NOT_ACCEPT})
DECIDED = frozenset({Action.GRANT, Action.DENY})

LEAVES: Mapping[str, frozenset[Action]] = {
    "backlog": frozenset({Action.REGISTER}) | ENDED,
    "open_cases": DECIDED | ENDED,
    "unfinished_cases": frozenset({Action.NOTIFY}) | ENDED,
}
"""The three stations that an office counts, and with what a case leaves each of them; before them is the portal."""


@dataclass(frozen=True, kw_only=True)
class Path:
    """One run: what came, what happened, and what each counter showed from each moment of change on."""

    arrived: Mapping[str, SimTime]
    events: Sequence[WorkEvent]
    levels: Mapping[str, list[tuple[int, int]]]
    end: SimTime

    def area(self, station: str) -> int:
        """What the counter showed, times how long it showed it."""
        return sum(level * (until - at) for (at, level), (until, _) in pairwise(self.levels[station]))

    def stays(self, station: str) -> int:
        """How long the cases were there, by their own events; a case stays until the first that ends it."""
        left: dict[str, int] = {}
        for event in self.events:
            if event.action in LEAVES[station]:
                left.setdefault(event.case_id, event.at)
        return sum(left.get(case_id, self.end) - at for case_id, at in self.arrived.items())


def a_run(method: LinkageMethod, seed: int) -> Path:
    subject = LinkageSubject(method=method, spec=a_troubled_office(seed=seed, **{"office.login_seats": 2}))
    offers = [*subject.offers(), *subject.withdrawals()]
    arrived = {offer.case_id: offer.at for offer in subject.offers() if isinstance(offer, CaseOpened)}
    whole = _offered(subject, offers)
    events = whole.advance(subject.end)
    moments = sorted({offer.at for offer in offers} | {event.at for event in events})
    pieces = _offered(subject, offers)
    levels: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for at in moments:
        pieces.advance(SimTime(at + 1))
        for station in LEAVES:
            levels[station].append((at, getattr(pieces, station)))
    for station in LEAVES:
        levels[station].append((subject.end, 0))
    return Path(arrived=arrived, events=events, levels=levels, end=subject.end)


def _offered(subject: LinkageSubject, offers: Sequence[Offer]) -> Office:
    office = Office(subject.spec, linkages=subject.linkages)
    for offer in offers:
        office.offer(offer)
    return office


@pytest.mark.parametrize("method", COMPARED_METHODS)
def test_what_a_counter_shows_over_time_is_the_time_that_cases_stayed(method: LinkageMethod) -> None:
    for seed in (1, 2, 3):
        path = a_run(method, seed)
        for station in LEAVES:
            assert path.area(station) == path.stays(station) > 0, (seed, station)


def a_case_counted_twice(patch: pytest.MonkeyPatch) -> None:
    open_ = Backlog.open

    def counted(self: Backlog, case: Case, at: SimTime) -> None:
        open_(self, case, at)
        self.size += case.case_id.endswith("7")

    patch.setattr(Backlog, "open", counted)


def a_case_never_taken_off(patch: pytest.MonkeyPatch) -> None:
    leave = Backlog.leave

    def forgotten(self: Backlog, case: Case, at: SimTime) -> None:
        leave(self, case, at)
        self.size += case.case_id.endswith("7")

    patch.setattr(Backlog, "leave", forgotten)


def every_third_end_is_not_counted(name: str, counter: str) -> Callable[[pytest.MonkeyPatch], None]:
    def spoil(patch: pytest.MonkeyPatch) -> None:
        ended, calls = getattr(Backlog, name), count(1)

        def forgotten(self: Backlog) -> None:
            ended(self)
            setattr(self, counter, getattr(self, counter) + (next(calls) % 3 == 0))

        patch.setattr(Backlog, name, forgotten)

    return spoil


@pytest.mark.parametrize(
    ("station", "spoil"),
    [
        ("backlog", a_case_counted_twice),
        ("backlog", a_case_never_taken_off),
        ("open_cases", every_third_end_is_not_counted("decide", "open_cases")),
        ("unfinished_cases", every_third_end_is_not_counted("finish", "unfinished")),
    ],
    ids=["counted twice", "never taken off", "never decided", "never finished"],
)
def test_a_station_that_counts_wrong_is_found_out(
    station: str, spoil: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(monkeypatch)
    path = a_run(LinkageMethod.TRANSCRIPTION, 1)
    assert path.area(station) != path.stays(station)


def at_the_portal(name: str) -> tuple[int, int]:
    """What waits at the portal, counted from moment to moment, times how long; and how long the cases waited."""
    scenario = load(name, SMALL[name])
    spec = scenario.run_specs(name)[0]
    whole, pieces = VirtualRun(spec), VirtualRun(spec)
    whole.advance(scenario.end)
    filed = {line.submission_id: line.at for line in whole.lines(scenario.end) if line.action is Action.SUBMIT}
    fetched = {line.submission_id: line.at for line in whole.lines(scenario.end) if line.action is Action.FETCH}
    levels = []
    for at in sorted({*filed.values(), *fetched.values()}):
        after = SimTime(at + 1)
        pieces.advance(after)
        levels.append((at, measured([pieces], after, scenario).not_fetched_at_end))
    levels.append((scenario.end, 0))
    area = sum(level * (until - at) for (at, level), (until, _) in pairwise(levels))
    return area, sum(fetched.get(case, scenario.end) - at for case, at in filed.items())


@pytest.mark.parametrize("name", ["line-outage", "corrections"])
def test_what_waits_at_the_portal_over_time_is_the_time_that_cases_waited_there(name: str) -> None:
    area, stays = at_the_portal(name)
    assert area == stays > 0


def test_a_portal_that_counts_wrong_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cases are counted until they are registered, long after the poll that brought them."""
    monkeypatch.setattr("shinsei.season.cases._STORE", Action.REGISTER)
    area, stays = at_the_portal("line-outage")
    assert area > stays


@dataclass(frozen=True, kw_only=True)
class Work:
    """Clerks' minutes by activity."""

    asked: Counter[Activity]
    done: Mapping[str, float]


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Callable[[LinkageMethod, int], Work]:
    """What is asked of the clerks, noted down at their door, and what their books say in the end."""
    asked: Counter[Activity] = Counter()
    ask = Clerks.ask

    def noted(self: Clerks, task: Task) -> None:
        asked[task.activity] += task.remaining_ms
        ask(self, task)

    def run(method: LinkageMethod, seed: int) -> Work:
        asked.clear()
        subject = LinkageSubject(method=method, spec=a_troubled_office(seed=seed))
        office = _offered(subject, subject.offers())
        office.advance(subject.end)
        stretched = {key: minutes / subject.spec.office.productive_share for key, minutes in _done(office).items()}
        return Work(asked=asked, done=stretched)

    monkeypatch.setattr(Clerks, "ask", noted)
    return run


def _done(office: Office) -> Mapping[str, float]:
    return {key: minutes for key, minutes in office.report().staff_minutes.items() if minutes}


@pytest.mark.parametrize("method", COMPARED_METHODS)
def test_every_minute_asked_of_the_clerks_is_worked_once_over_nights_lunches_and_weekends(
    method: LinkageMethod, work: Callable[[LinkageMethod, int], Work]
) -> None:
    for seed in (1, 2, 3):
        found = work(method, seed)
        asked = {str(activity): ms / MINUTE_MS for activity, ms in found.asked.items()}
        assert found.done == pytest.approx(asked, abs=0.01)


def test_work_that_is_forgotten_when_it_is_put_down_is_found_out(
    work: Callable[[LinkageMethod, int], Work], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who comes back begins anew: what was done before the night is done again."""
    suspend = Clerks._suspend

    def begin_anew(self: Clerks, clerk: Clerk) -> None:
        task = clerk.task
        assert task is not None
        whole_ms = task.remaining_ms
        suspend(self, clerk)
        self.waiting_ms += whole_ms - task.remaining_ms
        task.remaining_ms = whole_ms

    monkeypatch.setattr(Clerks, "_suspend", begin_anew)
    found = work(LinkageMethod.TRANSCRIPTION, 1)
    assert sum(found.done.values()) > sum(found.asked.values()) / MINUTE_MS + 1


def test_the_runs_held_against_the_law_have_queues_returns_and_withdrawals() -> None:
    path = a_run(LinkageMethod.RPA, 1)
    actions = {event.action for event in path.events}
    assert {Action.RETURN_TO_QUEUE, Action.WITHDRAW, Action.REGISTER} <= actions
    assert max(level for _, level in path.levels["backlog"]) > 10
