"""The first line of the page: safe, at risk or lost, and when everything that was filed in time will be through."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shinsei.domain.forecast import Forecast, Prospect
from shinsei.domain.linkage_method import FOUR_METHODS
from shinsei.domain.simtime import SimTime, day_start
from shinsei.room.twins import Twin, both
from shinsei.season.text import Text
from shinsei.season.words import clock, day, join

Judged = Sequence[tuple[Twin, Forecast]]

WORST_FIRST = (Prospect.LOST, Prospect.AT_RISK, Prospect.UNKNOWN, Prospect.SAFE, Prospect.THROUGH)
WORDS: Mapping[Prospect, Text] = {
    Prospect.LOST: Text("Lost", "間に合わない"),
    Prospect.AT_RISK: Text("At risk", "危険"),
    Prospect.UNKNOWN: Text("Not foreseen yet", "予測前"),
    Prospect.SAFE: Text("Safe", "安全"),
    Prospect.THROUGH: Text("Through", "完了"),
}

_WELL = frozenset({Prospect.SAFE, Prospect.THROUGH})
_PROVIDED = Text(" Provided that what stands below is mended.", "下記の復旧が前提です。")
_STALLED = Text(" Provided that what was filed comes back again.", "戻りの再開が前提です。")
_LEFT_ALONE = Text(
    " Nobody drives this season any more: it holds only if it is resumed.",
    "シーズンを進めるコマンドが終了しているため、再開した場合の予測です。",
)
_PUT_OFF = Text(
    "it goes too fast for anybody to act on a forecast. The first one comes when it slows down, or in half a minute.",
    "対応が間に合わない速さで進んでいます。減速時、または約30秒後に最初の予測が出ます。",
)
_REPLAYED = Text(
    "the rest of the season is being replayed; the first forecast comes within seconds.",
    "残りの期間を試算しています。まもなく最初の予測が出ます。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A season of which only some municipalities are shown, and so foreseen."""

    shown: int
    of: int
    at_risk: int | None
    """What all would have left at the target at the present pace, as the derived views say; None: they say nothing."""

    def weigh(self, shown: Prospect) -> Prospect:
        """The prospect of all; nobody is called safe whom nobody has looked at."""
        if shown not in _WELL or self.at_risk == 0:
            return shown
        return Prospect.UNKNOWN if self.at_risk is None else Prospect.AT_RISK

    @property
    def sentence(self) -> Text:
        """Of whom the verdict is, and what is known of all."""
        text = Text(f" This is of the {self.shown} municipalities shown", f"表示中の{self.shown}自治体の判定です。")
        if self.at_risk is None:
            others = self.of - self.shown
            return text + Text(f"; of the other {others:,} nothing is known.", f"他の{others:,}自治体は不明です。")
        return text + Text(
            f"; of all {self.of:,}, {self.at_risk:,} cases filed in time would miss the target at the present pace.",
            f"全{self.of:,}自治体では、今のペースで目標に間に合わない期限内の申請は{self.at_risk:,}件です。",
        )


def judged(twins: Judged) -> Judged:
    """Those that are judged: the four methods, without the baseline beside them; a city by itself is its own."""
    return [one for one in twins if one[0].method in FOUR_METHODS] or list(twins)


def worst(twins: Judged) -> tuple[Prospect, Judged]:
    """The worst prospect that any has, and those that have it."""
    state = next(one for one in WORST_FIRST if any(forecast.prospect is one for _, forecast in twins))
    return state, [one for one in twins if one[1].prospect is state]


def worst_by_method(twins: Judged) -> dict[str, tuple[Prospect, int]]:
    """The worst prospect of those that go by one method, and what all of them together would have left."""
    found: dict[str, list[Forecast]] = defaultdict(list)
    for twin, forecast in twins:
        found[str(twin.method)].append(forecast)
    return {
        method: (min((one.prospect for one in those), key=WORST_FIRST.index), sum(one.left_at_target for one in those))
        for method, those in found.items()
    }


