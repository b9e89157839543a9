"""What can be done now, most urgent first, each with the command that does it, where there is one."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from shinsei.cli.__main__ import run
from shinsei.domain.forecast import Prospect
from shinsei.domain.remedy import Remedy
from shinsei.domain.run import ChangeKind
from shinsei.room.todo import Circumstances, todo, unfetched_line
from shinsei.room.twins import Twin
from shinsei.season.text import Text

if TYPE_CHECKING:
    from tests.unit.room.conftest import MakeTwin

QUIET = Circumstances(office_open=True, line_down=False, unfetched=0, unaccounted=0)
SAFE = "accepted in time and not yet fetched: safe at the portal, and on time whenever they are fetched."
SAFE_JA = "ポータルに保管されており、取得が遅れても期限内の扱いです。"
DONE = "Everything accepted in time has been fetched."


def an_alert(name: str, *, state: str = "firing", severity: str = "page", **labels: str) -> dict[str, Any]:
    summary = {"en": "It hangs.", "ja": ""}
    place = f"docs/operations.md#{name.lower()}"
    alert = {"name": name, "labels": labels, "state": state, "severity": severity, "summary": summary}
    return {**alert, "runbook": place}


def lines(twin: Twin, at: Circumstances) -> list[str]:
    return [one["en"] for one in todo([(twin, twin.forecast(line_down=False))], at)]


def test_a_safe_season_asks_for_nothing(a_twin: "MakeTwin") -> None:
    assert lines(a_twin(), replace(QUIET, office_open=False)) == ["Nothing has to be done now."]


def test_what_is_lost_comes_before_what_is_late(a_twin: "MakeTwin") -> None:
    found = lines(a_twin(Prospect.LOST), Circumstances(office_open=False, line_down=True, unfetched=3, unaccounted=2))
    assert [line.split(" ", 3)[:3] for line in found] == [
        ["2", "cases", "are"],
        ["The", "line", "to"],
        ["Transcription:", "what", "would"],
        ["The", "office", "is"],
    ]


def test_a_safe_season_that_hangs_has_something_to_do(a_twin: "MakeTwin") -> None:
    hangs = replace(QUIET, stopped=1, missing=(Text("core_systems", "基幹"),), alerts=(an_alert("NothingComesBack"),))
    assert [line.split(":")[0] for line in lines(a_twin(), hangs)] == [
        "1 partition has stopped; the municipalities of it wait until somebody mends what is there.",
        "No answer from core_systems",
        "NothingComesBack",
    ]
    assert hangs.is_hindered


def test_a_season_that_nobody_drives_is_gone_on_with_first_of_all_that_stands_still(a_twin: "MakeTwin") -> None:
    twin, left = a_twin(), replace(QUIET, is_left=True, stopped=1)
    first, second = todo([(twin, twin.forecast(line_down=False))], left)
    assert first["en"].startswith("Nobody drives this season any more")
    assert "再開" in first["ja"]
    assert [one["command"] for one in (first, second)] == ["shinsei season --resume", "shinsei status"]


def test_what_does_not_come_back_is_told_of_whom_until_an_alert_or_a_stopped_partition_says_so(
    a_twin: "MakeTwin",
) -> None:
    stalled = replace(QUIET, stalled=(Text("RPA", "RPA"), Text("Batch import", "一括取込")))
    (line,) = lines(a_twin(), stalled)
    assert line.startswith("Nothing has come back from RPA and Batch import for half a minute")
    (line,) = lines(a_twin(), replace(stalled, alerts=[an_alert("NothingComesBack")]))
    assert line == "NothingComesBack: It hangs."
    (line,) = lines(a_twin(), replace(stalled, stopped=1))
    assert line.startswith("1 partition has stopped")
    assert lines(a_twin(), replace(stalled, alerts=[an_alert("NothingComesBack", state="pending")]))[0].startswith(
        "Not"
    )


def test_an_alert_asks_for_something_if_it_calls_somebody_now_and_is_not_said_already(a_twin: "MakeTwin") -> None:
    found = (an_alert("OutboxStuck", state="pending"), an_alert("FaultSet", severity="ticket"), an_alert("LineDown"))
    assert lines(a_twin(), replace(QUIET, alerts=found)) == ["Nothing has to be done now."]


def test_one_fault_is_one_line_however_many_alerts_it_raises(a_twin: "MakeTwin") -> None:
    stalled = [
        an_alert("ConsumerStalled", part="app_mgmt", topic="work.completed", partition=f"{n}") for n in range(16)
    ]
    twins = [a_twin(Prospect.LOST, n=n) for n in range(4)]
    found = todo([(one, one.forecast(line_down=False)) for one in twins], replace(QUIET, alerts=stalled))
    assert [one["en"].split(":")[0] for one in found] == ["ConsumerStalled", *(twin.name.en for twin in twins)]
    assert found[0]["en"] == "ConsumerStalled: It hangs. … and 15 more"
    assert found[0]["ja"] == "ConsumerStalled: It hangs.ほか15件"


@pytest.mark.parametrize(
    ("by", "one", "is_quiet"),
    [
        (an_alert("PartMissing", part="app_mgmt"), an_alert("OutboxStuck", part="app_mgmt"), True),
        (an_alert("PartMissing", part="app_mgmt"), an_alert("OutboxStuck", part="core_systems"), False),
        (an_alert("PartMissing", part="app_mgmt"), an_alert("NothingComesBack"), False),
        (an_alert("PartMissing", state="pending"), an_alert("OutboxStuck"), False),
        (an_alert("PartitionStopped", part="a", topic="t"), an_alert("ConsumerStalled", part="a", topic="t"), True),
        (an_alert("PartitionStopped", part="a", topic="t"), an_alert("ConsumerStalled", part="a", topic="u"), False),
        (an_alert("PartitionStopped", part="a", topic="t"), an_alert("OutboxStuck", part="a", topic="t"), False),
        (an_alert("PartitionStopped", part="a", topic="t"), an_alert("NothingComesBack"), True),
        (an_alert("LineDown"), an_alert("NotFetched"), True),
    ],
)
def test_what_another_alert_explains_is_kept_quiet_as_by_alertmanager(
    a_twin: "MakeTwin", by: dict[str, Any], one: dict[str, Any], *, is_quiet: bool
) -> None:
    (line, *_) = lines(a_twin(), replace(QUIET, alerts=[by, one]))
    assert line == ("Nothing has to be done now." if is_quiet else f"{one['name']}: It hangs.")


def test_a_remedy_has_its_command(a_twin: "MakeTwin") -> None:
    clerks, robots = Remedy(kind=ChangeKind.STAFF, value=7), Remedy(kind=ChangeKind.ROBOTS, value=3)
    twin = a_twin(Prospect.AT_RISK, remedies=(clerks, robots))
    found = todo([(twin, twin.forecast(line_down=False))], QUIET)
    assert [one["command"] for one in found] == [
        f"shinsei control staff 7 --city {twin.spec.municipality}",
        f"shinsei control robots 3 --city {twin.spec.municipality}",
    ]
    assert "7人" in found[0]["ja"]


def test_every_method_in_danger_is_told_what_would_save_it_the_worst_first(a_twin: "MakeTwin") -> None:
    prospects = (Prospect.AT_RISK, Prospect.SAFE, Prospect.LOST, Prospect.AT_RISK)
    twins = [a_twin(one, n=n, remedies=(Remedy(kind=ChangeKind.STAFF, value=7),)) for n, one in enumerate(prospects)]
    found = todo([(twin, twin.forecast(line_down=False)) for twin in twins], QUIET)
    assert [one["command"].split()[-1] for one in found] == [twins[n].spec.municipality for n in (2, 0, 3)]


def test_of_many_in_danger_the_worst_are_told_and_the_others_counted(a_twin: "MakeTwin") -> None:
    twins = [a_twin(Prospect.AT_RISK)] * 9 + [a_twin(Prospect.LOST, n=1)] * 3
    found = [one["en"] for one in todo([(twin, twin.forecast(line_down=False)) for twin in twins], QUIET)]
    assert len(found) == 7
    assert [line.startswith("RPA") for line in found[:4]] == [True, True, True, False]
    assert found[-1].startswith("… and 6 more in danger")


def test_what_a_line_wants_done_has_its_command_or_its_runbook_where_there_is_one(a_twin: "MakeTwin") -> None:
    twin = a_twin(Prospect.LOST, remedies=(Remedy(kind=ChangeKind.STAFF, value=7),))
    everything = Circumstances(
        office_open=False,
        line_down=True,
        unfetched=1,
        unaccounted=1,
        is_left=True,
        stopped=1,
        unsettled=2,
        missing=(Text("app_mgmt", "申請管理"),),
        alerts=(an_alert("OutboxStuck"),),
    )
    found = todo([(twin, twin.forecast(line_down=False))], everything)
    assert [one["command"] or one["runbook"] for one in found] == [
        "shinsei ledger",
        "shinsei season --resume",
        "shinsei status",
        "shinsei status",
        "docs/operations.md#outboxstuck",
        "shinsei control list",
        "shinsei dead-letters list",
        f"shinsei control staff 7 --city {twin.spec.municipality}",
        "shinsei control list",
    ]
    for one in found:
        if one["command"]:
            assert run([*one["command"].split()[1:], "--help"]) == 0, "there is such a command"


@pytest.mark.parametrize(("letters", "wait"), [(1, "1 dead letter waits"), (1_200, "1,200 dead letters wait")])
def test_a_dead_letter_waits_until_somebody_decides(a_twin: "MakeTwin", letters: int, wait: str) -> None:
    twin = a_twin()
    (line,) = todo([(twin, twin.forecast(line_down=False))], replace(QUIET, unsettled=letters))
    assert line["en"] == f"{wait} for a decision: see what could not be used."
    assert f"{letters:,}件" in line["ja"]
    assert line["runbook"] == "docs/operations.md#deadlettersnonzero"


def test_where_nothing_helps_any_more_it_says_so(a_twin: "MakeTwin") -> None:
    (found,) = lines(a_twin(Prospect.LOST, remedies=()), QUIET)
    assert "not even 16 more clerks would meet the target (6 login seats)" in found


def test_what_is_not_fetched_yet_is_said_to_be_safe() -> None:
    assert unfetched_line(QUIET).en == "Everything accepted has been fetched."
    assert unfetched_line(QUIET).ja == "受付済みの申請はすべて取得済みです。"


def test_what_is_not_fetched_yet_is_on_time_only_if_it_was_accepted_by_the_deadline() -> None:
    """Where nobody says how much of it was filed after the deadline."""
    found = unfetched_line(replace(QUIET, unfetched=1_240))
    assert (found.en, found.ja) == (
        "1,240 accepted and not yet fetched: safe at the portal, and on time if accepted by the deadline.",
        "受付済み・未取得は1,240件。ポータルに保管されており、期限までに受付済みなら期限内の扱いです。",
    )


@pytest.mark.parametrize(
    ("late", "said", "said_ja"),
    [
        (
            0,
            f"1,240 {SAFE}",
            f"期限内に受付済み・未取得は1,240件。{SAFE_JA}",
        ),
        (
            40,
            f"1,200 {SAFE} Of what was accepted after the deadline, 40 are not fetched yet.",
            f"期限内に受付済み・未取得は1,200件。{SAFE_JA}期限後の受付のうち未取得は40件です。",
        ),
        (
            1_240,
            f"{DONE} Of what was accepted after the deadline, 1,240 are not fetched yet.",
            "期限内の受付はすべて取得済みです。期限後の受付のうち未取得は1,240件です。",
        ),
    ],
)
def test_what_was_accepted_in_time_is_told_apart_from_what_came_too_late(late: int, said: str, said_ja: str) -> None:
    found = unfetched_line(replace(QUIET, unfetched=1_240, late=late))
    assert (found.en, found.ja) == (said, said_ja)
