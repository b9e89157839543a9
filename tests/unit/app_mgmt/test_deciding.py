from dataclasses import replace

import pytest

from app_mgmt.handlers.deciding import dead_letter, decide, inconsistency, polled_until, refresh_needed
from app_mgmt.handlers.values import IntakeRun, ReceivedApplication, RefusedMessage, RunKey
from shinsei.domain.identification import SerialMapping, last_refresh
from shinsei.domain.lifecycle import Action, Status
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import ChangeKind, PolicySpec, TakenAs
from shinsei.domain.simtime import DAY_MS, HOUR_MS, MINUTE_MS, SimTime
from shinsei.testing.builders import A_MUNICIPALITY, JUNE_FIRST, a_change, a_run_spec

KEY = RunKey(run_id="run-1", municipality=A_MUNICIPALITY)
NOON = SimTime(JUNE_FIRST + 12 * HOUR_MS)


def an_application(**changes: object) -> ReceivedApplication:
    default = ReceivedApplication(
        submission_id=f"{A_MUNICIPALITY}-10-000001",
        receipt_number="1000000000000001",
        procedure=10,
        serial_number="SAMPLE1",
        submitted_at=SimTime(NOON - HOUR_MS),
        fetched_at=NOON,
        payload=b"",
    )
    return replace(default, **changes)  # type: ignore[arg-type]


def a_run(**changes: object) -> IntakeRun:
    default = IntakeRun(
        spec=a_run_spec(),
        changes=(),
        closed=False,
        last_number=1,
        watermark=JUNE_FIRST,
        refreshed_until=SimTime(0),
    )
    return replace(default, **changes)  # type: ignore[arg-type]


def a_copy(valid_from: int) -> dict[str, SerialMapping]:
    return {"SAMPLE1": SerialMapping(serial="SAMPLE1", resident="999000000000001", valid_from=SimTime(valid_from))}


def test_a_certificate_in_the_last_refresh_identifies_its_owner() -> None:
    refresh = last_refresh(a_run_spec(), (), NOON)
    decision = decide(a_run(), an_application(), a_copy(refresh))
    assert [row.action for row in decision.transitions] == [Action.FETCH, Action.STORE, Action.IDENTIFY]
    assert decision.resident_number == "999000000000001"
    assert {row.at for row in decision.transitions} == {NOON}


@pytest.mark.parametrize(
    ("state", "action", "known"),
    [(TakenAs.QUARANTINED, Action.QUARANTINE, True), (TakenAs.LAPSED, Action.LAPSE, False)],
)
def test_a_case_that_did_not_come_in_whole_is_not_stored_yet(state: TakenAs, action: Action, *, known: bool) -> None:
    decision = decide(a_run(), an_application(taken_as=state), a_copy(last_refresh(a_run_spec(), (), NOON)))
    assert [(row.action, row.method) for row in decision.transitions] == [(action, None)]
    assert (decision.identified, decision.method) == (known, LinkageMethod.TRANSCRIPTION)


def test_a_certificate_newer_than_the_last_refresh_is_not_seen_though_the_copy_has_it() -> None:
    refresh = last_refresh(a_run_spec(), (), NOON)
    decision = decide(a_run(), an_application(), a_copy(refresh + 1))
    assert decision.status is Status.UNIDENTIFIED
    assert decision.resident_number == ""


def test_an_application_without_a_signature_goes_to_a_clerk() -> None:
    decision = decide(a_run(), an_application(serial_number=""), {"": a_copy(0)["SAMPLE1"]})
    assert decision.status is Status.UNIDENTIFIED


def test_the_method_is_the_policys_at_that_moment() -> None:
    policy = PolicySpec(default=LinkageMethod.RPA, by_procedure=((10, LinkageMethod.BATCH_IMPORT),))
    change = a_change(at=NOON, kind=ChangeKind.POLICY, procedure=10, method=LinkageMethod.SCREEN_IMPORT)
    run = a_run(spec=a_run_spec(policy=policy), changes=(change,))
    before = decide(run, an_application(fetched_at=SimTime(NOON - 1)), {})
    after = decide(run, an_application(), {})
    assert (before.method, after.method) == (LinkageMethod.BATCH_IMPORT, LinkageMethod.SCREEN_IMPORT)


