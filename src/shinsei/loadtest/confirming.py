"""The planner's own search: the same office, the same rates and the same judgement in virtual time, without a service.

What a live search has found about an office is confirmed where both come to the same rate: then the infrastructure had
no part in it.
"""

from collections.abc import Sequence

from shinsei.domain.catalogue import Signature, procedure
from shinsei.domain.lifecycle import Action
from shinsei.domain.plan import VirtualRun
from shinsei.domain.run import Filing, RunSpec
from shinsei.domain.simtime import SimTime
from shinsei.loadtest.books import REGISTERED, Books
from shinsei.loadtest.finding import LEAD_S, Found, Tried
from shinsei.loadtest.search import Search, Step
from shinsei.loadtest.search_section import SearchSection


def planned(spec: RunSpec, section: SearchSection, speed: float, procedures: Sequence[int]) -> Found:
    """What the search comes to in virtual time.

    Args:
        spec: the office.
        section: how rates are tried and judged.
        speed: simulated over real seconds; rates are those of real seconds.
        procedures: of which cases are, in turn.
    """
    search = Search(section.spec())
    tried: list[Tried] = []
    while not search.is_done:
        step = _step(spec, section, speed, procedures, search.rate_per_s)
        broken = step.broken(section.limits())
        tried.append(Tried(per_s=search.rate_per_s, step=step, broken=broken))
        search.judge(is_sustained=not broken)
    return Found(tried=tuple(tried), is_whole=search.is_settled)


def _step(spec: RunSpec, section: SearchSection, speed: float, procedures: Sequence[int], per_s: float) -> Step:
    settle_s, hold_s = section.settle / 1e3, section.hold / 1e3
    moments_s = [LEAD_S + (n + 0.5) / per_s for n in range(int((settle_s + hold_s) * per_s))]
    filings = [_filing(procedures, n, _sim(spec, at_s, speed)) for n, at_s in enumerate(moments_s)]
    until_s = LEAD_S + settle_s + hold_s
    run = VirtualRun(spec, filings=filings)
    run.advance(_sim(spec, until_s, speed))
    books = Books(0.0)
    for at_s in moments_s:
        books.offered(at_s, 1)
    for case in run.cases():
        intended_s = _real_s(spec, case.filing.at, speed)
        for line in case.lines:
            if line.action is Action.REGISTER:
                books.saw(REGISTERED, _real_s(spec, line.at, speed), intended_s=intended_s)
    return books.step(LEAD_S + settle_s, until_s)


def _filing(procedures: Sequence[int], n: int, at: SimTime) -> Filing:
    number = procedures[n % len(procedures)]
    is_signed = procedure(number).signature is not Signature.NONE
    return Filing(case_id=f"{number}-{n:06d}", procedure=number, at=at, online=True, signed=is_signed)


def _sim(spec: RunSpec, at_s: float, speed: float) -> SimTime:
    return SimTime(spec.start + round(at_s * speed * 1e3))


def _real_s(spec: RunSpec, at: SimTime, speed: float) -> float:
    return (at - spec.start) / speed / 1e3
