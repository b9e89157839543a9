"""What a plan of very many municipalities says: its answer, and the cells of its tables."""

from collections.abc import Sequence

from shinsei.domain.simtime import SimTime
from shinsei.planning.nation.figures import NATION_FIGURES, NationFigure
from shinsei.planning.nation.municipality import MunicipalitySeason
from shinsei.planning.nation.study import ALL, Nation, Part
from shinsei.planning.words import cell, counted
from shinsei.season.comparison import Row
from shinsei.season.text import Text
from shinsei.season.words import METHOD_NAMES, day

BY_KEY = {figure.key: figure for figure in NATION_FIGURES}
SHORT: tuple[tuple[Text, NationFigure], ...] = tuple(
    (figure.short, figure) for figure in NATION_FIGURES if figure.short is not None
)
"""Heads and figures of the table by method."""
_ALL = Text("All", "全体")
_SHARES = (Text("half", "半数"), Text("nine of ten", "9割"))


def name_of(found: Nation, part: Part) -> Text:
    """A size class, a method, or both."""
    names = []
    if part.size_class is not None and found.scenario.file.rank_size is not None:
        section = found.scenario.file.rank_size.classes[part.size_class]
        names.append(Text(section.name, section.name_ja))
    if part.method is not None:
        names.append(METHOD_NAMES[part.method])
    if not names:
        return _ALL
    return Text(": ".join(name.en for name in names), "・".join(name.ja for name in names))


def class_rows(found: Nation) -> list[Row]:
    """Figures down, size classes across, all at the end."""
    parts = (*found.classes, ALL)
    return [
        Row(label=figure.label, cells=tuple(cell(figure, found.estimate(part, figure.key)) for part in parts))
        for figure in NATION_FIGURES
        if any(found.estimate(part, figure.key).mean != 0 for part in parts)
    ]


def method_rows(found: Nation) -> list[Row]:
    """A row for each method of each class, then for each method; the short list of figures across."""
    return [
        Row(
            label=name_of(found, part),
            cells=tuple(cell(figure, found.estimate(part, figure.key)) for _, figure in SHORT),
        )
        for part in found.methods
    ]


def answer(found: Nation) -> Text:
    """How many are through and when, who is not, and what it takes."""
    parts = [_through(found.municipalities, found), *_behind(found), _takes(found)]
    english = "; ".join(part.en for part in parts)
    return Text(f"{english[:1].upper()}{english[1:]}.", "。".join(part.ja for part in parts) + "。")


def _through(members: Sequence[MunicipalitySeason], found: Nation) -> Text:
    through = sum(one.is_through for one in members)
    n = len(members)
    half = found.estimate(ALL, "cleared_at.p50").mean
    nine = found.estimate(ALL, "cleared_at.p90").mean
    reached = [
        (name, day(SimTime(round(at)))) for name, at in zip(_SHARES, (half, nine), strict=True) if at is not None
    ]
    english = "".join(f", {name.en} by {when.en}" for name, when in reached)
    japanese = "、".join(f"{name.ja}は{when.ja}まで" for name, when in reached)
    told = Text(english, f"({japanese})" if reached else "")
    if through == n:
        return (
            Text(
                f"all {n:,} municipalities are through by the end of the run",
                f"全{n:,}団体が計算期間内に処理し終えます",
            )
            + told
        )
    return (
        Text(
            f"{through:,} of {n:,} municipalities are through by the end of the run",
            f"計算期間内に処理し終えるのは{n:,}団体中{through:,}団体です",
        )
        + told
    )


def _behind(found: Nation) -> list[Text]:
    """The part that most of those who are not through belong to."""
    left = [one for one in found.municipalities if not one.is_through]
    if not left:
        slowest = max(found.classes, key=lambda part: found.estimate(part, "cleared_at.p50").mean or 0)
        at = found.estimate(slowest, "cleared_at.p50").mean or 0
        name, when = name_of(found, slowest), day(SimTime(round(at)))
        return [
            Text(
                f"the slowest class is {name.en}, half of it by {when.en}",
                f"最も遅い規模は{name.ja}(半数が{when.ja}まで)です",
            )
        ]
    pairs = [part for part in found.methods if part.size_class is not None]
    worst = max(pairs, key=lambda part: sum(part.has(one) for one in left))
    count, size, name = sum(worst.has(one) for one in left), len(found.members(worst)), name_of(found, worst)
    waiting = sum(one.value("backlog_at_end") for one in left)
    others = "the other one has" if len(left) == 1 else f"the other {len(left):,} have"
    return [
        Text(
            f"{others} {waiting:,.0f} cases left then; most of those not through are {name.en} ({count:,} of {size:,})",
            f"残る{len(left):,}団体には{waiting:,.0f}件が残り、最も多いのは{name.ja}({size:,}団体中{count:,}団体)です",
        )
    ]


def _takes(found: Nation) -> Text:
    online, paper, hours, money = (
        cell(BY_KEY[key], found.estimate(ALL, key))
        for key in ("registered", "paper_registered", "staff_hours", "cost_yen")
    )
    return Text(
        f"{online.en} online applications and {paper.en} on paper take {hours.en} staff hours and {money.en} a year",
        f"オンライン{online.ja}件と紙{paper.ja}件に職員作業{hours.ja}時間、年間{money.ja}が掛かります",
    )


def span(found: Nation) -> Text:
    """How many seasons from which seed."""
    n, seed = len(found.seasons), found.seeds[0]
    if n == 1:
        return Text(f"one season from seed {seed}", f"シード{seed}の1シーズン")
    return Text(f"{counted(n, 'season')} from seed {seed}", f"シード{seed}から{n}シーズン")
