"""What a worker counts: an application that was offered is accepted, refused or failed, whatever happens to it."""

from collections.abc import Mapping
from typing import Any
from unittest.mock import Mock

import pytest

from loadtest import meter as meter_module
from loadtest.meter import CallFailedError, Meter
from shinsei.loadtest.books import kept_as
from shinsei.loadtest.grouping import groups_of
from shinsei.loadtest.histogram import Histogram


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
    with pytest.raises(type(error)), meter.answered([groups_of("RPA", number) for number in (1, 1, 2)]):
        raise error
    tick = meter.tick(0, 0, 0)
    assert tick["counts"] == {counter: 3}
    assert tick["by_group"] == {counter: {"RPA": 3, "procedure-1": 2, "procedure-2": 1}}


def test_what_was_to_be_done_in_the_warm_up_is_not_timed_however_late_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meter_module, "now_s", lambda: 120.0)
    meter = Meter()
    meter.measured_from_s = 105.0
    for intended_s in (104.9, 105.0):
        meter.called("Submit", "OK", intended_s=intended_s, sent_s=intended_s)
    tick = meter.tick(0, 0, 0)
    submit = tick["requests"]["Submit"]
    assert submit["codes"] == {"OK": 2}
    for series in (submit["response"], submit["service"], tick["sent"]):
        assert Histogram.of(series).count == 1


def test_until_the_first_call_of_an_application_is_sent_it_is_the_generators_own_time() -> None:
    meter = Meter()
    meter.called("Submit", "OK", intended_s=1.0, sent_s=1.25)
    # What comes behind an upload has waited for the portal.
    meter.called("UploadAttachment", "OK", intended_s=2.0, sent_s=2.25)
    meter.called("Submit", "OK", intended_s=2.0, sent_s=5.0)
    meter.called("UploadAttachment", "UNAVAILABLE", intended_s=3.0, sent_s=3.25)
    meter.called("SubmitBatch", "RESOURCE_EXHAUSTED", intended_s=4.0, sent_s=4.25)
    meter.called("GetStatus", "OK", intended_s=5.0, sent_s=9.0)
    sent = Histogram.of(meter.tick(0, 0, 0)["sent"])
    assert (sent.count, sent.highest_s) == (4, 0.25)
    meter.called("Submit", "OK", intended_s=2.0, sent_s=2.5)
    assert Histogram.of(meter.tick(0, 0, 0)["sent"]).count == 1


def test_what_is_to_be_done_in_the_warm_up_is_not_among_what_is_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meter_module, "now_s", lambda: 107.5)
    meter, filed = Meter(), [groups_of("RPA", 1), groups_of("RPA", 2)]
    meter.measured_from_s = 105.0
    for intended_s in (104.9, 105.0, 106.0):
        meter.count_timed("watched", filed, intended_s)
        meter.reached("accepted", filed, intended_s)
    tick = meter.tick(0, 0, 0)
    assert tick["counts"] == {"watched": 4}
    found = {name: (one.count, one.highest_s) for name, one in latencies_of(tick).items()}
    assert found == {"accepted/RPA": (4, 2.5), "accepted/procedure-1": (2, 2.5), "accepted/procedure-2": (2, 2.5)}
    assert meter.tick(0, 0, 0)["latencies"] == {}, "what has been told is not told again"


def latencies_of(tick: Mapping[str, Any]) -> dict[str, Histogram]:
    return {name: Histogram.of(one) for name, one in tick["latencies"].items()}


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
