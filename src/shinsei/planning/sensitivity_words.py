"""What a sensitivity analysis says, in words and rows, for terminal, page and programs."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from shinsei.planning.content import SCHEMA
from shinsei.planning.figures import BY_KEY
from shinsei.planning.ranges import Learning, Range
from shinsei.planning.sensitivity import FOLLOWED, Sensitivity, Swing
from shinsei.planning.words import value
from shinsei.season.comparison import NOT_REACHED
from shinsei.season.text import Text, both
from shinsei.season.words import METHOD_NAMES

LEARNING: Mapping[Learning, Text] = MappingProxyType(
    {
        Learning.TIME_STUDY: Text("Measure at the desks for a week", "窓口で1週間計測する"),
        Learning.RECORDS: Text("Count in last year's records", "昨年度の記録から数える"),
        Learning.OFFERS: Text("Ask suppliers for", "事業者に見積りを求める"),
        Learning.SETTINGS: Text("Known to the city, or its own decision", "市が把握または決定できる"),
    }
)

_MOST_NAMED = 6


def answer(found: Sensitivity) -> Text:
    """How firm the recommendation is, and what to measure before trusting it."""
    changing = [swing for swing in found.swings if found.changes(swing)]
    study = [swing.parameter.path for swing in found.worth_learning(Learning.TIME_STUDY)]
    name, n = found.name, len(found.swings)
    if not found.compares:
        firm = Text(f"{n} assumptions were varied within their ranges", f"{n}項目の仮定を範囲内で変えた")
    elif not changing:
        firm = Text(
            f"{name.en} stays recommended at both ends of the range of each of {n} assumptions",
            f"{n}項目の仮定をそれぞれ範囲の両端に変えても、推奨は{name.ja}のまま変わりません",
        )
    else:
        paths = ", ".join(swing.parameter.path for swing in changing)
        firm = Text(
            f"{name.en} stays recommended within the ranges of {n - len(changing)} of {n} assumptions, but not of "
            f"{paths}",
            f"{n}項目のうち{n - len(changing)}項目では範囲内で推奨は{name.ja}のままですが、{paths}では変わります",
        )
    if not study:
        return firm + Text(
            "; no time at the desks moves it enough to need a study.", "。計測を要する作業時間はありません。"
        )
    first, rest = study[:_MOST_NAMED], len(study) - _MOST_NAMED
    more = Text(f" and {rest} more", f"ほか{rest}項目") if rest > 0 else Text("", "")
    return firm + Text(
        f". Before trusting it, measure for a week: {', '.join(first)}{more.en}.",
        f"。信頼する前に1週間計測すべき項目: {'、'.join(first)}{more.ja}。",
    )


def assumed(parameter: Range) -> Text:
    """``8 % (3 to 20 %)``; a star where the range follows from the mark alone."""
    base, low, high = (parameter.shown(at) for at in (parameter.base, parameter.low, parameter.high))
    star = "" if parameter.is_stated else "*"
    return Text(f"{base.en} ({low.en} to {high.en}{star})", f"{base.ja}({low.ja}〜{high.ja}{star})")


def ends(found: Sensitivity, swing: Swing, key: str) -> Text:
    """A figure at the low and at the high end."""
    figure = BY_KEY[key]
    low, high = (NOT_REACHED if at is None else value(figure, at) for at in swing.values(found.best, key))
    return low if low == high else Text(f"{low.en} / {high.en}", f"{low.ja} / {high.ja}")


def changed(found: Sensitivity, swing: Swing) -> Text:
    """The other recommendation; empty for none."""
    other = found.changes(swing)
    return both("") if other is None else METHOD_NAMES[other]


def in_interplay(found: Sensitivity) -> list[tuple[Swing, str, float]]:
    """Main effects with all assumptions moving that stand out of chance: swing, figure, effect; largest first."""
    if found.screening is None:
        return []
    return [
        (found.swings[index], key, effects.effects[index])
        for key, effects in found.screening.effects.items()
        for index in sorted(range(len(found.swings)), key=lambda at: -abs(effects.effects[at]))
        if abs(effects.effects[index]) > effects.margin
    ]


def sensitivity_content(
    found: Sensitivity, *, run_id: str = "", wall_s: float = 0.0, environment: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The result as JSON values."""
    said = answer(found)
    return {
        "schema": SCHEMA,
        "kind": "sensitivity",
        "run_id": run_id,
        "scenario": found.scenario.name,
        "seed": found.scenario.seed,
        "replications": found.replications,
        "wall_s": round(wall_s, 2),
        "answer": {"en": said.en, "ja": said.ja},
        "recommended": found.best.value if found.compares else None,
        "base": dict(found.base[found.best]),
        "parameters": [_parameter(found, swing) for swing in found.ranked("staff_hours")],
        "learn": {how.value: [swing.parameter.path for swing in found.worth_learning(how)] for how in LEARNING},
        "not_varied": {**found.refused, **{path: why.en for path, why in found.unvaried.items()}},
        "screening": _screening(found),
        "environment": dict(environment or {}),
    }


def _parameter(found: Sensitivity, swing: Swing) -> dict[str, Any]:
    one, other = swing.parameter, found.changes(swing)
    return {
        "path": one.path,
        "mark": one.mark,
        "unit": one.unit,
        "assumed": one.base,
        "low": one.low,
        "high": one.high,
        "range_from": "comment" if one.is_stated else "mark",
        "learn_by": one.learning.value,
        "figures": {key: list(swing.values(found.best, key)) for key in FOLLOWED},
        "recommends_instead": None if other is None else other.value,
        "matters": found.matters(swing),
    }


def _screening(found: Sensitivity) -> dict[str, Any] | None:
    if found.screening is None:
        return None
    return {
        "design": "Plackett-Burman",
        "seasons": found.screening.seasons,
        "effects": {
            key: {
                "margin": effects.margin,
                "by_parameter": {
                    swing.parameter.path: effect for swing, effect in zip(found.swings, effects.effects, strict=True)
                },
            }
            for key, effects in found.screening.effects.items()
        },
    }


def listed(swings: Sequence[Swing]) -> str:
    """Paths, one after the other."""
    return ", ".join(swing.parameter.path for swing in swings)
