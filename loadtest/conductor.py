"""The master's part: gives workers the plan, tells all of them at once when to begin, and writes down what they did.

Where a search decides on rates it stands outside, in ``shinsei loadtest``: it leaves its orders in a file beside the
plan, and reads from another file what has been done.
"""

import json
import logging
from bisect import bisect_right
from pathlib import Path
from typing import Any

import gevent
from locust.env import Environment
from locust.runners import STATE_INIT, MasterRunner

from loadtest.forgetting import forget_seconds
from loadtest.wall import now_s
from shinsei.loadtest.arrivals import RateProfile
from shinsei.loadtest.books import ACCEPTED, Tally
from shinsei.loadtest.last_word import is_well, last_word
from shinsei.loadtest.order import Order, profile_of
from shinsei.loadtest.plan import LOOKS, Plan

ORDERS, TICKS = "orders.json", "ticks.jsonl"
TO_WORKERS_PLAN, TO_WORKERS_ORDER, TO_MASTER_TICK = "shinsei-plan", "shinsei-order", "shinsei-tick"

_log = logging.getLogger(__name__)

_LEAD_S = 1.0
"""Between an order and its beginning: every worker has it by then."""
_LOOK_EVERY_S = 0.1
_READY_WITHIN_S = 90.0
_LAST_TICKS_S = 2.2
_FINISH_WITHIN_S = 35.0
"""What is under way when nothing more comes may still be answered, and what people do later be done, as often as they
think about it."""
_QUIT_WITHIN_S = 5.0
"""The same where somebody ends the command and waits for it: what is under way may be answered, and that is all."""


