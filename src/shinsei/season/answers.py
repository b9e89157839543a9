"""The parts of an answer that a scenario asks for beside days, hours and money: one small function each."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from shinsei.domain.linkage.activity import Activity
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.office.report import IncidentReport
from shinsei.domain.simtime import DAY_MS, SimTime
from shinsei.scenario import Answer
from shinsei.season.deadlines import DeadlineRow
from shinsei.season.figures import Findings, MethodFindings
from shinsei.season.limits import limits
from shinsei.season.recovery import recovery
from shinsei.season.resends import told as told_of_resends
from shinsei.season.text import Text
from shinsei.season.words import INCIDENT_NAMES, day, join, short_day, yen

ABOUT_THE_SAME = 0.05
"""Hours or yen that differ by less than this share are called the same: one seed separates no finer."""
Methods = Sequence[MethodFindings]
_HOURS_A_DAY = 24


def answers(season: Findings, four: Methods) -> list[Text]:
    """What the scenario asks for, as far as the season has an answer to it."""
    parts = [_PARTS[answer](season, four) for answer in season.answers if answer in _PARTS]
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


def _pays(_season: Findings, four: Methods) -> Text | None:
    """Methods that cost less over a year than transcription, by more than one seed separates."""
    keyed = next((one for one in four if one.method is LinkageMethod.TRANSCRIPTION), None)
    others = sorted((one for one in four if one is not keyed), key=lambda one: one.cost.total_yen)
    if keyed is None or not others:
        return None
    least = yen(keyed.cost.total_yen)
    paying = [one for one in others if one.cost.total_yen < keyed.cost.total_yen * (1 - ABOUT_THE_SAME)]
    if not paying:
        nearest, price = others[0].name, yen(others[0].cost.total_yen)
        return Text(
            f"no method but transcription pays: it costs {least.en} a year, {nearest.en} as the next {price.en}",
            f"転記以外の方式は引き合いません。年間費用は転記が{least.ja}、次に小さい{nearest.ja}が{price.ja}です",
        )
    listed = join(
        [one.name + Text(f" ({price.en})", f"({price.ja})") for one in paying for price in [yen(one.cost.total_yen)]]
    )
    return Text(
        f"{listed.en} {'pays' if len(paying) == 1 else 'pay'}, against {least.en} a year for transcription",
        f"引き合うのは{listed.ja}で、転記の年間費用は{least.ja}です",
    )


def _priced(one: MethodFindings) -> Text:
    price = yen(one.cost.total_yen)
    return one.name + Text(f" ({price.en})", f"({price.ja})")


def _incidents(_season: Findings, four: Methods) -> Text | None:
    """Each incident under its method; then what nobody noticed."""
    told = [_incident(one, incident) for one in four for incident in one.office.incidents]
    wrong = [one for one in four if one.wrong_records_yen]
    if wrong:
        told.append(_wrong_records(wrong, is_everybody=len(wrong) == len(four) > 1))
    if not told:
        return None
    return Text("; ".join(one.en for one in told), "。".join(one.ja for one in told))


def _wrong_records(wrong: Methods, *, is_everybody: bool) -> Text:
    counts = {(one.office.undetected_errors, one.registered) for one in wrong}
    if is_everybody and len(counts) == 1:
        [(errors, registered)] = counts
        return Text(
            f"records registered wrong that nobody notices: {errors:,} of {registered:,} under every method",
            f"気付かれない誤登録は、どの方式でも{registered:,}件中{errors:,}件です",
        )
    return Text(
        "records registered wrong that nobody notices: "
        + ", ".join(f"{one.office.undetected_errors:,} of {one.registered:,} under {one.name.en}" for one in wrong),
        "気付かれない誤登録は"
        + "、".join(f"{one.name.ja} {one.registered:,}件中{one.office.undetected_errors:,}件" for one in wrong)
        + "です",
    )


def _incident(one: MethodFindings, incident: IncidentReport) -> Text:
    kind = INCIDENT_NAMES[incident.kind]
    if incident.found_at is None:
        found = Text("not found by the end", "終了時まで判明せず")
    else:
        days = (incident.found_at - incident.began_at) / DAY_MS
        found = Text(f"found {days:,.1f} days later", f"判明は{days:,.1f}日後")
        if incident.found_at == incident.began_at:
            found = Text("known at once", "直ちに判明")
    yen_ = yen(incident.yen)
    paid = Text(f", {yen_.en} paid twice", f"、二重払いは{yen_.ja}") if incident.yen else Text("", "")
    hours = one.office.hours.get(Activity.ROLLBACK.value, 0.0)
    mended = Text(f", {hours:,.1f} clerks' hours to put right", f"、訂正に{hours:,.1f}時間") if hours else Text("", "")
    return Text(
        f"{kind.en} under {one.name.en} concerns {incident.records:,} cases and is {found.en}{paid.en}{mended.en}",
        f"{one.name.ja}での{kind.ja}は{incident.records:,}件で、{found.ja}{paid.ja}{mended.ja}です",
    )


def _deadlines(_season: Findings, four: Methods) -> Text | None:
    """One clause a deadline; the days are those of the first and the last method."""
    rows = [row for row in zip(*(one.deadlines for one in four), strict=False) if row[0].filed]
    if not rows:
        return None
    told = [_deadline(row) for row in rows]
    return Text("; ".join(one.en for one in told), "。".join(one.ja for one in told))


def _deadline(row: Sequence[DeadlineRow]) -> Text:
    last, filed = short_day(SimTime(row[0].closes - 1)), row[0].filed
    done = [one.cleared_at for one in row if one.cleared_at is not None]
    if len(done) < len(row):
        return Text(
            f"of the {filed:,} online cases filed for {last.en} some are left at the end",
            f"{last.ja}までのオンライン申請{filed:,}件には、終了時に残るものがあります",
        )
    first, slowest = short_day(min(done)), short_day(max(done))
    if first == slowest:
        return Text(
            f"the {filed:,} online cases filed for {last.en} are in the core system by {slowest.en} under every method",
            f"{last.ja}までのオンライン申請{filed:,}件は、どの方式でも{slowest.ja}までに登録されます",
        )
    return Text(
        f"the {filed:,} online cases filed for {last.en} are in the core system by {first.en} to {slowest.en}",
        f"{last.ja}までのオンライン申請{filed:,}件は、方式により{first.ja}から{slowest.ja}までに登録されます",
    )


def _attachments(season: Findings, _four: Methods) -> Text | None:
    """The line is the same under every method."""
    found = season.line
    if found is None or not found.cases:
        return None
    return Text(
        f"{found.files:,} attachments of {found.gigabytes:,.1f} GB come with {found.cases:,} online cases, and 99 of "
        f"100 are stored within {found.stored_p99_min:,.0f} minutes of their filing, the wait for a poll included",
        f"オンライン申請{found.cases:,}件の添付は{found.files:,}点・{found.gigabytes:,.1f}GBで、99%は申請から"
        f"{found.stored_p99_min:,.0f}分以内(取得待ちを含む)に格納されます",
    )


def _doubles(season: Findings, four: Methods) -> Text | None:
    taken: Callable[[Iterable[int]], int] = sum if season.municipalities else max
    found = taken(sum(one.office.doubles.found.values()) for one in four)
    unnoticed = taken(one.office.doubles.registered for one in four)
    if not found + unnoticed:
        return None
    days = [one.office.doubles.found_after_days for one in four]
    half = _half_within([one for one in days if one is not None])
    total = taken(one.doubles_yen for one in four)
    price = yen(total)
    paid = Text(f", {price.en} in all", f"(計{price.ja})") if total else Text("", "")
    return Text(
        f"{found:,} second filings are noticed{half.en}, and {unnoticed:,} people are registered, and paid, "
        f"twice{paid.en}",
        f"二重申請は{found:,}件が判明し{half.ja}、気付かれずに二重に登録(支給)されるのは{unnoticed:,}人{paid.ja}です",
    )


def _half_within(days: Sequence[float]) -> Text:
    if not days:
        return Text("", "")
    least, most = f"{min(days):.1f}", f"{max(days):.1f}"
    span = Text(least, least) if least == most else Text(f"{least} to {most}", f"{least}〜{most}")
    return Text(f", half of them within {span.en} days of the filing", f"(半数は申請から{span.ja}日以内)")


def _resends(season: Findings, _four: Methods) -> Text | None:
    return told_of_resends(season.resends)


_PARTS: Mapping[Answer, Callable[[Findings, Methods], Text | None]] = {
    Answer.LINKAGE_SHARE: _linkage_share,
    Answer.PEAK: _peak,
    Answer.CUTOFF: _cutoff,
    Answer.ECHO: _echo,
    Answer.CORRECTIONS: _corrections,
    Answer.RECOVERY: recovery,
    Answer.PAYS: _pays,
    Answer.INCIDENTS: _incidents,
    Answer.DEADLINES: _deadlines,
    Answer.ATTACHMENTS: _attachments,
    Answer.DOUBLES: _doubles,
    Answer.LIMIT: limits,
    Answer.RESENDS: _resends,
}


def _percent(share: float) -> str:
    """Two digits at most: one seed says no more."""
    return f"{share:.1%}" if share < 0.1 else f"{share:.0%}"  # noqa: PLR2004 - digits shown
