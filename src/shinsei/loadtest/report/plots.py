"""Charts of a load test: rates and latencies over time, whole distributions, and the knee."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from shinsei.season.report.axes import value_axis
from shinsei.season.report.svg import Box, Scale, drawing, element, label, line, nice_ticks, path
from shinsei.season.text import Text

WIDTH = 960
_BOX = Box(left=58, top=26, width=WIDTH - 58 - 24, height=270)
_NINES = (0.0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999)
_A_SECOND = (Text("offered a second", "到着(件/秒)"), Text("completed a second", "完了(件/秒)"))
Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a chart."""

    name: Text
    colour: str
    points: Sequence[Point]
    dashes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One step of a search: what was offered and completed; full if it was sustained."""

    x: float
    y: float
    full: bool
    colour: str = "#0072B2"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogScale:
    """Maps a range of values to pixels, logarithmically; what is below the range is drawn at its edge."""

    low: float
    high: float
    start: float
    stop: float

    def __call__(self, value: float) -> float:
        """Pixel of a value."""
        share = (log10(max(value, self.low)) - log10(self.low)) / (log10(self.high) - log10(self.low))
        return self.start + share * (self.stop - self.start)


def over_time(lines: Sequence[Line], title: Text, ident: str, unit: Text) -> str:
    """Values from 0 over the seconds of a test."""
    top = max((y for one in lines for _, y in one.points), default=0.0)
    ticks = nice_ticks(top)
    y = Scale(low=0, high=ticks[-1], start=_BOX.bottom, stop=_BOX.top)
    parts = [value_axis(_BOX, y, ticks, unit)]
    return _over_seconds(lines, title, ident, y, parts)


def latencies_over_time(lines: Sequence[Line], title: Text, ident: str) -> str:
    """Latencies in seconds, logarithmically, over the seconds of a test."""
    y, axis = _latency_axis(lines)
    return _over_seconds(lines, title, ident, y, [axis])


def distribution(lines: Sequence[Line], title: Text, ident: str) -> str:
    """Whole distributions: points are (share, seconds); each step to the right is one nine more."""
    y, axis = _latency_axis(lines)
    rarest = max((share for one in lines for share, _ in one.points if share < 1), default=0.99)
    last = next((share for share in _NINES if share >= rarest), _NINES[-1])
    x = LogScale(low=1.0, high=max(1 / (1 - last), 10.0), start=_BOX.left, stop=_BOX.right)
    parts = [axis, line(_BOX.left, _BOX.bottom, _BOX.right, _BOX.bottom, "axis")]
    for share in _NINES:
        if share <= last:
            at = x(1 / (1 - share))
            parts.append(line(at, _BOX.top, at, _BOX.bottom, "grid"))
            parts.append(label(at, _BOX.bottom + 17, f"{share * 100:g} %", anchor="middle"))
    shown = [
        Line(
            name=one.name,
            colour=one.colour,
            dashes=one.dashes,
            points=[(1 / (1 - min(share, last)), value) for share, value in one.points],
        )
        for one in lines
    ]
    return _drawn(shown, x, y, parts, title, ident)


def knee(
    lines: Sequence[Line], marks: Sequence[Mark], title: Text, ident: str, axes: tuple[Text, Text] = _A_SECOND
) -> str:
    """Completed over offered, a second if ``axes`` says nothing else; sustained steps are full, the others hollow."""
    points = [point for one in lines for point in one.points] + [(one.x, one.y) for one in marks]
    top_x, top_y = max((x for x, _ in points), default=1.0), max((y for _, y in points), default=1.0)
    ticks_x, ticks_y = nice_ticks(top_x, 8), nice_ticks(top_y)
    x = Scale(low=0, high=ticks_x[-1], start=_BOX.left, stop=_BOX.right)
    y = Scale(low=0, high=ticks_y[-1], start=_BOX.bottom, stop=_BOX.top)
    parts = [value_axis(_BOX, y, ticks_y, axes[1]), line(_BOX.left, _BOX.bottom, _BOX.right, _BOX.bottom, "axis")]
    parts += [label(x(tick), _BOX.bottom + 17, f"{tick:,.4g}", anchor="middle") for tick in ticks_x]
    parts.append(label(_BOX.right, _BOX.bottom + 34, axes[0], "unit", "end"))
    limit = min(ticks_x[-1], ticks_y[-1])
    parts.append(line(x(0), y(0), x(limit), y(limit), "moment"))
    parts += [
        element(
            "circle",
            cx=x(one.x),
            cy=y(one.y),
            r=5,
            fill=one.colour if one.full else "#fff",
            stroke=one.colour,
            stroke_width=2,
        )
        for one in marks
    ]
    return _drawn(lines, x, y, parts, title, ident)


def _over_seconds(lines: Sequence[Line], title: Text, ident: str, y: Callable[[float], float], parts: list[str]) -> str:
    last = max((at for one in lines for at, _ in one.points), default=1.0)
    ticks = nice_ticks(last, 8)
    x = Scale(low=0, high=max(last, 1.0), start=_BOX.left, stop=_BOX.right)
    parts.append(line(_BOX.left, _BOX.bottom, _BOX.right, _BOX.bottom, "axis"))
    parts += [label(x(tick), _BOX.bottom + 17, f"{tick:,.0f} s", anchor="middle") for tick in ticks if tick <= last]
    return _drawn(lines, x, y, parts, title, ident)


def _drawn(
    lines: Sequence[Line],
    x: Callable[[float], float],
    y: Callable[[float], float],
    parts: list[str],
    title: Text,
    ident: str,
) -> str:
    for one in lines:
        points = [(x(at), y(value)) for at, value in one.points]
        parts.append(path(points, stroke=one.colour, class_="curve", stroke_dasharray=one.dashes))
    return drawing(WIDTH, _BOX.bottom + 40, "".join(parts), title, ident)


def _latency_axis(lines: Sequence[Line]) -> tuple[LogScale, str]:
    values = [value for one in lines for _, value in one.points if value > 0]
    low = 10.0 ** floor(log10(min(values, default=0.001)))
    high = 10.0 ** max(ceil(log10(max(values, default=1.0))), floor(log10(low)) + 1)
    y = LogScale(low=low, high=high, start=_BOX.bottom, stop=_BOX.top)
    parts = [label(_BOX.left - 7, _BOX.top - 9, Text("seconds, logarithmic", "秒(対数)"), "unit")]
    tick = low
    while tick <= high * 1.0001:
        parts.append(line(_BOX.left, y(tick), _BOX.right, y(tick), "grid"))
        parts.append(label(_BOX.left - 7, y(tick) + 4, f"{tick:g}", anchor="end"))
        tick *= 10
    return y, "".join(parts)