def test_a_prefectures_case_goes_to_the_one_stop_service_unidentified() -> None:
    run = a_run(spec=a_run_spec(municipality="480002"))
    decision = decide(run, an_application(procedure=28), a_copy(0))
    assert decision.method is LinkageMethod.ONE_STOP_SERVICE
    assert decision.status is Status.STORED
    assert not decision.identified


def test_a_message_that_names_its_case_ends_it() -> None:
    decision = dead_letter(RefusedMessage(submission_id=f"{A_MUNICIPALITY}-10-000001", at=NOON, reason="broken"))
    assert decision is not None
    assert [row.action for row in decision.transitions] == [Action.FETCH, Action.DEAD_LETTER]
    assert decision.transitions[-1].detail == "broken"


def test_a_message_of_no_known_case_ends_nothing() -> None:
    assert dead_letter(RefusedMessage(submission_id=None, at=NOON, reason="broken")) is None


@pytest.mark.parametrize(
    ("changes", "run_id", "municipality", "word"),
    [
        ({}, "run-2", A_MUNICIPALITY, "run-2"),
        ({}, "run-1", "482021", "482021"),
        ({"submission_id": "482021-10-000001"}, "run-1", A_MUNICIPALITY, "begin"),
        ({"receipt_number": ""}, "run-1", A_MUNICIPALITY, "receipt"),
        ({"submitted_at": SimTime(NOON + 1)}, "run-1", A_MUNICIPALITY, "accepted"),
        ({"submitted_at": SimTime(0)}, "run-1", A_MUNICIPALITY, "accepted"),
        ({"procedure": 28}, "run-1", A_MUNICIPALITY, "prefecture"),
        ({"procedure": 99}, "run-1", A_MUNICIPALITY, "catalogue"),
    ],
)
def test_what_cannot_be_true_is_named(changes: dict[str, object], run_id: str, municipality: str, word: str) -> None:
    problem = inconsistency(KEY, an_application(**changes), run_id, municipality)
    assert problem is not None
    assert word in problem


def test_what_is_in_order_is_not_refused() -> None:
    assert inconsistency(KEY, an_application(), "run-1", A_MUNICIPALITY) is None


def test_a_refresh_is_pulled_once() -> None:
    watermark = SimTime(NOON + DAY_MS)
    needed = refresh_needed(a_run(), (), watermark)
    assert needed == last_refresh(a_run_spec(), (), SimTime(watermark - 1))
    assert refresh_needed(a_run(refreshed_until=needed), (), watermark) is None


def test_a_refresh_at_the_watermark_is_not_needed_before_it() -> None:
    at_three = SimTime(JUNE_FIRST + 3 * HOUR_MS)
    before = refresh_needed(a_run(), (), at_three)
    assert before == JUNE_FIRST - DAY_MS + 3 * HOUR_MS
    # A case at three o'clock itself still sees the refresh of the day before; one millisecond later does not.
    assert refresh_needed(a_run(refreshed_until=before), (), SimTime(at_three + 1)) is None
    assert refresh_needed(a_run(refreshed_until=before), (), SimTime(at_three + 2)) == at_three


def test_polls_in_an_outage_bring_nothing_behind_the_ledgers_watermark() -> None:
    spec = a_run_spec()
    outage = a_change(at=SimTime(NOON - HOUR_MS), kind=ChangeKind.LINE, value=120)
    assert polled_until(spec, (), NOON) == NOON - 15 * MINUTE_MS
    assert polled_until(spec, (outage,), NOON) == NOON - HOUR_MS - 15 * MINUTE_MS
    assert polled_until(spec, (), spec.start) == spec.start
