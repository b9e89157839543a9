"""Samplers, the agenda's order, the seats' and the backlog's accounts."""

from operator import attrgetter

import pytest

from shinsei.domain.distributions import Distribution, Shape
from shinsei.domain.lifecycle import Status
from shinsei.domain.linkage.case import Case, Purpose
from shinsei.domain.linkage.times import sampler
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.office.agenda import Agenda
from shinsei.domain.office.backlog import Backlog
from shinsei.domain.office.books import Books
from shinsei.domain.office.planned import RANK_BITS, Call, Planned, Rank
from shinsei.domain.office.report import Resource
from shinsei.domain.office.seats import Seats
from shinsei.domain.simtime import HOUR_MS, MINUTE_MS, SimTime, day_start


@pytest.mark.parametrize("shape", Shape)
@pytest.mark.parametrize("u", [1e-12, 0.1, 0.5, 0.999])
def test_a_sampler_gives_the_quantiles_of_its_distribution_in_milliseconds(shape: Shape, u: float) -> None:
    distribution = Distribution(mean=7.0, cv=0.5, shape=shape)
    assert sampler(distribution, MINUTE_MS, 1.25)(u) == round(distribution.sample(u) * MINUTE_MS * 1.25)


def test_a_sampler_of_no_variation_is_constant() -> None:
    assert sampler(Distribution(mean=2.0, cv=0.0), MINUTE_MS)(0.9) == 2 * MINUTE_MS
    assert sampler(Distribution(mean=0.0, cv=0.5), MINUTE_MS)(0.9) == 0


def test_within_a_moment_the_agenda_goes_by_rank_and_then_by_key() -> None:
    agenda = Agenda(SimTime(0))
    agenda.begin_day(0)
    agenda.call_at(6, print, "later", Rank.DAY)
    agenda.call_at(5, print, "leaves", Rank.LEAVE)
    agenda.call_at(5, print, "planned first")
    agenda.call_at(5, print, "planned next")
    agenda.call_at(5, print, "day", Rank.DAY)
    for n, case_id in enumerate(("10-000002", "10-000001", "10-000002")):
        agenda.offer(5, Rank.OPENED, case_id, print, f"{case_id}, {n}")
    planned = _in_order(agenda)
    cases = ["10-000001, 1", "10-000002, 0", "10-000002, 2"]
    in_order = ["day", "planned first", "planned next", *cases, "leaves"]
    assert planned == [*((5, argument) for argument in in_order), (6, "later")]


def test_what_is_planned_for_another_day_comes_first_there_and_in_its_order() -> None:
    agenda = Agenda(SimTime(0))
    agenda.begin_day(0)
    noon = day_start(1) + 12 * HOUR_MS
    agenda.call_at(noon, print, "planned first")
    agenda.call_at(noon - 1, print, "sooner")
    agenda.call_at(noon, print, "planned next")
    for case_id in ("10-000002", "10-000001"):
        agenda.offer(noon, Rank.OPENED, case_id, print, case_id)
    dropped = Call((noon << RANK_BITS) + Rank.WORK, print, "dropped")
    agenda.plan(dropped)
    agenda.drop(dropped)
    assert not _in_order(agenda)
    agenda.begin_day(1)
    agenda.call_at(noon, print, "planned on the day")
    in_order = ["planned first", "planned next", "planned on the day", "10-000001", "10-000002"]
    assert _in_order(agenda) == [(noon - 1, "sooner"), *((noon, argument) for argument in in_order)]


def _in_order(agenda: Agenda) -> list[tuple[int, str]]:
    """What stands in today's lists, whose ends come first."""
    planned: list[Planned] = [*reversed(agenda.inside), *reversed(agenda.outside)]
    calls = [call for call in sorted(planned, key=attrgetter("place")) if isinstance(call, Call)]
    return [(call.place >> RANK_BITS, call.argument) for call in calls]


def test_seats_are_contended_only_while_more_clerks_are_there() -> None:
    agenda = Agenda(SimTime(0))
    seats = Seats(agenda, 2)
    assert seats.take()
    agenda.now = SimTime(10)
    seats.set_present(3)
    assert seats.take()
    assert not seats.take()
    agenda.now = SimTime(30)
    seats.give()
    seats.set_present(2)
    agenda.now = SimTime(40)
    assert seats.busy_ms_at(40) == 10 + 2 * 20 + 10
    assert (seats.contended_busy_ms, seats.contended_ms) == (40, 40)


def test_a_wish_for_a_seat_is_served_when_one_is_free() -> None:
    agenda = Agenda(SimTime(0))
    seats = Seats(agenda, 1)
    served: list[str] = []
    seats.take()
    seats.when_free(lambda: served.append("first" if seats.take() else "none"))
    seats.when_free(lambda: served.append("second"))
    seats.serve_wishes()
    assert served == []
    seats.give()
    seats.serve_wishes()
    assert served == ["first"]


def test_the_backlogs_peak_is_the_first_moment_of_the_highest_level() -> None:
    backlog = Backlog(SimTime(0))
    cases = [_a_case(f"10-{number:06d}", SimTime(number)) for number in range(3)]
    backlog.open(cases[0], SimTime(10))
    backlog.open(cases[1], SimTime(20))
    backlog.leave(cases[0], SimTime(30))
    backlog.open(cases[2], SimTime(40))
    assert (backlog.peak, backlog.peak_at, backlog.size) == (2, 20, 2)
    oldest = backlog.oldest
    assert oldest is cases[1]
    backlog.leave(cases[1], SimTime(50))
    backlog.leave(cases[2], SimTime(60))
    assert backlog.cleared_at == 60
    assert backlog.oldest is None


def test_the_busiest_of_a_day_is_named_as_the_first_limit() -> None:
    books = Books()
    books.open_day(18779, is_open_day=True, clerks=1)
    books.judge(Resource.CLERKS, 96, 100, left_over=True, day=books.today.day)
    books.judge(Resource.ROBOTS, 99, 100, left_over=True, day=books.today.day)
    books.judge(Resource.LOGIN_SEATS, 100, 100, left_over=False, day=books.today.day)
    books.judge(Resource.BATCH_WINDOW, 94, 100, left_over=True, day=books.today.day)
    assert set(books.saturated) == {Resource.CLERKS, Resource.ROBOTS}
    first = books.first_saturated()
    assert first is not None
    assert (first.resource, first.day) == (Resource.ROBOTS, "2021-06-01")


def test_a_case_draws_further_blocks_only_when_asked() -> None:
    case = _a_case("10-000001", SimTime(0))
    assert len(case.fates) == 8
    assert case.draw(Purpose.NOTICE) == case.fates[Purpose.NOTICE]
    machine = case.draw(Purpose.MACHINE)
    assert len(case.fates) == 16
    assert case.draw(Purpose.MACHINE) == machine


def _a_case(name: str, submitted_at: SimTime) -> Case:
    return Case(1, name, 10, submitted_at, Status.IDENTIFIED, LinkageMethod.TRANSCRIPTION)
