"""The parts of an answer that a scenario asks for beside days, hours and money: one small function each."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from shinsei.scenario import Answer
from shinsei.season.findings import Findings, MethodFindings
from shinsei.season.recovery import recovery
from shinsei.season.text import Text
from shinsei.season.words import day, short_day

Methods = Sequence[MethodFindings]
_HOURS_A_DAY = 24


def answers(season: Findings, four: Methods) -> list[Text]:
    """What the scenario asks for, as far as the season has an answer to it."""
    parts = [_PARTS[answer](season, four) for answer in season.answers]
    return [part for part in parts if part is not None]


def _linkage_share(_season: Findings, four: Methods) -> Text | None:
    """Least and most: what no method can move is the rest. Polls and checks before registration are within it."""
    known = [(one.linkage_share, one.name) for one in four if one.linkage_share is not None]
    if not known:
        return None
    (low, least), (high, most) = min(known, key=lambda pair: pair[0]), max(known, key=lambda pair: pair[0])
    if _percent(low) == _percent(high):
        return Text(
            f"linkage controls at most {_percent(high)} of the time to the decision under every method",
            f"連携方式が左右するのは、どの方式でも決定までの時間のたかだか{_percent(high)}です",
        )
    return Text(
        f"linkage controls at most {_percent(low)} ({least.en}) to {_percent(high)} ({most.en}) of the time to the "
        "decision",
        f"連携方式が左右するのは決定までの時間のたかだか{_percent(low)}({least.ja})から{_percent(high)}({most.ja})です",
    )


def _peak(_season: Findings, four: Methods) -> Text | None:
    known = [(one, short_day(one.backlog_peak_at)) for one in four if one.backlog_peak_at is not None]
    if not known:
        return None
    english = ", ".join(f"{one.name.en} {one.backlog_peak:,} on {when.en}" for one, when in known)
    japanese = "、".join(f"{one.name.ja} {one.backlog_peak:,}件({when.ja})" for one, when in known)
    return Text(f"the highest backlogs are {english}", f"滞留の最大は{japanese}です")


def _cutoff(season: Findings, four: Methods) -> Text | None:
    known = [(one.name, one.decided_by_cutoff_share) for one in four if one.decided_by_cutoff_share is not None]
    if season.cutoff is None or not known:
        return None
    when, shares = day(season.cutoff), {f"{share:.0%}" for _, share in known}
    if len(shares) == 1 and len(known) > 1:
        (same,) = shares
        return Text(
            f"decided by {when.en}: {same} under every method", f"{when.ja}までの決定率はどの方式でも{same}です"
        )
    return Text(
        f"decided by {when.en}: " + ", ".join(f"{name.en} {share:.0%}" for name, share in known),
        f"{when.ja}までの決定率は" + "、".join(f"{name.ja} {share:.0%}" for name, share in known) + "です",
    )


def _echo(season: Findings, _four: Methods) -> Text | None:
    found = season.echo
    if found is None:
        return None
    back = found.failed - found.given_up
    told = Text(
        f"{found.failed:,} online filings fail at the portal: {found.given_up:,} are given up and {back:,} come back",
        f"ポータルで失敗した申請は{found.failed:,}件で、{found.given_up:,}件は断念され、{back:,}件は後で再び申請され",
    )
    if not season.has_deadline:
        return told + Text("", "ます")
    return told + Text(f", {found.late:,} of them after the deadline", f"、うち{found.late:,}件は期限を過ぎます")


def _corrections(season: Findings, four: Methods) -> Text | None:
    """The counts differ between the methods by a few cases, because who is registered first cannot withdraw."""
    waits = [
        (one.corrections.lead_h_corrected - one.corrections.lead_h_plain) / _HOURS_A_DAY
        for one in four
        if one.corrections.lead_h_corrected is not None and one.corrections.lead_h_plain is not None
    ]
    if not waits:
        return None
    # Twins have the same filings, so one of them says it; many municipalities have each their own.
    taken: Callable[[Iterable[float]], float] = sum if season.municipalities else max
    asked = taken(one.corrections.requested for one in four)
    expired = taken(one.corrections.expired for one in four)
    hours, filed = taken(one.corrections.request_hours for one in four), taken(one.accepted for one in four)
    least, most = min(waits), max(waits)
    whatever = Text("", "") if season.municipalities else Text(", whatever the method", "方式によらず")
    return Text(
        f"{asked:,} corrections are asked for on {filed:,} online filings{whatever.en}: "
        f"writing them takes {hours:,.0f} hours, {expired:,} cases expire without a reply, and the others "
        f"are registered {least:.0f} to {most:.0f} days later",
        f"オンライン申請{filed:,}件に対し、{whatever.ja}{asked:,}件の補正を依頼し、その作業は"
        f"{hours:,.0f}時間、回答なしの期限切れは{expired:,}件、補正された案件の登録は{least:.0f}〜{most:.0f}日遅くなります",
    )


_PARTS: Mapping[Answer, Callable[[Findings, Methods], Text | None]] = {
    Answer.LINKAGE_SHARE: _linkage_share,
    Answer.PEAK: _peak,
    Answer.CUTOFF: _cutoff,
    Answer.ECHO: _echo,
    Answer.CORRECTIONS: _corrections,
    Answer.RECOVERY: recovery,
}


def _percent(share: float) -> str:
    """Two digits at most: one seed says no more."""
    return f"{share:.1%}" if share < 0.1 else f"{share:.0%}"  # noqa: PLR2004 - digits shown
