"""A second opinion: the same office, written once more and otherwise, as processes in SimPy.

It shares nothing with the kernel but the moments at which cases come: it has its own clock in minutes, its own random
numbers and its own idea of an office, in which every clerk is a process that goes to a board of tasks. Both are run for
20 seasons of three weeks with a holiday (seeds 0 to 19); the 99.9 % interval of the paired differences must hold 0 and
be narrow, and must not hold 0 where the second opinion has one rule wrong on purpose.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, partial
from math import log, sqrt
from random import Random  # noqa: TID251 - an opinion of its own needs chance of its own
from statistics import fmean
from typing import Any

import pytest
import simpy

from shinsei.domain.distributions import Distribution
from shinsei.domain.draws import draw
from shinsei.domain.lifecycle import Action
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.office import Office
from shinsei.domain.office.events import CaseOpened
from shinsei.domain.simtime import DAY_MS, MINUTE_MS, SimTime
from shinsei.testing.builders import JUNE_FIRST, a_run_spec
from shinsei.testing.stations import Estimate, estimate

CLERKS, CASES, DAYS = 2, 600, 21
HOLIDAY = date(2021, 6, 9)
DAY_MIN = 24 * 60.0
Process = Generator[simpy.Event, Any, None]


@dataclass
class Task:
    """A note on the board."""

    rank: int
    minutes: float
    then: Callable[[int], None]
    not_by: int | None = None


@dataclass
class Rules:
    """The office as its regulations have it; each line can be got wrong."""

    closed_days: frozenset[int] = frozenset({8})
    """Counted from 1 June 2021, which is a Tuesday."""
    lunch_break: bool = True
    second_check: bool = True
    review: bool = True
    until: float = 17.25 * 60
    exceptions: float = 0.08


@dataclass
class SecondOffice:
    """The office in SimPy; times in minutes since the midnight of 1 June."""

    seed: int
    robots: int
    rules: Rules
    env: simpy.Environment = field(default_factory=simpy.Environment)
    board: list[Task] = field(default_factory=list)
    run: list[int] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    registered: dict[int, float] = field(default_factory=dict)
    decided: dict[int, float] = field(default_factory=dict)
    busy: float = 0.0

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)  # noqa: S311 - nothing secret
        self.news = self.env.event()
        self.work_for_robots = self.env.event()

    def lognormal(self, mean: float, cv: float) -> float:
        sigma = sqrt(log(1 + cv * cv))
        return self.chance.lognormvariate(log(mean) - sigma * sigma / 2, sigma)

    def handling(self, mean: float, cv: float = 0.5) -> float:
        return self.lognormal(mean, cv) / 0.84

    def is_open(self, day: int) -> bool:
        return (day + 1) % 7 < 5 and day not in self.rules.closed_days

    def post(self, task: Task) -> None:
        self.board.append(task)
        self.board.sort(key=lambda note: note.rank)
        self.news.succeed()
        self.news = self.env.event()

    # Cases

    def come(self, moments: list[float]) -> Process:
        for case, at in enumerate(moments):
            yield self.env.timeout(at - self.env.now)
            self.post(Task(5, self.handling(2.0), partial(self.checked, case)))

    def checked(self, case: int, _: int) -> None:
        if self.robots:
            self.waiting.append(case)
        else:
            self.key(case, 8)

    def key(self, case: int, rank: int) -> None:
        def keyed(clerk: int) -> None:
            if self.rules.second_check:
                self.post(Task(3, self.handling(2.0), lambda _: self.register(case), not_by=clerk))
            else:
                self.register(case)

        self.post(Task(rank, self.handling(10.0), keyed))

    def register(self, case: int) -> None:
        self.registered[case] = self.env.now
        self.env.process(self.examine(case))

    def examine(self, case: int) -> Process:
        yield self.env.timeout(self.lognormal(5.0, 0.5) * DAY_MIN)
        while not (self.is_open(int(self.env.now // DAY_MIN)) and self.env.now % DAY_MIN < self.rules.until):
            yield self.env.timeout(DAY_MIN - self.env.now % DAY_MIN)
        yield self.env.timeout(max(0.0, 8.5 * 60 - self.env.now % DAY_MIN))

        def entered(_: int) -> None:
            self.decided[case] = self.env.now
            self.post(Task(7, self.handling(0.5), lambda _: None))

        self.post(Task(6, self.handling(1.0), entered))

    # Clerks

    def stay_from(self, clerk: int, now: float) -> tuple[float, float]:
        """The stay at work that a clerk is in, or the next one."""
        day = int(now // DAY_MIN)
        while True:
            if self.is_open(day):
                stays = [(8.5 * 60, self.rules.until)]
                if self.rules.lunch_break and clerk != day % CLERKS:  # one of them has lunch duty
                    stays = [(8.5 * 60, 12 * 60.0), (13 * 60.0, self.rules.until)]
                for start, end in stays:
                    if day * DAY_MIN + end > now:
                        return day * DAY_MIN + start, day * DAY_MIN + end
            day += 1

    def clerk(self, me: int) -> Process:
        env = self.env
        while True:
            start, end = self.stay_from(me, env.now)
            if env.now < start:
                yield env.timeout(start - env.now)
                continue
            task = next((note for note in self.board if note.not_by != me), None)
            if task is None:
                yield self.news | env.timeout(end - env.now)
                continue
            self.board.remove(task)
            works = min(task.minutes, end - env.now)
            yield env.timeout(works)
            self.busy += works
            task.minutes -= works
            if task.minutes > 1e-9:
                task.rank = -1
                self.post(task)
            else:
                task.then(me)

    # Robots

    def looks(self) -> Process:
        day = 0
        while True:
            for hour in range(9, 20):
                yield self.env.timeout(day * DAY_MIN + hour * 60 - self.env.now)
                if self.is_open(day):
                    self.run.extend(self.waiting)
                    self.waiting.clear()
                    self.work_for_robots.succeed()
                    self.work_for_robots = self.env.event()
            day += 1

    def robot(self) -> Process:
        env = self.env
        while True:
            day, seconds = int(env.now // DAY_MIN), self.lognormal(60.0, 0.4)
            fits = self.is_open(day) and env.now % DAY_MIN + seconds / 60 <= 20 * 60
            if not self.run or not fits:
                yield self.work_for_robots
                continue
            case = self.run.pop(0)
            yield env.timeout(seconds / 60)
            if self.chance.random() < self.rules.exceptions:
                self.key(case, 1)
                continue
            self.register(case)
            if self.rules.review:
                self.post(Task(4, self.handling(1.5), lambda _: None))


Figures = Mapping[str, float]


@cache
def moments(seed: int) -> tuple[SimTime, ...]:
    """When cases come: by day and by night, weekends too."""
    return tuple(sorted(SimTime(JUNE_FIRST + int(draw(seed, str(n), "at") * DAYS * DAY_MS)) for n in range(CASES)))


@cache
def first_opinion(seed: int, method: LinkageMethod) -> Figures:
    spec = a_run_spec(
        seed=seed,
        **{
            "calendar.holidays": (HOLIDAY,),
            "calendar.lunch_duty_share": 1 / CLERKS,
            "office.clerks": CLERKS,
            "office.overtime.monthly_cap_h": 0.0,
            "office.keying_factors": (),
            "office.examination_days": (("child_allowance", Distribution(mean=5.0, cv=0.5)),),
            "office.methods.rpa.stops_per_h": 0.0,
        },
    )
    office = Office(spec)
    for n, at in enumerate(moments(seed)):
        name = f"10-{n:06d}"
        office.offer(CaseOpened(at=at, case_id=name, procedure=10, method=method, identified=True, submitted_at=at))
    events = office.advance(SimTime(JUNE_FIRST + 60 * DAY_MS))
    arrived = {f"10-{n:06d}": at for n, at in enumerate(moments(seed))}

    def hours(*actions: Action) -> float:
        return fmean((e.at - arrived[e.case_id]) / MINUTE_MS / 60 for e in events if e.action in actions)

    report = office.report()
    return {
        "hours to registration": hours(Action.REGISTER),
        "hours to decision": hours(Action.GRANT, Action.DENY),
        "clerk hours": report.busy_minutes / 60,
        "backlog on the 15th": report.days[14].backlog,
    }


def second_opinion(seed: int, method: LinkageMethod, rules: Rules) -> Figures:
    office = SecondOffice(seed, int(method is LinkageMethod.RPA), rules)
    arrived = [(at - JUNE_FIRST) / MINUTE_MS for at in moments(seed)]
    office.env.process(office.come(arrived))
    for clerk in range(CLERKS):
        office.env.process(office.clerk(clerk))
    if office.robots:
        office.env.process(office.looks())
        office.env.process(office.robot())
    office.env.run(until=60 * DAY_MIN)
    middle = 15 * DAY_MIN
    gone = sum(at < middle for at in office.registered.values())
    return {
        "hours to registration": fmean(at - arrived[case] for case, at in office.registered.items()) / 60,
        "hours to decision": fmean(at - arrived[case] for case, at in office.decided.items()) / 60,
        "clerk hours": office.busy / 60,
        "backlog on the 15th": sum(at < middle for at in arrived) - gone,
    }


METHODS = (LinkageMethod.TRANSCRIPTION, LinkageMethod.RPA)
WIDTHS = {"hours to registration": 0.1, "hours to decision": 0.05, "clerk hours": 0.05, "backlog on the 15th": 0.3}
"""How wide an interval may be on either side, as a share of the figure."""


@cache
def differences(method: LinkageMethod, wrong: tuple[tuple[str, Any], ...] = ()) -> Mapping[str, Estimate]:
    rules = replace(Rules(), **dict(wrong))
    pairs = [(first_opinion(seed, method), second_opinion(seed, method, rules)) for seed in range(20)]

    def difference(name: str) -> Estimate:
        return estimate(lambda seed: pairs[seed][1][name] - pairs[seed][0][name])

    return {name: difference(name) for name in WIDTHS}


@pytest.mark.parametrize("method", METHODS)
def test_both_opinions_agree_within_a_narrow_interval(method: LinkageMethod) -> None:
    for name, difference in differences(method).items():
        typical = fmean(first_opinion(seed, method)[name] for seed in range(20))
        assert difference.holds(0.0), (name, difference, typical)
        assert difference.half_width < WIDTHS[name] * typical, (name, difference, typical)


@pytest.mark.parametrize(
    ("method", "wrong", "figure"),
    [
        (LinkageMethod.TRANSCRIPTION, ("closed_days", frozenset()), "hours to registration"),
        (LinkageMethod.TRANSCRIPTION, ("lunch_break", False), "hours to registration"),
        (LinkageMethod.TRANSCRIPTION, ("second_check", False), "clerk hours"),
        (LinkageMethod.RPA, ("review", False), "clerk hours"),
        (LinkageMethod.RPA, ("exceptions", 0.02), "hours to registration"),
    ],
)
def test_an_opinion_with_one_rule_wrong_does_not_agree(
    method: LinkageMethod, wrong: tuple[str, Any], figure: str
) -> None:
    assert not differences(method, (wrong,))[figure].holds(0.0)
