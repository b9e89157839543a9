"""What a staffing plan says: in a sentence, as rows and for programs."""

from collections.abc import Mapping
from typing import Any

from shinsei.domain.linkage_method import FOUR_METHODS
from shinsei.domain.simtime import SimTime, day_of, day_start
from shinsei.planning.content import SCHEMA
from shinsei.planning.staffing import SHARES, Need, Staffing, needed_of, needs_of
from shinsei.planning.words import counted
from shinsei.season.text import Text, both
from shinsei.season.words import METHOD_NAMES, day

HEAD = (
    Text("Method", "方式"),
    Text("Clerks, P50", "職員数 P50"),
    Text("Clerks, P95", "職員数 P95"),
    Text("Overtime with the clerks there are, P50", "現員での時間外 P50"),
    Text("Overtime, P95", "時間外 P95"),
)


def answer(found: Staffing) -> Text:
    """Which of the four methods needs the fewest people at P95, and what the others need."""
    sure = [needs[-1] for method, needs in needs_of(found) if method in FOUR_METHODS and needs[-1].clerks is not None]
    by, clerks, often = when(found), found.scenario.file.office.clerks, in_seasons(found, SHARES[-1])
    if not sure:
        return Text(
            f"No method is clear by {by.en} in {often.en} with up to {found.most_clerks} clerks.",
            f"職員{found.most_clerks}人までのどの方式でも、{often.ja}のシーズンで{by.ja}までに解消することはできません。",
        )
    listed = sorted(sure, key=lambda need: need.clerks or 0)
    english = ", ".join(f"{METHOD_NAMES[need.method].en} {need.clerks}" for need in listed)
    japanese = "、".join(f"{METHOD_NAMES[need.method].ja} {need.clerks}人" for need in listed)
    return Text(
        f"To be clear by {by.en} in {often.en} takes, in clerks: {english}; there are {clerks}.",
        f"{often.ja}のシーズンで{by.ja}までに解消するのに必要な職員数は{japanese}です(現員{clerks}人)。",
    )


def in_seasons(found: Staffing, share: float) -> Text:
    """``19 of 20 seasons``, by the seasons of a trial."""
    needed, n = needed_of(share, found.replications), found.replications
    return Text(f"{needed} of {counted(n, 'season')}", f"{n}回中{needed}回")


def when(found: Staffing) -> Text:
    """The day, for people."""
    return day(SimTime(day_start(day_of(found.by))))


def rows(found: Staffing) -> list[tuple[Text, ...]]:
    """A row a method, under ``HEAD``."""
    return [
        (METHOD_NAMES[method], *(_clerks(found, need) for need in needs), *(_overtime(need) for need in needs))
        for method, needs in needs_of(found)
    ]


def _clerks(found: Staffing, need: Need) -> Text:
    if need.clerks is None:
        return Text(f"more than {found.most_clerks}", f"{found.most_clerks}人超")
    return both(f"{need.clerks}")


def _overtime(need: Need) -> Text:
    if need.cap_h is None:
        return Text("not with 100 h a month", "月100時間でも不可")
    if need.cap_h == 0:
        return Text("none", "不要")
    return Text(
        f"{need.overtime_h:,.0f} h (cap {need.cap_h} h a month)", f"{need.overtime_h:,.0f}時間(上限 月{need.cap_h}時間)"
    )


def staffing_content(
    found: Staffing, *, run_id: str = "", wall_s: float = 0.0, environment: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The result as JSON values."""
    said = answer(found)
    return {
        "schema": SCHEMA,
        "kind": "staffing",
        "run_id": run_id,
        "scenario": found.scenario.name,
        "seed": found.scenario.seed,
        "replications": found.replications,
        "wall_s": round(wall_s, 2),
        "clear_by": found.by.isoformat(),
        "clerks": found.scenario.file.office.clerks,
        "answer": {"en": said.en, "ja": said.ja},
        "needs": [
            {
                "method": need.method.value,
                "share": need.share,
                "clerks": need.clerks,
                "overtime_cap_h_per_month": need.cap_h,
                "overtime_hours": None if need.overtime_h is None else round(need.overtime_h, 1),
            }
            for need in found.needs
        ],
        "environment": dict(environment or {}),
    }
