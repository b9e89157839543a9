"""What a case waits for in each status, and which part of the wait fell in office hours: arithmetic on its history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.history import CaseTransition
from shinsei.domain.lifecycle import Action, Status
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.simtime import SimTime, day_number
from shinsei.season.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """What stands between a status and the next one."""

    what: Text
    resource: str
    """Whose turn it is: line, clerk, robot, window, interface, applicant, examination or others."""


_WAITS: Mapping[Status, Wait] = {
    Status.SUBMITTED: Wait(
        what=Text("the next poll, the line and the virus check", "次回の取得・回線・ウイルス検査待ち"), resource="line"
    ),
    Status.QUARANTINED: Wait(
        what=Text("a clerk to ask for the quarantined file again", "隔離ファイルの再提出依頼(職員)待ち"),
        resource="clerk",
    ),
    Status.LAPSED: Wait(
        what=Text("a clerk to recover it by hand, and the re-issue", "手作業での復旧と再交付待ち"), resource="clerk"
    ),
    Status.UNIDENTIFIED: Wait(
        what=Text("a clerk to find the resident", "職員による申請者の特定待ち"), resource="clerk"
    ),
    Status.IDENTIFIED: Wait(what=Text("a clerk's content check", "職員の内容確認待ち"), resource="clerk"),
    Status.CORRECTION_REQUESTED: Wait(what=Text("the applicant's reply", "申請者の補正待ち"), resource="applicant"),
    Status.REGISTERED: Wait(what=Text("the examination", "審査中"), resource="examination"),
    Status.EXAMINED: Wait(what=Text("a clerk to key in the result", "職員の審査結果入力待ち"), resource="clerk"),
    Status.GRANTED: Wait(what=Text("a clerk to send the notice", "職員の通知発送待ち"), resource="clerk"),
    Status.DENIED: Wait(what=Text("a clerk to send the notice", "職員の通知発送待ち"), resource="clerk"),
}
_LINKAGE: Mapping[LinkageMethod, tuple[Wait, Wait]] = {
    LinkageMethod.TRANSCRIPTION: (
        Wait(what=Text("a clerk and a login seat", "職員とログイン枠待ち"), resource="clerk"),
        Wait(what=Text("a clerk keys it, another checks", "職員が転記し、別の職員が確認"), resource="clerk"),
    ),
    LinkageMethod.RPA: (
        Wait(
            what=Text("a robot's next look, a licence and a login seat", "ロボットの次回起動・ログイン枠待ち"),
            resource="robot",
        ),
        Wait(what=Text("a robot keys it, a clerk reviews", "ロボットが入力し、職員が確認"), resource="robot"),
    ),
    LinkageMethod.SCREEN_IMPORT: (
        Wait(what=Text("a clerk and a login seat", "職員とログイン枠待ち"), resource="clerk"),
        Wait(what=Text("a clerk imports it on the screen", "職員が画面から取込"), resource="clerk"),
    ),
    LinkageMethod.BATCH_IMPORT: (
        Wait(what=Text("the next batch window", "次の一括取込枠待ち"), resource="window"),
        Wait(
            what=Text("the import job runs, a clerk reviews the list", "一括取込の実行と職員の結果確認"),
            resource="window",
        ),
    ),
    LinkageMethod.STANDARD_API: (
        Wait(what=Text("the interface's next run", "標準IFの次回実行待ち"), resource="interface"),
        Wait(what=Text("the interface transfers it", "標準IFによる連携"), resource="interface"),
    ),
    LinkageMethod.ONE_STOP_SERVICE: (
        Wait(what=Text("the national one-stop service", "OSSでの処理待ち"), resource="others"),
        Wait(what=Text("the national one-stop service", "OSSでの処理"), resource="others"),
    ),
}
_KEYED_INSTEAD = Wait(
    what=Text("a clerk keys what the machine refused", "機械で処理できなかった分を職員が入力"), resource="clerk"
)
_SYSTEMS = Wait(what=Text("application management", "申請管理システム"), resource="others")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The time between two transitions of a case, in simulated time."""

    since: SimTime
    until: SimTime
    status: Status
    wait: Wait
    open_ms: int
    """The part of it in office hours."""

    @property
    def took_ms(self) -> int:
        """All of it."""
        return self.until - self.since

    @property
    def closed_ms(self) -> int:
        """The part of it in which the office was closed."""
        return self.took_ms - self.open_ms


def wait_for(status: Status, method: LinkageMethod | None, *, returned: bool = False) -> Wait:
    """What a case in this status waits for, on this route.

    Args:
        status: where it stands.
        method: its route.
        returned: whether a machine has refused it.
    """
    if status in {Status.WAITING_FOR_LINKAGE, Status.LINKING}:
        if returned or method is None:
            return _KEYED_INSTEAD
        waiting, working = _LINKAGE[method]
        return waiting if status is Status.WAITING_FOR_LINKAGE else working
    return _WAITS.get(status, _SYSTEMS)


def stretches(history: Sequence[CaseTransition], calendar: BusinessCalendar) -> tuple[Stretch, ...]:
    """What a case waited for between each two of its transitions; those that took no time are left out."""
    found, returned, method = [], False, None
    for before, after in pairwise(history):
        returned = returned or before.action is Action.RETURN_TO_QUEUE
        method = before.method or method
        route = method or after.method
        if after.at > before.at:
            found.append(
                Stretch(
                    since=before.at,
                    until=after.at,
                    status=before.status,
                    wait=wait_for(before.status, route, returned=returned),
                    open_ms=open_ms(calendar, before.at, after.at),
                )
            )
    return tuple(found)


def open_ms(calendar: BusinessCalendar, since: SimTime, until: SimTime) -> int:
    """Milliseconds of office hours between two moments."""
    total = 0
    for day in range(day_number(since), day_number(until) + 1):
        hours = calendar.hours(day)
        if hours is not None:
            total += max(0, min(until, hours[1]) - max(since, hours[0]))
    return total
