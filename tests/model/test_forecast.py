"""What is foreseen while a season runs is what happens: the forecast against seasons that nobody has seen yet."""

import pytest

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.demand import filing_closes
from shinsei.domain.forecast import Prospect, Question, forecast, replay
from shinsei.domain.horizon import target_of
from shinsei.domain.simtime import DAY_MS, SimTime
from shinsei.scenario import load

pytestmark = pytest.mark.slow

SEED_BY_DAYS_LEFT = {21: 11, 1: 12}
"""Three weeks before the deadline, and on its eve: each time another season."""
REPLAYS = 3
DAYS_OFF = 7
"""One case that an import rejects before a weekend moves the day on which everything is through by so much."""


def question(method: str, days: int) -> Question:
    """The demonstration's season for a fifth of its city and one of its four clerks, so long before its deadline."""
    changes = ["municipality.population=20000", "office.clerks=1", f"twins.methods=['{method}']"]
    changes.append(f"seed={SEED_BY_DAYS_LEFT[days]}")
    spec = load("child-allowance-status-report", changes).run_specs("x")[0]
    deadline = filing_closes(spec)
    target = target_of(deadline, 10, BusinessCalendar(spec.calendar))
    return Question(spec=spec, changes=(), now=SimTime(deadline - days * DAY_MS), deadline=deadline, target=target)


@pytest.mark.parametrize("days", SEED_BY_DAYS_LEFT)
@pytest.mark.parametrize(("method", "prospect"), [("TRANSCRIPTION", Prospect.LOST), ("BATCH_IMPORT", Prospect.SAFE)])
def test_seasons_end_about_when_their_forecast_says(method: str, prospect: Prospect, days: int) -> None:
    asked = question(method, days)
    truth = replay(asked, asked.spec.seed)
    found = forecast([replay(asked, asked.spec.seed + 1_000 * n) for n in range(1, REPLAYS + 1)])
    assert found.prospect is prospect
    assert (truth.left_at_target == 0) == (prospect is Prospect.SAFE)
    assert truth.through is not None
    assert found.early is not None
    assert found.late is not None
    assert found.early - DAYS_OFF <= truth.through <= found.late + DAYS_OFF
