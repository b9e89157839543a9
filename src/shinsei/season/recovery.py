"""The sentence for operators about cases that lapsed at the portal while the line or the linkage server was down."""

from collections.abc import Sequence

from shinsei.season.findings import Findings, MethodFindings
from shinsei.season.text import Text
from shinsei.season.words import clock, day


def recovery(season: Findings, methods: Sequence[MethodFindings]) -> Text | None:
    """What lapsed, when that was heard of, and what getting it back took; None where nothing lapsed.

    Twins lose the same cases; what the recovery took differs with what else their clerks had to do.
    """
    known = [one.intake for one in methods if one.intake.lapsed]
    if not known or season.retention_d is None:
        return None
    first = known[0].lapsed_first_at
    assert first is not None, "something lapsed"
    lost = max(one.lost for one in known)
    slowest = max((one.recovery_d for one in known if one.recovery_d is not None), default=None)
    hours = max(one.recovery_hours for one in known)
    when = day(first)
    back = max(one.recovered for one in known)
    took = Text("", "") if slowest is None else Text(f" (a median of {slowest:.0f} days)", f"(中央値{slowest:.0f}日)")
    return Text(
        f"{known[0].lapsed:,} cases had waited at the portal for more than the {season.retention_d:g} days that it "
        f"keeps them, and when polling worked again, on {when.en} at {clock(first)}, their numbers alone were left: "
        f"recovering them by hand takes up to {hours:,.0f} clerk hours, {back:,} come back{took.en}, and {lost:,} "
        "cannot be recovered",
        f"{known[0].lapsed:,}件がポータルの保存期間({season.retention_d:g}日)を過ぎ、取得が再開した{when.ja}"
        f"{clock(first)}には受付番号しか残っていません。手作業での復旧に最大{hours:,.0f}時間を要し、{back:,}件は復旧"
        f"{took.ja}、{lost:,}件は復旧できません",
    )