class Conductor:
    """Conducts one test.

    Args:
        environment: Locust's.
        plan: what is asked.
        folder: where orders come and ticks go.
    """

    def __init__(self, environment: Environment, plan: Plan, folder: Path) -> None:
        self._environment = environment
        self._plan = plan
        self._folder = folder
        self._in_flight: dict[int, int] = {}
        self._idle: dict[int, int] = {}
        self._later: dict[int, int] = {}
        self._heard_s: dict[int, float] = {}
        self._conducting: gevent.Greenlet | None = None
        self._number = 0
        self._newest: Order | None = None
        self._is_ready = False
        self._start_s: float | None = None
        """When load begins, by the first order."""
        self._until_s = float("inf")
        self._is_over = False
        self._is_quitting = False
        self._tally = Tally(now_s())
        self.accepted = 0
        """In all tests, which are of the same runs: somebody may press Start again."""

    @property
    def last_word(self) -> str:
        """What came of it, in one line."""
        return last_word(self._tally, self._plan)

    @property
    def is_well(self) -> bool:
        """Whether nothing of it failed, the generator included."""
        return is_well(self._tally, self._plan)

    def brief(self) -> None:
        """Tells all workers what the test is about; they have no users yet."""
        if self._conducting is not None:
            self._conducting.kill()
        self._conducting = None
        for said in (self._in_flight, self._idle, self._later, self._heard_s):
            said.clear()
        self._tally = Tally(now_s())
        self._number, self._newest, self._until_s, self._is_over = 0, None, float("inf"), False
        self._is_ready, self._start_s = False, None
        self._send(TO_WORKERS_PLAN, self._plan.model_dump_json())

    def begin(self) -> None:
        """All users are there: load begins. Locust says so again when it spreads users anew; load goes on then."""
        if self._conducting is None:
            self._conducting = gevent.spawn(self._conduct)

    def end(self) -> None:
        """Somebody has stopped it: nothing more is asked."""
        self._is_over = True

    def wind_up(self) -> None:
        """The command ends: nothing more is asked, all that was done is told, and a test that runs is stopped."""
        self._is_over = self._is_quitting = True
        if self._conducting is not None:
            self._conducting.join()
        runner = self._environment.runner
        assert runner is not None
        if runner.state != STATE_INIT:
            runner.stop()

    def take(self, tick: dict[str, Any]) -> None:
        """A worker says what it did."""
        self._in_flight[int(tick["worker"])] = int(tick["in_flight"])
        self._idle[int(tick["worker"])] = int(tick["idle"])
        self._later[int(tick["worker"])] = int(tick["later"])
        self._heard_s[int(tick["worker"])] = now_s()  # another machine's clock may differ
        self._tally.take(tick)
        forget_seconds(self._environment.stats)
        self.accepted += int(tick["counts"].get(ACCEPTED, 0))
        with (self._folder / TICKS).open("a", encoding="utf-8") as ticks:
            told = {
                **tick,
                "is_ready": self._is_ready,
                "start_s": self._start_s,
                "planned_per_s": self._planned_per_s(now_s()),
            }
            ticks.write(json.dumps(told, separators=(",", ":")) + "\n")

    def _conduct(self) -> None:
        self._await_users()
        self._is_ready = not self._is_over
        if not self._is_over and not self._plan.is_conducted:
            start_s = now_s() + _LEAD_S
            self._order(Order(n=1, start_s=start_s, points=self._plan.points))
        while not self._is_over and now_s() < self._until_s and not self._is_deserted():
            gevent.sleep(_LOOK_EVERY_S)
            self._look()
        self._order(Order(n=self._number + 1, start_s=now_s(), is_over=True))
        self._finish()

    def _await_users(self) -> None:
        """Until every user waits at its desk: Locust counts those as spawned that have not come yet.

        On its page fewer may be wished for than the preset has slots; of more there are none.
        """
        options, kinds = self._environment.parsed_options, self._environment.user_classes
        wanted = min(options.num_users if options is not None else 0, sum(kind.fixed_count for kind in kinds))
        given_up_s = now_s() + _READY_WITHIN_S
        while not self._is_over and sum(self._idle.values()) < wanted:
            gevent.sleep(_LOOK_EVERY_S)
            if now_s() > given_up_s:
                _log.error("only %d of %d users are ready; is the machine busy?", sum(self._idle.values()), wanted)
                self._environment.process_exit_code = 1
                self._is_over = True
                return

    def _look(self) -> None:
        """Takes the newest order, if one has been left."""
        try:
            order = Order.model_validate_json((self._folder / ORDERS).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return
        if order.n > self._number:
            self._order(order)

    def _order(self, order: Order) -> None:
        self._number, self._newest = order.n, order
        self._is_over = order.is_over
        if order.points and self._start_s is None:
            # Users were made ready before that, and nothing was asked: none of it is warm-up.
            self._start_s = order.start_s
            self._tally.begin(order.start_s, self._plan.warm_up_s)
        if order.points and not self._plan.is_conducted:
            self._until_s = order.start_s + profile_of(order.points).duration_s
        self._send(TO_WORKERS_ORDER, {**order.as_message(), "workers": self._workers()})

    def _planned_per_s(self, at_s: float) -> float:
        """What is to be offered a second at a moment; of a trace, in the second before it."""
        if self._newest is None or not self._newest.points:
            return 0.0
        since_s, trace = at_s - self._newest.start_s, self._plan.trace
        if trace:
            return bisect_right(trace, since_s) - bisect_right(trace, since_s - 1.0)
        return profile_of(self._newest.points).per_s(since_s)

    def _finish(self) -> None:
        """Waits for the last answers, for what is due later, and for the last ticks, then ends the test.

        What is not done by then, the last ticks tell. A worker that has died tells nothing.
        """
        over_s = now_s()
        while now_s() < over_s + _LAST_TICKS_S or (self._is_under_way(over_s) and now_s() < over_s + self._patience_s):
            gevent.sleep(_LOOK_EVERY_S)
        for worker in self._silent(over_s):
            _log.error("worker %d was not heard of any more: what it was to do is missing", worker)
            self._environment.process_exit_code = 1
        runner = self._environment.runner
        assert runner is not None
        if self._environment.web_ui is None and not self._is_quitting:
            runner.quit()
        else:
            runner.stop()

    @property
    def _patience_s(self) -> float:
        """How long what is under way is waited for when nothing more comes."""
        return _QUIT_WITHIN_S if self._is_quitting else _FINISH_WITHIN_S + LOOKS * self._plan.applicants.thinks_s(1.0)

    def _is_under_way(self, over_s: float) -> bool:
        """Whether a worker that is not lost has something to do, or has not spoken since it was over."""
        workers = self._heard_s.keys() - self._silent(now_s() - self._plan.silent_after_s)
        return any(self._in_flight[one] or self._later[one] or self._heard_s[one] <= over_s for one in workers)

    def _is_deserted(self) -> bool:
        """Whether all workers are lost."""
        return 0 < len(self._heard_s) == len(self._silent(now_s() - self._plan.silent_after_s))

    def _silent(self, since_s: float) -> list[int]:
        return sorted(worker for worker, heard_s in self._heard_s.items() if heard_s < since_s)

    def _workers(self) -> list[int]:
        """The workers that are there, by Locust's numbers: one that replaces another has a number of its own."""
        runner = self._environment.runner
        if not isinstance(runner, MasterRunner):
            return [0]
        there = (*runner.clients.ready, *runner.clients.spawning, *runner.clients.running)
        return sorted(int(runner.get_worker_index(worker.id)) for worker in there)

    def _send(self, kind: str, content: Any) -> None:
        runner = self._environment.runner
        assert runner is not None
        runner.send_message(kind, content)


def follow_order(order: dict[str, Any], index: int) -> tuple[RateProfile | None, float, int, int]:
    """What an order means to the worker of this number: profile (None: stop), beginning, its place, and of how many.

    Places go by rank among those that are there; whoever has come since has nothing to do until the next order.
    """
    points, workers = order["points"], list(order["workers"])
    profile = profile_of(points) if points and not order["is_over"] and index in workers else None
    return profile, float(order["start_s"]), workers.index(index) if index in workers else 0, len(workers)
