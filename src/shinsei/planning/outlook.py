"""The outlook of a season: thirty seasons in virtual time, and the assumptions that would change its answer.

Tried are the assumptions most likely to matter, each alone within its range: the times and rates of the method that is
recommended and of its nearest rival, how many people file and work, and the prices.
"""

import re
from collections.abc import Callable, Sequence

from shinsei.domain.linkage_method import FOUR_METHODS, LinkageMethod
from shinsei.planning.figures import FIGURES
from shinsei.planning.pool import Workers
from shinsei.planning.probing import KEYS, Point, Probe, cheapest, judge_of
from shinsei.planning.ranges import Learning, Range, ranges
from shinsei.planning.study import Study, Wanted, study
from shinsei.planning.turning import condition, nearest_first, turnings
from shinsei.planning.words import cell, counted
from shinsei.scenario import Scenario
from shinsei.season.outlook import Outlook
from shinsei.season.text import Text
from shinsei.season.words import METHOD_NAMES, of_methods

REPLICATIONS = 30
_SHARED = re.compile(r"demand\.(recipients_share|online_share)$|office\.clerks$|methods\.transcription\.keying\.mean$")
_PRICES = re.compile(r"costs\.(rpa|screen_import|batch_import)_\w+_yen$|costs\.(upkeep_share|horizon_years)$")
_LITTLE = re.compile(r"\.cv$|\.p_undetected")
"""Random spreads and errors nobody notices move neither days nor hours much."""


def outlook(
    scenario: Scenario, replications: int, workers: Workers, progress: Callable[[int], None] = lambda _: None
) -> Outlook:
    """Works it out.

    Args:
        scenario: of the season.
        replications: seasons for the means.
        workers: who does it.
        progress: told the number of seasons planned.

    Raises:
        InvalidInputError: the scenario has no season.
    """
    found = study(scenario, Wanted(replications=replications), workers, progress)
    methods = tuple(one.method for one in found.methods)
    means = {
        figure.key: tuple(cell(figure, found.estimate(one, figure.key)) for one in range(len(methods)))
        for figure in FIGURES
    }
    conditions, tried = _conditions(scenario, found, workers)
    return Outlook(
        replications=replications,
        methods=methods,
        means=means,
        agreement=_agreement(found),
        conditions=conditions,
        tried=tried,
    )


def candidates(scenario: Scenario, methods: Sequence[LinkageMethod]) -> tuple[list[Range], list[Range]]:
    """The assumptions that are tried: about the work of these methods and all cases, and about prices."""
    found, _ = ranges(scenario)
    own = tuple(f"methods.{method.lower()}." for method in methods)
    work = [
        each
        for each in found
        if _SHARED.match(each.path)
        or (each.path.startswith(own) and each.learning is not Learning.SETTINGS and not _LITTLE.search(each.path))
    ]
    return work, [each for each in found if _PRICES.match(each.path)]


def _conditions(scenario: Scenario, found: Study, workers: Workers) -> tuple[tuple[Text, ...], Text]:
    base = point_of(found)
    judge = judge_of(scenario)
    best, least = judge(base), cheapest(base)
    rival = judge({method: values for method, values in base.items() if method is not best})
    if best is None or rival is None or least is None:
        return (), Text("", "")
    work, prices = candidates(scenario, (best, rival))
    pair = Probe(scenario=scenario, methods=(best, rival), replications=1, workers=workers)
    by_day = turnings(pair, work, judge, {method: base[method] for method in pair.methods})
    four = Probe(scenario=scenario, methods=tuple(base), replications=1, workers=workers)
    by_price = turnings(four, prices, cheapest, base)
    said = [condition(one) for one in nearest_first(by_day)]
    among = of_methods(len(base))
    said += [_cheaper(condition(one), among) for one in nearest_first(by_price)]
    names = {method: METHOD_NAMES[method] for method in (best, rival, least)}
    how = Text("cost over a year", "年間費用") if found.by_money else Text("day, then hours", "解消日、次に作業時間")
    tried = Text(
        f"Tried one at a time within their ranges: {len(work)} assumptions for {names[best].en} against "
        f"{names[rival].en} ({how.en}), {len(prices)} prices for {names[least].en} "
        f"(cheapest {among.en} over a year).",
        f"{names[best].ja}と{names[rival].ja}の優劣({how.ja})について{len(work)}項目、{names[least].ja}"
        f"({among.ja}年間費用が最小)について価格{len(prices)}項目を、範囲内で一つずつ変えて計算した。",
    )
    return tuple(said), tried


def point_of(found: Study) -> Point:
    """Replication 0 of a study, as a point from which assumptions are varied."""
    return {
        one.method: {key: one.values[key] for key in KEYS}
        for one in found.methods
        if one.is_compared and one.method in FOUR_METHODS
    }


def _cheaper(text: Text, among: Text) -> Text:
    """The same said of the price."""
    return Text(
        text.en.replace("it would be", f"the cheapest {among.en} would be"),
        text.ja.replace("場合は", f"場合、{among.ja}最も安いのは"),
    )


def _agreement(found: Study) -> Text:
    counts, n = found.first_counts, len(found.seasons)
    if not any(counts):
        return Text("", "")
    ordered = sorted(range(len(counts)), key=lambda index: -counts[index])
    shown = [index for index in ordered if counts[index]]
    how = Text("the cost over a year", "年間費用による") if found.by_money else Text("the same rule", "")
    return Text(
        f"On other seeds, {how.en} recommends "
        + ", ".join(f"{found.methods[index].name.en} in {counts[index]}" for index in shown)
        + f" of {counted(n, 'season')}.",
        f"シードを変えた{n}回の計算での{how.ja}推奨は、"
        + "、".join(f"{found.methods[index].name.ja} {counts[index]}回" for index in shown)
        + "。",
    )
