"""The lines under the verdict: what was accepted and is not fetched yet, and what can be done now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shinsei.domain.forecast import Prospect
from shinsei.domain.remedy import MOST_MORE, Remedy
from shinsei.domain.run import ChangeKind
from shinsei.room.alerts import calling
from shinsei.room.twins import Twin
from shinsei.room.verdict import WORST_FIRST, Judged
from shinsei.season.text import Text
from shinsei.season.words import join

_IN_DANGER = frozenset({Prospect.AT_RISK, Prospect.LOST})
_MOST_TWINS = 6
"""Runs for which it is told what would save them; of more, the worst."""
_SAID_BY = "NothingComesBack"
"""The alert that says, minutes later, what the room sees for itself."""
_COMMANDS = {ChangeKind.STAFF: "staff", ChangeKind.ROBOTS: "robots"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What stands beside the runs themselves."""

    office_open: bool
    line_down: bool
    """Polls fail now."""
    unfetched: int | None
    """Accepted and not yet fetched, over all open runs; None where the portal does not say."""
    unaccounted: int
    late: int | None = None
    """Of those not yet fetched, what was accepted after filing had closed; None where that is not known, or never."""
    paused: bool = False
    is_left: bool = False
    """Nobody drives the season any more, and not all of it is through."""
    stalled: Sequence[Text] = ()
    """Runs of which nothing comes back, though something is out."""
    stopped: int = 0
    """Partitions that wait for a person."""
    unsettled: int = 0
    """Dead letters about which nobody has decided."""
    all_at_risk: int = 0
    """Cases of all municipalities, where not all are shown, that would miss the target at the present pace."""
    missing: Sequence[Text] = ()
    """What did not answer."""
    alerts: Sequence[Mapping[str, Any]] = ()

    @property
    def is_hindered(self) -> bool:
        """Whether something stands still that the replays take for running."""
        return bool(self.stopped or self.missing or calling(self.alerts))


def unfetched_line(at: Circumstances) -> Text:
    """Where the cases are that the municipality does not have yet."""
    if at.unfetched is None:
        return Text(
            "The portal does not say what is not fetched yet; what it has accepted is safe there.",
            "未取得の件数をポータルから得られません。受付済みの申請はポータルに保管されています。",
        )
    if not at.unfetched:
        return Text("Everything accepted has been fetched.", "受付済みの申請はすべて取得済みです。")
    if at.late is None:
        where = "safe at the portal, and on time if accepted by the deadline"
        return Text(
            f"{at.unfetched:,} accepted and not yet fetched: {where}.",
            f"受付済み・未取得は{at.unfetched:,}件。ポータルに保管されており、期限までに受付済みなら期限内の扱いです。",
        )
    return _in_time(at.unfetched - at.late) + _too_late(at.late)


def _in_time(unfetched: int) -> Text:
    if unfetched <= 0:
        return Text("Everything accepted in time has been fetched.", "期限内の受付はすべて取得済みです。")
    where = "safe at the portal, and on time whenever they are fetched"
    return Text(
        f"{unfetched:,} accepted in time and not yet fetched: {where}.",
        f"期限内に受付済み・未取得は{unfetched:,}件。ポータルに保管されており、取得が遅れても期限内の扱いです。",
    )


def _too_late(unfetched: int) -> Text:
    if not unfetched:
        return Text("", "")
    return Text(
        f" Of what was accepted after the deadline, {unfetched:,} are not fetched yet.",
        f"期限後の受付のうち未取得は{unfetched:,}件です。",
    )


def todo(twins: Judged, at: Circumstances) -> list[dict[str, str]]:
    """What can be done now, most urgent first."""
    found = urgent(at)
    in_danger = sorted(
        (one for one in twins if one[1].prospect in _IN_DANGER), key=lambda one: WORST_FIRST.index(one[1].prospect)
    )
    for twin, _ in in_danger[:_MOST_TWINS]:
        found += _remedies(twin)
    if len(in_danger) > _MOST_TWINS:
        found.append(_more(len(in_danger) - _MOST_TWINS))
    if in_danger and not at.office_open:
        found.append(_closed())
    return found or [_do("Nothing has to be done now.", "いま必要な対応はありません。")]


def urgent(at: Circumstances) -> list[dict[str, str]]:
    """What hinders any run, judged or not."""
    return [*_lost(at), *_standing_still(at), *_waiting(at)]


def start() -> list[dict[str, str]]:
    """What can be done where nothing runs."""
    return [_do("A season is started in a terminal:", "端末から開始できます:", "shinsei season smoke --speed 3600")]


def settle(at: Circumstances) -> Iterator[dict[str, str]]:
    """What waits for a decision, whether a season runs or not."""
    if at.unsettled:
        wait = "1 dead letter waits" if at.unsettled == 1 else f"{at.unsettled:,} dead letters wait"
        line = _do(
            f"{wait} for a decision: see what could not be used.",
            f"処理不能として退避されたメッセージが{at.unsettled:,}件、未対応です。内容を確認して対応を決めてください。",
            "shinsei dead-letters list",
        )
        yield {**line, "runbook": "docs/operations.md#deadlettersnonzero"}


