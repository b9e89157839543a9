"""Pictures of the published cases as files of their own: what was told beside what the model says."""

from collections.abc import Sequence
from typing import Final

from shinsei.season.published import PUBLISHED_2020, Day, Figure, arrivals_2020
from shinsei.season.report.svg import Box, Scale, element, label, line, nice_ticks, path, rect

_WIDTH, _LEFT, _RIGHT, _ROW, _BAR = 760.0, 300.0, 70.0, 52.0, 16.0
_STYLE: Final = (
    "text{font:13px system-ui,sans-serif;fill:#1b1b1b}.quiet{fill:#5f6368}.axis{stroke:#9aa0a6}.grid{stroke:#e0e0e0}"
    ".told{fill:#5f6368}.model{fill:#0b6bcb}.curve{stroke:#0b6bcb;stroke-width:2.5}.range{fill:#b9bdc2}"
    "@media(prefers-color-scheme:dark){text{fill:#e8eaed}.quiet{fill:#9aa0a6}.grid{stroke:#3c4043}"
    ".told{fill:#9aa0a6}.model{fill:#6fb1ff}.curve{stroke:#6fb1ff}.range{fill:#5f6368}}"
)


def bars(title: str, figures: Sequence[Figure]) -> str:
    """Two bars a figure, all on one scale: the source's (the upper end of a range paler) and the model's."""
    ends = [max(figure.published_high or figure.published, figure.model) for figure in figures]
    scale = Scale(low=0.0, high=max(ends), start=_LEFT, stop=_WIDTH - _RIGHT)
    parts = []
    for row, figure in enumerate(figures):
        top = 44.0 + row * _ROW
        told = f"{figure.published:g}"
        if figure.published_high is not None:
            parts.append(rect(_LEFT, top, scale(figure.published_high) - _LEFT, _BAR, class_="range"))
            told = f"{told} to {figure.published_high:g}"
        parts += [
            label(_LEFT - 10, top + 21, f"{figure.name}, {figure.unit}".rstrip(", "), "", "end"),
            rect(_LEFT, top, scale(figure.published) - _LEFT, _BAR, class_="told"),
            rect(_LEFT, top + _BAR + 2, scale(figure.model) - _LEFT, _BAR, class_="model"),
            label(scale(figure.published_high or figure.published) + 6, top + 13, told),
            label(scale(figure.model) + 6, top + _BAR + 15, rounded(figure.model)),
        ]
    bottom = 44.0 + len(figures) * _ROW
    parts.append(line(_LEFT, 38, _LEFT, bottom - 8, "axis"))
    return _picture(title, bottom + 4, [*_legend("told"), *parts])


def arrivals(title: str) -> str:
    """The nation's online applications as the model has them, and the two totals that were told."""
    box, curve = Box(left=70, top=44, width=_WIDTH - 90, height=260), arrivals_2020()
    ticks = nice_ticks(max(point.count for point in curve) / 1e6)
    x = Scale(low=0.0, high=curve[-1].day, start=box.left, stop=box.right)
    y = Scale(low=0.0, high=ticks[-1] * 1e6, start=box.bottom, stop=box.top)
    parts = []
    for tick in ticks:
        parts += [
            line(box.left, y(tick * 1e6), box.right, y(tick * 1e6), "grid"),
            label(box.left - 8, y(tick * 1e6) + 4, f"{tick:g} M", "quiet", "end"),
        ]
    for day in range(0, int(curve[-1].day), 5):
        name = f"{day + 1} May" if day < 31 else f"{day - 30} June"  # noqa: PLR2004 - the days of May
        parts.append(label(x(day), box.bottom + 18, name, "quiet", "middle"))
    parts.append(line(box.left, box.bottom, box.right, box.bottom, "axis"))
    parts.append(path([(x(point.day), y(point.count)) for point in curve], class_="curve"))
    parts += [_dot(x(point.day), y(point.count), point) for point in PUBLISHED_2020]
    return _picture(title, box.bottom + 30, [*_legend("told: totals of 20 and 24 May"), *parts])


def rounded(value: float) -> str:
    """Three digits are enough."""
    if value == round(value):
        return f"{value:,.0f}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"  # noqa: PLR2004


def _dot(x: float, y: float, point: Day) -> str:
    return element("circle", cx=x, cy=y, r=5.0, class_="told") + label(
        x + 8, y + 18, f"{point.count / 1e6:.2f} M", "quiet"
    )


def _legend(told: str) -> list[str]:
    return [
        rect(12, 14, 12, 12, class_="told"),
        label(30, 25, told, "quiet"),
        rect(270, 14, 12, 12, class_="model"),
        label(288, 25, "model", "quiet"),
    ]


def _picture(title: str, height: float, parts: Sequence[str]) -> str:
    content = element("style", _STYLE) + "".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:g} {height:g}" role="img" '
        f'aria-label="{title}">{content}</svg>\n'
    )
