"""Small building blocks for charts as inline SVG: scales, ticks, elements. No library, nothing fetched."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

from shinsei.season.text import Text

Attribute = str | float


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """The plotting area inside a drawing."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Bottom edge."""
        return self.top + self.height


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Maps a range of values to a range of pixels, linearly."""

    low: float
    high: float
    start: float
    stop: float

    def __call__(self, value: float) -> float:
        """Pixel of a value."""
        if self.high == self.low:
            return self.start
        return self.start + (value - self.low) / (self.high - self.low) * (self.stop - self.start)


def nice_ticks(high: float, count: int = 5) -> list[float]:
    """Round numbers from 0 to at least ``high``."""
    if high <= 0:
        return [0.0, 1.0]
    raw = high / count
    power = 10 ** floor(log10(raw))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= raw)
    return [step * index for index in range(ceil(high / step - 1e-9) + 1)]


def element(name: str, content: str = "", /, **attributes: Attribute | None) -> str:
    """One element; ``stroke_width`` becomes ``stroke-width``, ``class_`` becomes ``class``."""
    rendered = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_number(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{rendered}>{content}</{name}>" if content else f"<{name}{rendered}/>"


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> str:
    """A straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def rect(x: float, y: float, width: float, height: float, **attributes: Attribute | None) -> str:
    """A rectangle."""
    return element("rect", x=x, y=y, width=width, height=height, **attributes)


def path(points: Iterable[tuple[float, float]], **attributes: Attribute | None) -> str:
    """A line through points."""
    steps = " ".join(f"{'M' if index == 0 else 'L'}{_number(x)} {_number(y)}" for index, (x, y) in enumerate(points))
    return element("path", d=steps, fill="none", **attributes) if steps else ""


def staircase(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The corners of a curve that keeps its value until the next point."""
    corners: list[tuple[float, float]] = []
    for x, y in points:
        if corners:
            corners.append((x, corners[-1][1]))
        corners.append((x, y))
    return corners


def label(x: float, y: float, text: Text | str, class_: str = "tick", anchor: str = "start") -> str:
    """Text at a place, in both languages if it has two."""
    return _text(text, x=_number(x), y=_number(y), class_=class_, anchor=anchor)


def drawing(width: float, height: float, content: str, title: Text, ident: str) -> str:
    """A whole chart that scales with the page."""
    return (
        f'<svg id="{escape(ident)}" class="chart" viewBox="0 0 {_number(width)} {_number(height)}" role="img" '
        f'aria-label="{escape(title.en)} / {escape(title.ja)}">{content}</svg>'
    )


def _number(value: Attribute) -> str:
    """Pixels with one decimal are enough; a whole number has none."""
    if isinstance(value, str):
        return value
    return f"{value:.1f}".removesuffix(".0")


def _text(text: Text | str, *, x: str, y: str, class_: str, anchor: str) -> str:
    """The text inside a drawing."""

    def one(content: str, language: str) -> str:
        return (
            f'<text x="{x}" y="{y}" class="{(class_ + " " + language).strip()}" text-anchor="{anchor}">'
            f"{escape(content)}</text>"
        )

    if isinstance(text, str) or text.en == text.ja:
        return one(text if isinstance(text, str) else text.en, "")
    return one(text.en, "en") + one(text.ja, "ja")
