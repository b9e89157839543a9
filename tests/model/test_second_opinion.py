"""A second opinion: the same office, written once more and otherwise, as processes in SimPy.

It shares nothing with the kernel but the moments at which cases come: it has its own clock in minutes, its own random
numbers and its own idea of an office (``bench.second_office``), and a robot beside it. Both are run for 20 seasons of
three weeks with a holiday (seeds 0 to 19); the 99.9 % interval of the paired differences must hold 0 and be narrow, and
must not hold 0, even of eight seasons, where the second opinion has one rule wrong on purpose.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from math import log, sqrt
from random import Random  # noqa: TID251 - an opinion of its own needs chance of its own
from statistics import fmean
from typing import Any

import pytest

from bench.second_office import DAY_MIN, Note, Process, Rules, SecondOffice
from bench.work import Step
from shinsei.domain.distributions import Distribution
from shinsei.domain.draws import draw
from shinsei.domain.lifecycle import Action
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.office import Office
from shinsei.domain.office.events import CaseOpened
from shinsei.domain.simtime import DAY_MS, MINUTE_MS, SimTime
from shinsei.testing.builders import JUNE_FIRST, a_run_spec
from shinsei.testing.stations import FEW, REPLICATIONS, Estimate, estimate

pytestmark = pytest.mark.slow

CLERKS, CASES, DAYS = 2, 600, 21
HOLIDAY = date(2021, 6, 9)


@dataclass
class Opinion(Rules):
    """Its rules, those of robots among them."""

    robots: int = 0
    review: bool = True
    exceptions: float = 0.08


@dataclass
class OfficeWithRobots(SecondOffice):
    """The second office with chance of its own, and with a robot where there is one."""

    rules: Opinion
    waiting: list[int] = field(default_factory=list)
    run_list: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.work_for_robots = self.env.event()

    def checked(self, case: int, _: int) -> None:
        if self.rules.robots:
            self.waiting.append(case)
        else:
            self.key(case)

    def looks(self) -> Process:
        day = 0
        while True:
            for hour in range(9, 20):
                yield self.env.timeout(day * DAY_MIN + hour * 60 - self.env.now)
                if self.is_open(day):
                    self.run_list.extend(self.waiting)
                    self.waiting.clear()
                    self.work_for_robots.succeed()
                    self.work_for_robots = self.env.event()
            day += 1

    def robot(self, chance: Random) -> Process:
        env = self.env
        while True:
            day, minutes = int(env.now // DAY_MIN), lognormal(chance, 1.0, 0.4)
            fits = self.is_open(day) and env.now % DAY_MIN + minutes <= 20 * 60
            if not self.run_list or not fits:
                yield self.work_for_robots
                continue
            case = self.run_list.pop(0)
            yield env.timeout(minutes)
            if chance.random() < self.rules.exceptions:
                self.key(case, rank=1)
                continue
            self.register(case)
            if self.rules.review:
                self.post(Note(4, handling(chance, 1.5), lambda _: None))


def lognormal(chance: Random, mean: float, cv: float = 0.5) -> float:
    sigma = sqrt(log(1 + cv * cv))
    return chance.lognormvariate(log(mean) - sigma * sigma / 2, sigma)


def handling(chance: Random, mean: float) -> float:
    return lognormal(chance, mean) / 0.84


HANDLING_MIN = {
    Step.CONTENT_CHECK: 2.0,
    Step.KEYING: 10.0,
    Step.SECOND_CHECK: 2.0,
    Step.RESULT_ENTRY: 1.0,
    Step.NOTICE: 0.5,
}


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


def second_opinion(seed: int, method: LinkageMethod, rules: Opinion) -> Figures:
    chance = Random(seed)  # noqa: S311 - nothing secret

    def minutes(step: Step, _: int) -> float:
        mean = HANDLING_MIN.get(step)
        return lognormal(chance, 5.0) * DAY_MIN if mean is None else handling(chance, mean)

    opinion = replace(rules, clerks=CLERKS, robots=int(method is LinkageMethod.RPA))
    office = OfficeWithRobots(opinion, minutes)
    arrived = [(at - JUNE_FIRST) / MINUTE_MS for at in moments(seed)]
    if opinion.robots:
        office.env.process(office.looks())
        office.env.process(office.robot(chance))
    office.run(arrived, until=60 * DAY_MIN)
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
    rules, seeds = replace(Opinion(), **dict(wrong)), FEW if wrong else REPLICATIONS
    pairs = [(first_opinion(seed, method), second_opinion(seed, method, rules)) for seed in range(seeds)]

    def difference(name: str) -> Estimate:
        return estimate(lambda seed: pairs[seed][1][name] - pairs[seed][0][name], seeds)

    return {name: difference(name) for name in WIDTHS}


@pytest.mark.parametrize("method", METHODS)
def test_both_opinions_agree_within_a_narrow_interval(method: LinkageMethod) -> None:
    for name, difference in differences(method).items():
        typical = fmean(first_opinion(seed, method)[name] for seed in range(REPLICATIONS))
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
