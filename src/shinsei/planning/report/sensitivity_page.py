"""The page of a sensitivity analysis: a tornado chart a figure, what to learn and how, and every assumption."""

from collections.abc import Mapping

from shinsei.planning.figures import BY_KEY
from shinsei.planning.ranges import Learning
from shinsei.planning.report.charts import WIDTH, figure_ticks
from shinsei.planning.report.page import PageContext, made_by, page, scenario_header
from shinsei.planning.sensitivity import FOLLOWED, Sensitivity, Swing
from shinsei.planning.sensitivity_words import LEARNING, answer, assumed, changed, ends, in_interplay
from shinsei.planning.words import counted, value
from shinsei.season.report.markup import Cell, colour_keys, figure, paragraph, section, table
from shinsei.season.report.svg import Box, Scale, drawing, label, line, rect
from shinsei.season.text import Text, both, html
from shinsei.season.words import METHOD_NAMES, yen

_MOST_BARS = 14
_ROW = 24
_TOO_SMALL = 0.002
"""A swing of so little of a figure (or of a day) is no bar."""
_LOW, _HIGH = "#56B4E9", "#E69F00"
_ABOUT = Text(
    "The figure with one assumption at each end of its range and all others as assumed; the line is the "
    "plan as it is. An arrow names the method that would be recommended at that end.",
    "一つの仮定だけを範囲の両端に動かした場合の値。縦線は現在の仮定による値。矢印はその端で推奨が変わる方式。",
)
_LEARN = Text(
    "An assumption is listed where its range moves the day by one, hours or yen by 2 %, or the recommendation. A city "
    "that knows these better knows the answer better; the others may stay assumed.",
    "範囲内で解消日が1日、作業時間か費用が2%以上、または推奨そのものが動く仮定。これらを調べれば結論が確かになり、"
    "ほかは仮定のままでよい。",
)
_SCREENING = Text(
    "All assumptions at once at one end or the other, by Plackett and Burman's design. The main effect is the mean at "
    "the high ends minus the mean at the low ends; listed are those beyond Lenth's margin. One that is large here and "
    "small above matters in company only.",
    "全仮定を同時に両端へ動かすプラケット・バーマン計画。主効果は上端の平均と下端の平均の差で、レンスの限界を超えるもの。"
    "上の図で小さく、ここで大きい仮定は、ほかの仮定と組み合わさって効く。",
)


_NOT_CLEARED = Text(
    "No effect on the day cleared is given: some of these seasons are not cleared by the end of the run. Let it end "
    "later (--set run.end=…) to have it.",
    "滞留解消日への効果は示さない(計算期間内に解消しないシーズンがあるため)。期間を延ばせば(--set run.end=…)示せる。",
)


def sensitivity_html(found: Sensitivity, context: PageContext) -> str:
    """The whole page."""
    name = found.name
    span = Text(f"{len(found.swings)} assumptions varied", f"{len(found.swings)}項目の仮定を変更")
    body = [
        section("answer", Text("How firm is the answer?", "結論はどこまで確かか"), paragraph(answer(found), "answer")),
        _learn(found),
        *(_tornado_section(found, key, name) for key in FOLLOWED),
        _screening(found),
        _all(found),
        made_by(context, [(Text("Seed", "シード"), str(found.scenario.seed))]),
    ]
    texts = found.scenario.report
    return page(Text(texts.title, texts.title_ja), scenario_header(found.scenario, span), body)


def _learn(found: Sensitivity) -> str:
    rows: list[tuple[Cell, ...]] = []
    for how in Learning:
        swings = found.worth_learning(how)
        rows += [
            (
                LEARNING[how] if index == 0 else both(""),
                both(swing.parameter.path),
                assumed(swing.parameter),
                ends(found, swing, "staff_hours"),
                changed(found, swing),
            )
            for index, swing in enumerate(swings)
        ]
    head = (
        both(""),
        Text("Assumption", "仮定"),
        Text("Assumed (range; * by mark)", "値(範囲、*は印による)"),
        Text("Staff hours", "職員作業時間"),
        Text("Would recommend", "推奨"),
    )
    listed = table([html(text) for text in head], rows, "small")
    heading = Text("What to learn first, and how", "先に調べるべき項目")
    return section("learn", heading, listed, paragraph(_LEARN, "note"))


def _tornado_section(found: Sensitivity, key: str, name: Text) -> str:
    shown = [swing for swing in found.ranked(key) if found.size(swing, key) > _TOO_SMALL][:_MOST_BARS]
    heading = BY_KEY[key].label + Text(f" of {name.en}", f"({name.ja})")
    keys = colour_keys(((Text("low end", "下端"), _LOW), (Text("high end", "上端"), _HIGH)))
    if not shown:
        return section(f"tornado-{key}", heading, paragraph(Text("Nothing moves it.", "動かす仮定はない。")))
    return section(f"tornado-{key}", heading, figure(_tornado(found, shown, key), _ABOUT, keys))


