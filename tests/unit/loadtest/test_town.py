"""An office's books are kept by its own clock, whenever the word about a case arrives."""

import pytest

from shinsei.api.application.v1 import application_pb2 as pb
from shinsei.api.events.v1.events_pb2 import StatusChanged
from shinsei.loadtest.bodies import CaseName
from shinsei.loadtest.town import Town
from shinsei.testing import a_run_spec

SPEC = a_run_spec()
SPEED = 3_600.0


def changed(*steps: tuple[int, float], intended_s: float, origin: str = "0.1.0") -> StatusChanged:
    """A case's transitions: action and simulated hours behind the start."""
    name = CaseName(procedure=10, intended_ms=round(intended_s * 1e3), origin=origin)
    return StatusChanged(
        submission_id=f"{SPEC.municipality}-{name.as_case_id()}",
        transitions=[
            pb.Transition(action=action, at_ms=SPEC.start + round(hours * 3_600_000))  # type: ignore[arg-type]
            for action, hours in steps
        ],
    )


def test_a_case_is_completed_at_its_simulated_moment() -> None:
    town = Town(SPEC, SPEED, opened_s=100.0)
    steps = ((pb.APPLICATION_ACTION_STORE, 2.0), (pb.APPLICATION_ACTION_REGISTER, 5.5))
    town.enter(changed(*steps, intended_s=101.0))
    # An hour is a second: registered at 105.5, four and a half seconds behind the moment at which it was to be filed.
    step = town.books.step(100.0, 110.0)
    assert (step.offered_per_s, step.completed_per_s) == (0.1, 0.1)
    assert step.p99_s == pytest.approx(4.5, rel=1e-3)
    assert town.books.seconds[105].counts["registered"] == 1


def test_what_no_load_test_has_filed_is_none_of_its_cases() -> None:
    town = Town(SPEC, SPEED, opened_s=100.0)
    town.enter(StatusChanged(submission_id=f"{SPEC.municipality}-10-000001"))
    assert town.books.totals.total() == 0
