"""The municipality's side as a whole: what it tells the portal is what the plan computes."""

from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import PolicySpec, RunSpec
from shinsei.domain.simtime import DAY_MS, HOUR_MS, SimTime
from shinsei.domain.trace import trace_hash
from shinsei.testing.builders import a_run_spec
from shinsei.testing.municipality import Town, planned


def a_spec(run_id: str, method: LinkageMethod = LinkageMethod.TRANSCRIPTION, **changes: object) -> RunSpec:
    spec = a_run_spec(run_id=run_id, policy=PolicySpec(default=method, by_procedure=()), **changes)
    assert isinstance(spec, RunSpec)
    return spec


async def test_the_trace_is_the_plans(town: Town, run_id: str) -> None:
    spec = a_spec(run_id)
    statuses, feed = await town.statuses(spec), town.feed(spec)
    await feed.begin()
    end = SimTime(spec.start + 10 * DAY_MS)
    at = spec.start
    while at < end:
        at = SimTime(at + 12 * HOUR_MS)
        await feed.poll_until(at)
        await statuses.reached(at)
    assert len(statuses.lines) > 100
    assert trace_hash(statuses.lines, end=end) == planned(spec, (), end)
