"""The municipality's side as a whole: what it tells the portal is what the plan computes, whatever happens to it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from shinsei.api.app_mgmt.v1 import app_mgmt_pb2 as inquiry
from shinsei.api.app_mgmt.v1.app_mgmt_pb2_grpc import InquiryServiceStub
from shinsei.api.control.v1 import control_pb2 as control
from shinsei.api.control.v1.control_pb2_grpc import LedgerServiceStub
from shinsei.domain.applicants import ReactionKind
from shinsei.domain.linkage_method import COMPARED_METHODS, LinkageMethod
from shinsei.domain.run import Change, ChangeKind, DoubleSpec, IdentificationSpec, PolicySpec, RunSpec
from shinsei.domain.simtime import DAY_MS, HOUR_MS, MINUTE_MS, SimTime
from shinsei.domain.trace import trace_hash
from shinsei.testing.applicants import corrections, defects, withdrawals
from shinsei.testing.builders import a_change, a_run_spec
from shinsei.testing.municipality import Feed, Statuses, Town, planned, planned_reactions
from shinsei.testing.services import ChildService

LOOKAHEAD_MS = 12 * HOUR_MS


def a_spec(run_id: str, method: LinkageMethod = LinkageMethod.TRANSCRIPTION, **changes: object) -> RunSpec:
    spec = a_run_spec(run_id=run_id, policy=PolicySpec(default=method, by_procedure=()), **changes)
    assert isinstance(spec, RunSpec)
    return spec


async def drive(feed: Feed, statuses: Statuses, end: SimTime) -> None:
    """From where the run stands to its end, as a season does: one lookahead after the other."""
    if not feed.number:
        await feed.begin()
    while feed.watermark < end:
        await feed.poll_until(SimTime(min(feed.watermark + LOOKAHEAD_MS, end)))
        await statuses.reached(feed.watermark)


async def run(town: Town, spec: RunSpec, days: int, changes: Sequence[Change] = ()) -> Statuses:
    """A whole run; its trace is the plan's."""
    statuses, feed = await town.statuses(spec), town.feed(spec, changes)
    end = SimTime(spec.start + days * DAY_MS)
    await drive(feed, statuses, end)
    assert trace_hash(statuses.lines, end=end) == planned(spec, changes, end)
    return statuses


async def test_every_method_gives_the_plans_trace_side_by_side(town: Town, run_id: str) -> None:
    specs = [a_spec(run_id, method, municipality=f"48201{n}", partition=n) for n, method in enumerate(COMPARED_METHODS)]
    found = await asyncio.gather(*(run(town, spec, days=8) for spec in specs))
    assert all(len(statuses.lines) > 100 for statuses in found)
    assert len({trace_hash(statuses.lines) for statuses in found}) == len(found)


async def test_two_municipalities_share_a_partition(town: Town, run_id: str) -> None:
    await asyncio.gather(*(run(town, a_spec(run_id, municipality=code), days=3) for code in ("482013", "482021")))


