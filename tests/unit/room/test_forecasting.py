"""Replays go round, the newest count, a control change makes the old ones worthless."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from shinsei.domain.errors import UnavailableError
from shinsei.domain.forecast import Prospect, Question, Replay, replay
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.remedy import Remedy
from shinsei.domain.run import ChangeKind
from shinsei.domain.simtime import DAY_MS, SimTime
from shinsei.room.forecasting import (
    FLAT_OUT,
    GOOD_FOR_MS,
    LEAST_REST_S,
    NOTHING,
    PUT_OFF_S,
    REST,
    REST_FLAT_OUT,
    Forecaster,
)
from shinsei.room.replays import REPLAYS, good_for_ms
from shinsei.testing.builders import a_change
from shinsei.testing.fakes import ManualClock

if TYPE_CHECKING:
    from tests.unit.room.conftest import MakeTwin

MET, MISSED = Replay(through=1, left_at_target=0), Replay(through=9, left_at_target=3)
REMEDY = Remedy(kind=ChangeKind.STAFF, value=9)


class Calculator:
    """Answers at once, a tenth of a second of a processor each."""

    def __init__(self, answer: Replay = MET) -> None:
        self.answer = answer
        self.asked: list[tuple[Question, int]] = []
        self.dead = False

    async def ask(self, work: Callable[..., Any], *arguments: Any) -> tuple[Any, float]:
        if self.dead:
            raise UnavailableError("gone")
        if work is not replay:
            return [REMEDY], 0.5
        self.asked.append((arguments[0], arguments[1]))
        return self.answer, 0.1

    def end(self) -> None:
        self.dead = True


def questions(*twins: Any) -> dict[str, tuple[Question, LinkageMethod]]:
    return {twin.key: (twin.question, twin.method) for twin in twins}


def later(twin: Any, by_ms: int = 1) -> Any:
    return replace(twin, progress=replace(twin.progress, returned=SimTime(twin.progress.returned + by_ms)))


async def test_every_run_has_a_replay_before_any_has_two(a_twin: "MakeTwin") -> None:
    worker, twins = Calculator(), (a_twin(n=0), a_twin(n=1), a_twin(n=2))
    forecaster = Forecaster(worker, ManualClock())
    forecaster.watch(questions(*twins))
    rests = [forecaster.rest_s(await forecaster.step()) for _ in range(4)]
    assert [question.spec.municipality for question, _ in worker.asked[:3]] == [t.spec.municipality for t in twins]
    assert rests[:2] == [0, 0]
    assert rests[2:] == [0.1 * REST] * 2


async def test_a_season_flat_out_has_the_processor_for_itself(a_twin: "MakeTwin") -> None:
    """It is foreseen late and rarely, and what would save it when there is time to do it."""
    worker, clock, twins = Calculator(MISSED), ManualClock(), (a_twin(n=0), a_twin(n=1))
    forecaster = Forecaster(worker, clock)
    forecaster.watch(questions(*twins), FLAT_OUT + 1)
    assert forecaster.rest_s(await forecaster.step()) == LEAST_REST_S
    assert forecaster.foreseen(twins[0].key).is_put_off
    assert worker.asked == []
    clock.advance(PUT_OFF_S)
    rests = [forecaster.rest_s(await forecaster.step()) for _ in range(3)]
    assert rests == [0.1 * REST_FLAT_OUT] * 3
    assert not forecaster.foreseen(twins[0].key).is_put_off
    assert forecaster.foreseen(twins[0].key).remedies is None
    forecaster.watch(questions(*twins), FLAT_OUT)
    await forecaster.step()
    await forecaster.step()
    assert forecaster.rest_s(0.1) == 0.1 * REST
    assert forecaster.foreseen(twins[0].key).remedies == (REMEDY,)


async def test_a_season_of_which_nobody_knows_the_speed_is_not_foreseen_before_the_next_look(
    a_twin: "MakeTwin",
) -> None:
    """It may be flat out; whether it is, is not said of it."""
    worker, twin = Calculator(), a_twin()
    forecaster = Forecaster(worker, ManualClock())
    forecaster.watch(questions(twin), None)
    await forecaster.step()
    assert worker.asked == []
    assert forecaster.foreseen(twin.key) == NOTHING
    forecaster.watch(questions(twin), 0.0)
    assert forecaster.rest_s(100.0) == 0
    await forecaster.step()
    assert forecaster.foreseen(twin.key).forecast.prospect is Prospect.SAFE


async def test_a_season_that_slows_down_is_foreseen_at_once(a_twin: "MakeTwin") -> None:
    worker, clock, twins = Calculator(), ManualClock(), (a_twin(n=0), a_twin(n=1))
    forecaster = Forecaster(worker, clock)
    forecaster.watch(questions(*twins), FLAT_OUT + 1)
    clock.advance(PUT_OFF_S)
    for _ in range(3):
        await forecaster.step()
    for _ in range(2):
        forecaster.watch(questions(*twins), 20.0)
    rests = [forecaster.rest_s(await forecaster.step()) for _ in range(2)]
    assert rests == [0, 0.1 * REST]
    assert {question.spec.municipality for question, _ in worker.asked[3:]} == {t.spec.municipality for t in twins}


async def test_of_a_season_that_stands_still_nothing_more_is_foreseen(a_twin: "MakeTwin") -> None:
    worker, twin = Calculator(), a_twin()
    forecaster = Forecaster(worker, ManualClock())
    for _ in range(2 * REPLAYS):
        forecaster.watch(questions(twin))
        await forecaster.step()
    assert len(worker.asked) == REPLAYS
    forecaster.watch(questions(later(twin)))
    await forecaster.step()
    assert len(worker.asked) == REPLAYS + 1


async def test_a_change_is_foreseen_at_once_whatever_is_owed_of_a_rest(a_twin: "MakeTwin") -> None:
    forecaster, twin = Forecaster(Calculator(), ManualClock()), a_twin()
    forecaster.watch(questions(twin))
    await forecaster.step()
    assert forecaster.rest_s(100.0) == 100 * REST
    forecaster.watch(questions(replace(twin, changes=(a_change(),))))
    assert forecaster.rest_s(100.0) == 0


async def test_replays_differ_in_their_seed_and_never_have_the_season_s(a_twin: "MakeTwin") -> None:
    worker, twin = Calculator(), a_twin()
    forecaster = Forecaster(worker, ManualClock())
    forecaster.watch(questions(twin))
    for _ in range(REPLAYS + 2):
        await forecaster.step()
    seeds = [seed for _, seed in worker.asked]
    assert len({*seeds, twin.spec.seed}) == len(seeds) + 1
    assert forecaster.foreseen(twin.key).forecast.replays == REPLAYS


async def test_a_control_change_makes_what_was_foreseen_worthless(a_twin: "MakeTwin") -> None:
    forecaster, twin = Forecaster(Calculator(), ManualClock()), a_twin()
    forecaster.watch(questions(twin))
    await forecaster.step()
    assert forecaster.foreseen(twin.key).forecast.prospect is Prospect.SAFE
    forecaster.watch(questions(replace(twin, changes=(a_change(),))))
    assert forecaster.foreseen(twin.key) == NOTHING
    forecaster.watch({})
    assert await forecaster.step() == 0.0


async def test_a_season_in_danger_gets_a_remedy_and_a_safe_one_none(a_twin: "MakeTwin") -> None:
    worker, twin = Calculator(MISSED), a_twin()
    forecaster = Forecaster(worker, ManualClock())
    forecaster.watch(questions(twin))
    await forecaster.step()
    assert forecaster.foreseen(twin.key).remedies is None
    await forecaster.step()
    assert forecaster.foreseen(twin.key).remedies == (REMEDY,)
    worker.answer = MET
    for _ in range(REPLAYS):
        twin = later(twin)
        forecaster.watch(questions(twin))
        await forecaster.step()
    assert forecaster.foreseen(twin.key).remedies is None


async def test_a_remedy_of_yesterday_s_is_worked_out_anew(a_twin: "MakeTwin") -> None:
    forecaster, twin = Forecaster(Calculator(MISSED), ManualClock()), a_twin()
    forecaster.watch(questions(twin))
    for _ in range(2):
        await forecaster.step()
    forecaster.watch(questions(later(twin, GOOD_FOR_MS + 1)))
    assert forecaster.foreseen(twin.key).remedies is None
    await forecaster.step()
    assert forecaster.foreseen(twin.key).remedies == (REMEDY,)


async def test_a_worker_that_is_killed_is_no_end(a_twin: "MakeTwin") -> None:
    worker, twin = Calculator(), a_twin()
    forecaster = Forecaster(worker, ManualClock())
    forecaster.watch(questions(twin))
    worker.dead = True
    assert forecaster.rest_s(await forecaster.step()) == LEAST_REST_S
    worker.dead = False
    await forecaster.step()
    assert forecaster.foreseen(twin.key).as_of == twin.progress.returned


async def test_what_was_foreseen_flat_out_is_no_part_of_the_forecast_once_it_slows_down(a_twin: "MakeTwin") -> None:
    """One fresh replay beside four of days ago would say of a safe season that it is at risk."""
    worker, clock, twin = Calculator(MISSED), ManualClock(), a_twin()
    forecaster = Forecaster(worker, clock)
    forecaster.watch(questions(twin), FLAT_OUT + 1)
    clock.advance(PUT_OFF_S)
    for _ in range(REPLAYS):
        twin = later(twin, DAY_MS // 8)
        forecaster.watch(questions(twin), FLAT_OUT + 1)
        await forecaster.step()
    assert forecaster.foreseen(twin.key).forecast.prospect is Prospect.LOST
    worker.answer = MET
    twin = later(twin)
    forecaster.watch(questions(twin), 20.0)
    assert forecaster.foreseen(twin.key).forecast.prospect is Prospect.LOST, "until something is known"
    await forecaster.step()
    found = forecaster.foreseen(twin.key)
    assert (found.forecast.prospect, found.forecast.replays) == (Prospect.SAFE, 1)
    assert found.as_of == twin.progress.returned


async def test_a_season_that_goes_on_beyond_its_forecast_says_for_how_long(a_twin: "MakeTwin") -> None:
    """The worker fails, or hangs: what was foreseen stays, and so does the alert on it."""
    worker, clock, twin = Calculator(), ManualClock(), a_twin()
    forecaster = Forecaster(worker, clock)

    async def told(of: Any, after_s: float = 10.0) -> tuple[float, bool, float]:
        clock.advance(after_s)
        forecaster.watch(questions(of))
        await forecaster.step()
        found = forecaster.foreseen(of.key)
        return found.age_s, found.is_too_old, found.overdue_s

    assert await told(twin) == (0.0, False, 0.0)
    worker.dead = True
    good_for = good_for_ms(twin.question, twin.progress.returned)
    assert await told(twin, 3_600) == (3_600, False, 0.0), "one that stands still cannot be foreseen better"
    assert await told(later(twin, good_for)) == (3_610, False, 0.0)
    assert await told(later(twin, good_for + 1)) == (3_620, True, 0.0)
    assert await told(later(twin, 2 * good_for)) == (3_630, True, 10.0)
    worker.dead = False
    assert await told(later(twin, 2 * good_for)) == (0.0, False, 20.0)
    assert await told(later(twin, 2 * good_for)) == (0.0, False, 0.0)


async def test_a_season_of_which_nothing_is_ever_foreseen_waits_for_it_from_its_beginning(a_twin: "MakeTwin") -> None:
    """Unless it goes flat out, as whoever sees that expects nothing of a forecast."""
    worker, clock, twin = Calculator(), ManualClock(), a_twin()
    worker.dead = True
    forecaster = Forecaster(worker, clock)
    overdue = []
    for speed in (None, FLAT_OUT + 1, 20.0, 20.0, FLAT_OUT + 1, 20.0):
        forecaster.watch(questions(twin), speed)
        await forecaster.step()
        clock.advance(60.0)
        overdue.append(forecaster.foreseen(twin.key).overdue_s)
    assert overdue == [0, 0, 60, 120, 0, 60]