def oldest_by_method(twins: Judged) -> dict[str, tuple[float, float]]:
    """How old the forecasts are by which one method is judged, and for how long any has been too old, in real time."""
    found: dict[str, tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
    for twin, forecast in twins:
        if forecast.prospect is not Prospect.THROUGH:
            age_s, overdue_s = found[str(twin.method)]
            found[str(twin.method)] = max(age_s, twin.foreseen.age_s), max(overdue_s, twin.foreseen.overdue_s)
    return found


def verdict(
    twins: Judged,
    *,
    is_hindered: bool = False,
    is_stalled: bool = False,
    is_left: bool = False,
    whole: Whole | None = None,
) -> dict[str, Any]:
    """The verdict on those that are judged; the worst of them decides.

    Args:
        twins: those that are judged.
        is_hindered: something stands still; the replays do not know it, so it is said.
        is_stalled: nothing comes back; likewise.
        is_left: nobody drives the season any more; likewise.
        whole: the season, where not all of its municipalities are shown.
    """
    state, concerned = worst(twins)
    named = _named(concerned) if len(concerned) < len(twins) else Text("", "")
    is_open = state is not Prospect.THROUGH
    provisos = ((_PROVIDED, is_hindered and is_open), (_STALLED, is_stalled and is_open), (_LEFT_ALONE, is_left))
    stands = whole.weigh(state) if whole else state
    said = named + _sentence(state, concerned) + (whole.sentence if whole else Text("", ""))
    return {
        "state": str(stands),
        "word": both(WORDS[stands]),
        "sentence": both(sum((one for one, holds in provisos if holds), said)),
        "others": both(_others(state, twins)),
        "as_of": both(_as_of(twins)),
        "is_too_old": any(twin.foreseen.is_too_old for twin, _ in _foreseen(twins)),
    }


def idle() -> dict[str, Any]:
    """Where no run is open."""
    sentence = Text("no season is open.", "実行中のシーズンはありません。")
    return _plain("idle", Text("Quiet", "待機中"), sentence)


def unseen() -> dict[str, Any]:
    """Where the stack has not answered once."""
    sentence = Text("the stack has not answered yet.", "システムからまだ応答がありません。")
    return _plain("unknown", Text("No view", "確認不能"), sentence)


def standing(accepted: int, registered: int) -> dict[str, Any]:
    """Where a standing run is open, which has no deadline."""
    sentence = Text(
        f"a standing run, {accepted:,} accepted, {registered:,} registered; it has no deadline to be judged by.",
        f"常設の実行: 受付{accepted:,}件、登録{registered:,}件。期限がないため判定しません。",
    )
    return _plain("standing", Text("Running", "稼働中"), sentence)


def _plain(state: str, word: Text, sentence: Text) -> dict[str, Any]:
    nothing = both(Text("", ""))
    said = {"word": both(word), "sentence": both(sentence), "others": nothing, "as_of": nothing}
    return {"state": state, **said, "is_too_old": False}


def _foreseen(twins: Judged) -> Judged:
    """Those whose prospect is that of a forecast."""
    return [one for one in twins if one[1].prospect not in {Prospect.THROUGH, Prospect.UNKNOWN}]


def _as_of(twins: Judged) -> Text:
    """For which simulated moment the oldest forecast was made."""
    known = [(twin.foreseen.as_of, twin.foreseen.is_too_old) for twin, _ in _foreseen(twins)]
    moments = [moment for moment, _ in known if moment is not None]
    if not moments:
        return Text("", "")
    first = min(moments)
    when = day(first) + Text(f" {clock(first)}", f" {clock(first)}")
    if any(is_too_old for _, is_too_old in known):
        return Text(f"Forecast as of {when.en}: too old by now.", f"予測は{when.ja}時点(古い予測です)。")
    return Text(f"Forecast as of {when.en}.", f"予測は{when.ja}時点。")


def _named(concerned: Judged) -> Text:
    names = join([twin.name for twin, _ in concerned])
    return Text(f"{names.en}: ", f"{names.ja}: ")


def _sentence(state: Prospect, concerned: Judged) -> Text:
    target = day(SimTime(concerned[0][0].target - 1))
    if state is Prospect.UNKNOWN:
        return _PUT_OFF if concerned[0][0].foreseen.is_put_off else _REPLAYED
    if state is Prospect.THROUGH:
        return Text("everything filed in time is registered.", "期限内の申請はすべて登録済みです。")
    last = max((forecast for _, forecast in concerned), key=lambda one: (one.likely is None, one.likely or 0))
    left = max(left for _, left in worst_by_method(concerned).values())
    return _through(last, target) + (_left(left) if left and state is not Prospect.SAFE else Text("", ""))


def _through(forecast: Forecast, target: Text) -> Text:
    likely, early, late = (_when(one) for one in (forecast.likely, forecast.early, forecast.late))
    spread = Text(f" ({early.en} to {late.en})", f"、幅は{early.ja}〜{late.ja}") if early != late else Text("", "")
    met = Text(
        f"; {forecast.met} of {forecast.replays} replays meet the target, {target.en}.",
        f"。目標{target.ja}に間に合う試算は{forecast.replays}回中{forecast.met}回。",
    )
    return Text(f"through on {likely.en}", f"{likely.ja}に完了の見込み") + spread + met


def _left(left: int) -> Text:
    return Text(f" {left:,} cases would still wait then.", f"その時点で約{left:,}件が残ります。")


def _others(state: Prospect, twins: Judged) -> Text:
    """How the ones stand that the verdict is not about."""
    parts = []
    for one in WORST_FIRST:
        names = [twin.name for twin, forecast in twins if forecast.prospect is one]
        if names and one is not state:
            listed = join(names)
            parts.append(Text(f"{WORDS[one].en}: {listed.en}.", f"{WORDS[one].ja}: {listed.ja}。"))
    return Text(" ".join(part.en for part in parts), "".join(part.ja for part in parts))


def _when(number: int | None) -> Text:
    return Text("a day after the run's end", "期間終了後") if number is None else day(day_start(number))
