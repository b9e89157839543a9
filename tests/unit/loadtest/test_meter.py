"""What a worker counts: an application that was offered is accepted, refused or failed, whatever happens to it."""

from unittest.mock import Mock

import pytest

from loadtest.meter import CallFailedError, Meter
from shinsei.loadtest.books import kept_as


@pytest.mark.parametrize(
    ("error", "counter"),
    [
        (CallFailedError("RESOURCE_EXHAUSTED"), "refused"),
        (CallFailedError("UNAVAILABLE"), "failed"),
        (FileNotFoundError("a card"), "failed"),
    ],
)
def test_whatever_keeps_applications_from_being_accepted_is_counted(error: Exception, counter: str) -> None:
    meter = Meter()
    with pytest.raises(type(error)), meter.answered(3):
        raise error
    assert meter.tick(0, 0, 0)["counts"] == {counter: 3}


@pytest.mark.parametrize(
    ("name", "code", "kept"),
    [
        ("Submit", "OK", "Submit"),
        ("Submit", "RESOURCE_EXHAUSTED", "Submit (refused)"),
        ("Submit", "DEADLINE_EXCEEDED", "Submit (failed)"),
        ("Submit", "FAILED_PRECONDITION", "Submit (failed)"),
        ("Withdraw", "FAILED_PRECONDITION", "Withdraw (too late)"),
    ],
)
def test_times_of_calls_that_were_not_served_are_kept_apart(name: str, code: str, kept: str) -> None:
    meter, environment = Meter(), Mock()
    meter.environment = environment
    meter.called(name, code, intended_s=0.0, sent_s=0.0)
    assert meter.tick(0, 0, 0)["requests"].keys() == {kept}
    assert kept_as(name, code) == kept
    # Locust's own page has them apart too.
    told = environment.events.request.fire.call_args.kwargs
    assert (told["name"], str(told["exception"] or "OK")) == (kept, code)


def test_arrivals_without_a_free_slot_are_shown_on_locusts_page_and_are_no_calls() -> None:
    meter, environment = Meter(), Mock()
    meter.found_no_slot("Applicants", 1)
    meter.environment = environment
    meter.found_no_slot("Applicants", 0)
    environment.events.request.fire.assert_not_called()
    meter.found_no_slot("Applicants", 2)
    told = environment.events.request.fire.call_args.kwargs
    assert (told["name"], str(told["exception"]), told["response_time"]) == ("Applicants (dropped)", "dropped", None)
    assert environment.events.request.fire.call_count == 2
    assert meter.tick(0, 0, 0)["requests"] == {}