def _lost(at: Circumstances) -> Iterator[dict[str, str]]:
    if at.unaccounted:
        yield _do(
            f"{at.unaccounted:,} cases are unaccounted for: find where they were last seen.",
            f"所在不明が{at.unaccounted:,}件あります。最後の所在を確認してください。",
            "shinsei ledger",
        )


def _standing_still(at: Circumstances) -> Iterator[dict[str, str]]:
    if at.is_left:
        yield _do(
            "Nobody drives this season any more: its command has ended, and simulated time stands still. "
            "Go on where it was started (flat out, or with a --speed):",
            "シーズンを進めるコマンドが終了しており、模擬時刻が止まっています。"
            "開始したフォルダーで再開してください(--speed なしは最速):",
            "shinsei season --resume",
        )
    if at.stalled and not _says_why_nothing_comes_back(at):
        yield _stalled(join(list(at.stalled)))
    if at.stopped:
        stopped, wait = ("1 partition has", "it") if at.stopped == 1 else (f"{at.stopped:,} partitions have", "them")
        yield _do(
            f"{stopped} stopped; the municipalities of {wait} wait until somebody mends what is there.",
            f"{at.stopped:,}個の区画が停止しています。復旧するまでその区画の自治体は待ちの状態です。",
            "shinsei status",
        )
    if at.missing:
        yield _do(
            f"No answer from {', '.join(one.en for one in at.missing)}: see whether it comes back.",
            f"応答なし: {'、'.join(one.ja for one in at.missing)}。復帰するか確認してください。",
            "shinsei status",
        )
    for first, *others in calling(at.alerts):
        name, told = first["name"], first["summary"]
        more, more_ja = (f" … and {len(others)} more", f"ほか{len(others)}件") if others else ("", "")
        line = _do(f"{name}: {told['en']}{more}", f"{name}: {told['ja'] or told['en']}{more_ja}")
        yield {**line, "runbook": first["runbook"]}


def _says_why_nothing_comes_back(at: Circumstances) -> bool:
    """Whether another line does, or says the same."""
    return bool(at.stopped) or any(first["name"] == _SAID_BY for first, *_ in calling(at.alerts))


def _stalled(names: Text) -> dict[str, str]:
    line = _do(
        f"Nothing has come back from {names.en} for half a minute, though something is out: find where it stops.",
        f"{names.ja}から30秒以上何も戻っていません(送信済みの分あり)。止まっている段階を確認してください。",
        "shinsei ledger",
    )
    return {**line, "runbook": f"docs/operations.md#{_SAID_BY.lower()}"}


def _waiting(at: Circumstances) -> Iterator[dict[str, str]]:
    if at.line_down:
        yield _do(
            "The line to the portal is down. Filing goes on; plan for the wave when it is up again.",
            "ポータルとの回線が断です。受付は続きます。復旧直後の集中に備えてください。",
            "shinsei control list",
        )
    if at.all_at_risk:
        yield _do(
            "Municipalities that are not shown may be in danger: see in which the most is in flight.",
            "表示されていない自治体が危険な可能性があります。処理中の多い自治体を確認してください。",
            "shinsei ledger",
        )
    yield from settle(at)
    if at.paused:
        yield _do(
            "The season is paused: simulated time stands still. Whoever has the token lets it go on under Clock below.",
            "一時停止中です。模擬時刻は止まっています。下の「時計」でトークンを入力して再開できます。",
        )


def _remedies(twin: Twin) -> Iterator[dict[str, str]]:
    found = twin.foreseen.remedies
    if found is None:
        yield _do(f"{twin.name.en}: what would save it is being worked out.", f"{twin.name.ja}: 対策を試算しています。")
    elif not found:
        seats = twin.spec.office.login_seats
        yield _do(
            f"{twin.name.en}: not even {MOST_MORE} more clerks would meet the target ({seats} login seats): "
            "tell those who wait.",
            f"{twin.name.ja}: 職員を{MOST_MORE}人増やしても目標に届きません(ログイン枠{seats})。"
            "待つ方へ案内してください。",
        )
    else:
        yield from (_remedy(twin, one) for one in found)


def _remedy(twin: Twin, one: Remedy) -> dict[str, str]:
    command = f"shinsei control {_COMMANDS[one.kind]} {one.value} --city {twin.spec.municipality}"
    if one.kind is ChangeKind.ROBOTS:
        return _do(
            f"{twin.name.en}: {one.value} robots would meet the target.",
            f"{twin.name.ja}: ロボット{one.value}台で目標に届く見込みです。",
            command,
        )
    return _do(
        f"{twin.name.en}: {one.value} clerks from the next opening would meet the target.",
        f"{twin.name.ja}: 次の開庁から職員{one.value}人で目標に届く見込みです。",
        command,
    )


def _more(others: int) -> dict[str, str]:
    return _do(
        f"… and {others} more in danger: the table of methods below has them.",
        f"ほか{others}自治体が危険な状態です。下の連携方式の表を確認してください。",
    )


def _closed() -> dict[str, str]:
    return _do(
        "The office is closed: what is ordered now takes effect when it opens. The portal goes on accepting.",
        "閉庁中です。今の指示は次の開庁から有効です。ポータルの受付は続きます。",
        "shinsei control list",
    )


def _do(english: str, japanese: str, command: str = "") -> dict[str, Any]:
    return {"en": english, "ja": japanese, "command": command}