async def test_changes_take_effect_at_their_times(town: Town, run_id: str) -> None:
    spec = a_spec(run_id)

    def at(hours: float) -> SimTime:
        # Changes take effect at polls.
        return SimTime(spec.start + int(hours * HOUR_MS) // (15 * MINUTE_MS) * 15 * MINUTE_MS)

    changes = [
        a_change(n=0, at=at(20), kind=ChangeKind.STAFF, value=4),
        a_change(n=1, at=at(30), kind=ChangeKind.POLICY, procedure=10, method=LinkageMethod.BATCH_IMPORT),
        a_change(n=2, at=at(34), kind=ChangeKind.LINE, value=300),
        a_change(n=3, at=at(40), kind=ChangeKind.REGISTRY_FEED, value=0),
        a_change(n=4, at=at(90), kind=ChangeKind.REGISTRY_FEED, value=1),
        a_change(n=5, at=at(58), kind=ChangeKind.CORE_OFFLINE, value=200),
        a_change(n=6, at=at(60), kind=ChangeKind.BATCH_ABORTS, value=2),
        a_change(n=7, at=at(60), kind=ChangeKind.BATCH_TWICE, value=1),
    ]
    statuses = await run(town, spec, days=6, changes=changes)
    assert trace_hash(statuses.lines) != planned(spec, (), SimTime(spec.start + 6 * DAY_MS))


async def test_proxies_and_strangers_meet_the_same_fate_as_in_the_plan(town: Town, run_id: str) -> None:
    """Identification by the copied mapping, by insured number, and by a clerk who finds nobody."""
    spec = replace(
        a_spec(run_id, demand={"background_scale": 1.0, "background_volumes": ((16, 10_000.0),)}),
        identification=IdentificationSpec(
            p_proxy=0.2, p_care_proxy=0.5, p_insured_number_wrong=0.3, p_stranger=0.2, p_variant=0.3, variant_factor=2.0
        ),
    )
    statuses = await run(town, spec, days=8)
    assert {"IDENTIFY", "FAIL_IDENTIFICATION", "NOT_ACCEPT"} < {line.action for line in statuses.lines}


async def test_who_files_twice_meets_the_same_fate_as_in_the_plan(town: Town, run_id: str) -> None:
    doubles = DoubleSpec(p_online=0.3, p_paper=0.2, found_by_match=0.4, found_by_clerk=0.2, found_by_core=0.2)
    statuses = await run(town, replace(a_spec(run_id), doubles=doubles), days=9)
    refused = [line.submission_id for line in statuses.lines if line.action == "NOT_ACCEPT"]
    assert refused
    assert all(name.endswith("-2") for name in refused)


async def test_a_prefectures_cases_end_in_the_one_stop_service(town: Town, run_id: str) -> None:
    spec = a_spec(
        run_id,
        municipality="480002",
        demand={
            "background_scale": 1.0,
            "background_online_share": 1.0,
            "background_volumes": tuple((number, 20_000.0) for number in (28, 29, 30, 31)),
        },
    )
    statuses = await run(town, spec, days=6)
    actions = {line.action for line in statuses.lines}
    assert "REGISTER" in actions
    assert not actions & {"IDENTIFY", "FAIL_IDENTIFICATION", "CHECK"}


@pytest.mark.parametrize("victim", ["app_mgmt", "core_systems"])
async def test_a_killed_service_changes_nothing(killable_town: Town, run_id: str, victim: str) -> None:
    town = killable_town
    spec = a_spec(run_id)
    statuses, feed = await town.statuses(spec), town.feed(spec)
    service = getattr(town, victim)
    assert isinstance(service, ChildService)
    end = SimTime(spec.start + 6 * DAY_MS)
    await drive(feed, statuses, SimTime(spec.start + 2 * DAY_MS))
    # In the middle of the work: what it had begun is lost, what it had committed is not.
    await feed.poll_until(SimTime(spec.start + 4 * DAY_MS))
    await service.kill()
    await service.start()
    await statuses.reached(feed.watermark)
    await drive(feed, statuses, end)
    assert trace_hash(statuses.lines, end=end) == planned(spec, (), end)


async def test_processes_that_come_and_go_share_the_work_and_change_nothing(killable_town: Town, run_id: str) -> None:
    town = killable_town
    assert town.another is not None
    specs = [a_spec(run_id, municipality=f"48201{n}", partition=n) for n in range(4)]
    runs = [(town.feed(spec), await town.statuses(spec)) for spec in specs]
    end = SimTime(specs[0].start + 5 * DAY_MS)

    async def all_until(days: int) -> None:
        await asyncio.gather(*(drive(*run, SimTime(specs[0].start + days * DAY_MS)) for run in runs))

    await all_until(1)
    others = [town.another(name) for name in ("app_mgmt", "core_systems")]
    for other in others:
        town.stack.push_async_callback(other.kill)
        await other.start()
    await all_until(3)
    await others[0].kill()
    assert await others[1].stop() == 0
    await all_until(5)
    for spec, (_, statuses) in zip(specs, runs, strict=True):
        assert trace_hash(statuses.lines, end=end) == planned(spec, (), end)


async def test_a_log_that_is_sent_again_changes_nothing(town: Town, run_id: str) -> None:
    spec = a_spec(run_id)
    statuses, feed = await town.statuses(spec), town.feed(spec)
    await drive(feed, statuses, SimTime(spec.start + 2 * DAY_MS))
    sent, lines = list(feed.sent), len(statuses.lines)
    await feed.deliver(sent)
    end = SimTime(spec.start + 3 * DAY_MS)
    await drive(feed, statuses, end)
    assert len(statuses.lines) > lines
    assert trace_hash(statuses.lines, end=end) == planned(spec, (), end)


async def test_both_stages_of_the_ledger_know_the_same_cases(town: Town, run_id: str) -> None:
    spec = a_spec(run_id, line={"bandwidth_mbps": 0.5})
    statuses, feed = await town.statuses(spec), town.feed(spec)
    stages = [LedgerServiceStub(town.core), LedgerServiceStub(town.inquiry)]
    for hours in (13, 40, 70):
        await drive(feed, statuses, SimTime(spec.start + hours * HOUR_MS))
        core = await stages[0].GetStage(control.GetStageRequest(run_id=run_id, municipality=spec.municipality))
        asked = control.GetStageRequest(run_id=run_id, municipality=spec.municipality, before_ms=core.watermark_ms)
        app_mgmt = await stages[1].GetStage(asked)
        assert (core.known, core.fingerprint) == (app_mgmt.known, app_mgmt.fingerprint)
        assert core.known > 0
        assert app_mgmt.watermark_ms >= core.watermark_ms
    registered = {line.line: line.count for line in app_mgmt.lines}["registered"]
    assert registered == sum(line.count for line in core.lines)
    listed = control.ListStageIdsRequest(run_id=run_id, municipality=spec.municipality, before_ms=core.watermark_ms)
    ids = [{name async for part in stage.ListStageIds(listed) for name in part.submission_ids} for stage in stages]
    assert ids[0] == ids[1]
    assert len(ids[0]) == core.known


async def test_the_inquiry_screen_shows_what_was_told(town: Town, run_id: str) -> None:
    spec = a_spec(run_id)
    statuses = await run(town, spec, days=4)
    stub = InquiryServiceStub(town.inquiry)
    seen: list[str] = []
    token = ""
    while True:
        page = await stub.ListCases(
            inquiry.ListCasesRequest(
                run_id=run_id, municipality=spec.municipality, page_size=7, page_token=token, procedure=10
            )
        )
        seen += [case.application.submission_id for case in page.cases]
        token = page.next_page_token
        if not token:
            break
    assert len(seen) == len(set(seen))
    assert set(seen) == {line.submission_id for line in statuses.lines}
    for change in list(statuses.by_case.values())[:5]:
        case = (await stub.GetCase(inquiry.GetCaseRequest(receipt_number=change.receipt_number))).case
        told = [line for line in statuses.lines if line.submission_id == change.submission_id]
        assert [row.at_ms for row in case.history] == [line.at for line in told]
        assert case.status == change.transitions[-1].status
        assert case.resident_number
        assert case.application.applicant.name


async def test_corrections_and_withdrawals_give_the_plans_trace_with_an_office_rebuilt_on_the_way(
    killable_town: Town, run_id: str
) -> None:
    town = killable_town
    spec = a_spec(
        run_id,
        defects=defects(rate=0.4, rate_of_replies=0.3, found_by_format_check=0.3),
        corrections=corrections(p_reply=0.8, max_requests=1, deadline_ms=3 * DAY_MS),
        withdrawals=withdrawals(share=0.2),
    )
    end = SimTime(spec.start + 8 * DAY_MS)
    reactions = planned_reactions(spec, (), end)
    assert {reaction.kind for reaction in reactions} == set(ReactionKind)
    statuses, feed = await town.statuses(spec), town.feed(spec, reactions=reactions)
    await drive(feed, statuses, SimTime(spec.start + 5 * DAY_MS))
    assert isinstance(town.core_systems, ChildService)
    await town.core_systems.kill()
    await town.core_systems.start()
    await feed.deliver(list(feed.sent))
    await drive(feed, statuses, end)
    assert trace_hash(statuses.lines, end=end) == planned(spec, (), end)
    actions = {line.action for line in statuses.lines}
    assert actions >= {"REQUEST_CORRECTION", "CORRECT", "NOT_ACCEPT", "EXPIRE", "WITHDRAW"}
