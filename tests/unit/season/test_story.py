"""What a case waited for adds up to the time it took, and closed hours are told apart."""

from dataclasses import replace

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.history import CaseTransition
from shinsei.domain.lifecycle import Action, Status
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.simtime import DAY_MS, HOUR_MS, MINUTE_MS, SimTime
from shinsei.season.story.model import Story
from shinsei.season.story.waits import open_ms, stretches, wait_for
from shinsei.testing.builders import a_run_spec
from shinsei.testing.offices import june

CALENDAR = BusinessCalendar(a_run_spec().calendar)
RPA = LinkageMethod.RPA


def step(at: SimTime, action: Action, status: Status, method: LinkageMethod | None = RPA, n: int = 0) -> CaseTransition:
    return CaseTransition(at=at, action=action, status=status, method=method, n=n)


HISTORY = (
    step(june(4, "17:00"), Action.SUBMIT, Status.SUBMITTED, None),
    step(june(4, "17:15"), Action.FETCH, Status.FETCHED, None),
    step(june(4, "17:15"), Action.STORE, Status.STORED),
    step(june(4, "17:15"), Action.IDENTIFY, Status.IDENTIFIED),
    step(june(7, "09:00"), Action.CHECK, Status.CHECKED),
    step(june(7, "09:00"), Action.QUEUE_FOR_LINKAGE, Status.WAITING_FOR_LINKAGE),
    step(june(7, "10:00"), Action.START_LINKAGE, Status.LINKING),
    step(june(7, "10:01"), Action.RETURN_TO_QUEUE, Status.WAITING_FOR_LINKAGE),
    step(june(7, "11:00"), Action.START_LINKAGE, Status.LINKING, n=1),
    step(june(7, "11:10"), Action.REGISTER, Status.REGISTERED),
)


def a_story(history: tuple[CaseTransition, ...] = HISTORY) -> Story:
    return Story(
        receipt_number="1000000000000008",
        submission_id="482013-10-000001",
        run_id="r",
        municipality="482013",
        procedure=10,
        method=RPA,
        steps=history,
        visible_from=(None,) * len(history),
        stretches=stretches(history, CALENDAR),
        fetches=(),
    )


def test_waits_add_up_to_the_lead_time() -> None:
    story = a_story()
    assert sum(one.took_ms for one in story.stretches) == story.lead_time_ms == HISTORY[-1].at - HISTORY[0].at
    assert sum(map(sum, story.time_by().values())) == story.lead_time_ms


def test_a_weekend_is_told_apart_from_the_wait_for_a_clerk() -> None:
    """Friday 17:15 is closing time, Monday opens at 8:30: half an hour of the wait was anybody's fault."""
    check = next(one for one in a_story().stretches if one.status is Status.IDENTIFIED)
    assert check.open_ms == 30 * MINUTE_MS
    assert check.closed_ms == check.took_ms - 30 * MINUTE_MS > 2 * DAY_MS


def test_what_a_machine_refused_waits_for_a_clerk() -> None:
    resources = [(one.status, one.wait.resource) for one in a_story().stretches]
    assert resources == [
        (Status.SUBMITTED, "line"),
        (Status.IDENTIFIED, "clerk"),
        (Status.WAITING_FOR_LINKAGE, "robot"),
        (Status.LINKING, "robot"),
        (Status.WAITING_FOR_LINKAGE, "clerk"),
        (Status.LINKING, "clerk"),
    ]


def test_every_status_and_method_has_words_for_its_wait() -> None:
    for status in Status:
        for method in LinkageMethod:
            assert wait_for(status, method).what.en
            assert wait_for(status, method).what.ja


def test_a_case_in_flight_has_no_lead_time() -> None:
    story = a_story(HISTORY[:-1])
    assert story.lead_time_ms is None
    assert story.values()["status"] == "LINKING"


def test_open_hours_of_a_span_within_one_day() -> None:
    assert open_ms(CALENDAR, june(7, "08:00"), june(7, "09:30")) == HOUR_MS
    assert open_ms(CALENDAR, june(5), june(7)) == 0


def test_a_story_as_plain_values_names_what_did_not_answer() -> None:
    values = replace(a_story(), missing=("Kafka (away)",)).values()
    assert values["missing"] == ["Kafka (away)"]
    assert values["time_by_resource_h"]["line"]["office_open"] == 0.25