def _tornado(found: Sensitivity, shown: list[Swing], key: str) -> str:
    box = Box(left=330, top=24, width=WIDTH - 330 - 90, height=len(shown) * _ROW)
    base = found.base[found.best][key]
    known = [at for swing in shown for at in swing.values(found.best, key) if at is not None]
    known += [base] if base is not None else []
    ticks = figure_ticks(BY_KEY[key], min(known, default=0), max(known, default=1))
    x = Scale(low=ticks[0], high=ticks[-1], start=box.left, stop=box.right)
    parts = []
    for tick in ticks:
        parts.append(line(x(tick), box.top, x(tick), box.bottom, "grid"))
        parts.append(label(x(tick), box.bottom + 16, value(BY_KEY[key], tick), anchor="middle"))
    for index, swing in enumerate(shown):
        parts.append(_bar(found, swing, key, x, box.top + index * _ROW, box))
    if base is not None:
        parts.append(line(x(base), box.top - 4, x(base), box.bottom, "axis"))
        parts.append(label(x(base), box.top - 8, value(BY_KEY[key], base), "moment-name", "middle"))
    return drawing(WIDTH, box.bottom + 26, "".join(parts), BY_KEY[key].label, f"tornado-{key}-chart")


def _bar(found: Sensitivity, swing: Swing, key: str, x: Scale, top: float, box: Box) -> str:
    base = found.base[found.best][key]
    parts = [label(box.left - 12, top + _ROW / 2 + 4, swing.parameter.path, "row-name", "end")]
    reached = box.left
    for at, colour in zip(swing.values(found.best, key), (_LOW, _HIGH), strict=True):
        start = x(base) if base is not None else box.left
        stop = box.right if at is None else x(at)
        left, width = min(start, stop), abs(stop - start)
        parts.append(rect(left, top + 4, max(width, 0.8), _ROW - 8, fill=colour, opacity=0.9))
        reached = max(reached, left + width)
    other = found.changes(swing)
    if other is not None:
        name = METHOD_NAMES[other]
        parts.append(label(reached + 6, top + _ROW / 2 + 4, Text(f"→ {name.en}", f"→ {name.ja}"), "total"))
    return "".join(parts)


def _screening(found: Sensitivity) -> str:
    heading = Text("All at once", "全仮定を同時に動かす")
    if found.screening is None:
        told = Text("This scenario does not take all ends at once.", "このシナリオでは全項目を同時に端へ動かせない。")
        return section("screening", heading, paragraph(told))
    rows = [
        (BY_KEY[key].label, both(swing.parameter.path), _effect(key, effect))
        for swing, key, effect in in_interplay(found)
    ]
    head = (Text("Figure", "値"), Text("Assumption", "仮定"), Text("Main effect", "主効果"))
    n = found.screening.seasons
    name = found.name
    count = Text(f"{name.en}: {counted(n, 'season')}.", f"{name.ja}の{n}シーズン。")
    listed = table([html(text) for text in head], rows, "small")
    notes = [count, _SCREENING] + ([_NOT_CLEARED] if "cleared_at" not in found.screening.effects else [])
    return section("screening", heading, listed, *(paragraph(note, "note") for note in notes))


def _effect(key: str, effect: float) -> Text:
    sign = "+" if effect > 0 else "−"
    if key == "cleared_at":
        days = f"{sign}{abs(effect) / 86_400_000:.1f}"
        return Text(f"{days} d", f"{days}日")
    if key == "cost_yen":
        return Text(sign + yen(abs(effect)).en, sign + yen(abs(effect)).ja)
    return Text(f"{sign}{abs(effect):,.0f} h", f"{sign}{abs(effect):,.0f}時間")


def _all(found: Sensitivity) -> str:
    head = (
        Text("Assumption", "仮定"),
        Text("Assumed (range)", "値(範囲)"),
        Text("Staff hours", "職員作業時間"),
        Text("Cleared on", "滞留解消日"),
        Text("Cost per year", "年間費用"),
    )
    keys = ("staff_hours", "cleared_at", "cost_yen")
    rows: list[tuple[Cell, ...]] = [
        (both(swing.parameter.path), assumed(swing.parameter), *(ends(found, swing, key) for key in keys))
        for swing in found.ranked("staff_hours")
    ]
    count = Text(f"All {len(rows)} that have a range", f"範囲のある全{len(rows)}項目")
    body = [_folded(count, table([html(text) for text in head], rows, "small"))]
    if found.refused:
        told = paragraph(Text("Not varied alone:", "単独では変えられない項目:"), "note")
        body += [told, _reasons({path: both(problem) for path, problem in found.refused.items()})]
    if found.unvaried:
        left = len(found.unvaried)
        body.append(
            _folded(
                Text(f"{left} not varied, as they have no range", f"範囲がなく変えなかった{left}項目"),
                _reasons(found.unvaried),
            )
        )
    return section("all", Text("Every assumption", "全仮定"), *body)


def _folded(title: Text, content: str) -> str:
    return f"<details><summary>{html(title)}</summary>{content}</details>"


def _reasons(why: Mapping[str, Text]) -> str:
    return "<ul>" + "".join(f"<li><code>{html(path)}</code>: {html(text)}</li>" for path, text in why.items()) + "</ul>"
