"""What waits to be fetched, by the database: cases and nothing else, those in time apart from those that came late."""

from datetime import date
from typing import Any

from prometheus_client import REGISTRY

from shinsei.api.application.v1.application_pb2 import REACTION_KIND_WITHDRAWAL
from shinsei.api.portal.v1 import portal_pb2 as api
from shinsei.domain.demand import filing_closes
from shinsei.domain.run import Filing, RunSpec
from shinsei.domain.simtime import MINUTE_MS, SimTime
from shinsei.season.filing import application
from shinsei.testing import a_run_spec, eventually
from shinsei.testing.applicants import corrections, defects

SEASON = a_run_spec(defects=defects(), corrections=corrections(), **{"demand.deadline_day": date(2021, 6, 10)})
CLOSES = filing_closes(SEASON)
WAITING = {"stage": "fetch", "linkage_method": "none", "prefecture": SEASON.municipality[:2]}
WITHIN_S = 20
"""Levels are measured every five seconds."""


def told() -> tuple[float | None, float | None]:
    """Cases that wait to be fetched, and those of them that came late."""
    late = REGISTRY.get_sample_value("shinsei_portal_sim_unfetched_late_cases")
    return REGISTRY.get_sample_value("shinsei_pending_cases", WAITING), late


async def submitted(portal: Any, spec: RunSpec, at: int, number: int) -> None:
    filing = Filing(case_id=f"10-{number:06d}", procedure=10, at=SimTime(at), online=True, signed=True)
    await portal.applicants.Submit(api.SubmitRequest(application=application(spec, filing)))


async def test_a_case_that_waits_is_counted_once_and_is_late_from_the_moment_at_which_filing_closes(
    portal: Any,
) -> None:
    await portal.start(SEASON)
    for number, at in enumerate((SEASON.start + 1, CLOSES - 1, CLOSES, CLOSES + MINUTE_MS), start=1):
        await submitted(portal, SEASON, at, number)
    case = f"{SEASON.municipality}-10-000001"
    withdrawal = api.Reaction(submission_id=case, kind=REACTION_KIND_WITHDRAWAL, filed_at_ms=SEASON.start + 2)
    answer = await portal.applicants.ReactBatch(portal.of(SEASON, api.ReactBatchRequest, reactions=[withdrawal]))
    assert [one.error for one in answer.outcomes] == [""]
    await eventually(lambda: told() == (4, 2), within_s=WITHIN_S, every_s=0.1, what="four cases, two of them late")
