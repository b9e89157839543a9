"""Which dispatchers a worker runs: one for each kind of user that the plan asks for."""

from collections.abc import Callable
from typing import Any

from loadtest.meter import METER
from loadtest.users import USERS, Applicants, BulkFilers, Clerks, LinkageServers
from loadtest.worker import WORKER
from shinsei.loadtest.arrivals import Process, RateProfile, Share, arrivals
from shinsei.loadtest.books import CALLERS_DROPPED, DROPPED, OFFERED
from shinsei.loadtest.dispatching import Arrival


def begin(profile: RateProfile, start_s: float, index: int, of: int, number: int) -> None:
    """Everything arrives by this profile from now on.

    Args:
        profile: applications a second, of all workers together.
        start_s: wall clock at which it begins.
        index: which worker this is, from 0.
        of: how many there are.
        number: of the order: other orders, other arrivals.
    """
    plan = WORKER.plan
    WORKER.order = number
    if number == 1:
        METER.measured_from_s = start_s + plan.warm_up_s
    share = Share(index=index, of=of)
    length_s = profile.duration_s
    profiles = {
        Applicants: profile.scaled(plan.applicants.share),
        BulkFilers: profile.scaled(plan.bulk.share / plan.bulk.batch),
        Clerks: RateProfile.constant(plan.clerks.per_s, length_s),
        LinkageServers: RateProfile.constant(plan.linkage.per_s, length_s),
    }
    for kind in USERS:
        kind.desk.halt()
        wanted, process = profiles[kind], plan.process
        if process is Process.TRACE and kind is not Applicants:
            process = Process.POISSON  # a trace is of applications; whoever else calls, calls at random
        if not wanted.expected and process is not Process.TRACE:
            continue
        moments = arrivals(wanted, process, plan.seed, f"{kind.__name__}/{number}", share, plan.trace)
        kind.desk.begin(moments, start_s, _received(kind))


def halt() -> None:
    """Nothing arrives any more."""
    for kind in USERS:
        kind.desk.halt()


def clear() -> None:
    """Forgets the users of a test before: those of another one come."""
    for kind in USERS:
        kind.desk.clear()


def idle() -> int:
    """How many users wait for something to do."""
    return sum(kind.desk.idle for kind in USERS)


def later() -> int:
    """How many things users are to do later."""
    return sum(kind.desk.due_later for kind in USERS)


def _received(kind: type[Any]) -> Callable[[Arrival], bool]:
    """How arrivals of a kind are started or dropped, and counted by the applications that they stand for."""

    def receive(arrival: Arrival) -> bool:
        filed = kind.filed(arrival)
        METER.count_filed(OFFERED, filed)
        if kind.desk.start(kind.job(arrival, filed)):
            return True
        if filed:
            METER.count_filed(DROPPED, filed)
        else:
            METER.count(CALLERS_DROPPED)
        METER.found_no_slot(kind.__name__, 1)
        return False

    return receive
