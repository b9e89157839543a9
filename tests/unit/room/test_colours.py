"""Colours of the page, light and dark: text stands out 4.5 to 1 from what is behind it, marks 3 to 1 (WCAG 2.1, AA)."""

import importlib.resources
import re
from collections.abc import Iterator, Mapping

import pytest

from shinsei.domain.forecast import Prospect
from shinsei.room.handler import FILES
from shinsei.season.report.style import METHOD_COLOURS, METHOD_MARKS

FOLDER = importlib.resources.files("shinsei.room.page")
PAGE = {name: FOLDER.joinpath(name).read_text(encoding="utf-8") for name in FILES.values()}
STYLE = PAGE["style.css"]
VERDICTS = ("safe-g", "risk-g", "lost-g", "unknown-g")
GROUNDS = ("paper", "ground", *VERDICTS)
TEXT: Mapping[str, tuple[str, ...]] = {
    "ink": GROUNDS,
    "soft": GROUNDS,
    "accent": ("paper", "ground", *VERDICTS),
    "safe": ("paper", "ground", "safe-g"),
    "risk": ("risk-g",),
    "lost": ("paper", "ground", *VERDICTS),
}
"""What is written in each colour stands on these; what does not answer is named in red under any verdict."""
MARKS: Mapping[str, tuple[str, ...]] = {
    "soft": ("paper", "ground"),
    "accent": ("paper", "ground"),
    "safe": ("paper", "ground", "safe-g"),
    "risk": ("ground", "risk-g"),
    "lost": ("paper", "ground", "lost-g"),
    "unknown": ("ground", "unknown-g"),
}
"""Lines, frames and the focus."""
DECORATION = {"rule"}
"""Says nothing that is not said beside it."""
BEHIND_METHODS = ("section", "dialog", ".stage", ".bar", ".ring")
"""Where marks, bars and curves of methods are drawn."""
THEMES = ("light", "dark")


def colours(theme: str) -> dict[str, str]:
    """The custom properties of the page; the dark ones replace those of the same name."""
    blocks = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    found = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block)) for block in blocks]
    assert len(found) == len(THEMES)
    return found[0] if theme == "light" else {**found[0], **found[1]}


def luminance(colour: str) -> float:
    """As WCAG 2.1 defines it for sRGB."""
    digits = colour.removeprefix("#")
    digits = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def behind_methods() -> Iterator[str]:
    """What the rules of these places lay behind them; most lay nothing."""
    for place in BEHIND_METHODS:
        rule = re.search(rf"^{re.escape(place)} {{(.*?)}}", STYLE, re.MULTILINE)
        assert rule, place
        yield from re.findall(r"(?:background|fill): var\(--([\w-]+)\)", rule[1])


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.478, abs=0.001)


@pytest.mark.parametrize("theme", THEMES)
def test_text_can_be_read_on_whatever_it_stands(theme: str) -> None:
    of = colours(theme)
    found = {(one, ground): contrast(of[one], of[ground]) for one, grounds in TEXT.items() for ground in grounds}
    assert {pair: ratio for pair, ratio in found.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", THEMES)
def test_lines_and_frames_stand_out_from_what_is_behind_them(theme: str) -> None:
    of = colours(theme)
    found = {(one, ground): contrast(of[one], of[ground]) for one, grounds in MARKS.items() for ground in grounds}
    assert {pair: ratio for pair, ratio in found.items() if ratio < 3} == {}


@pytest.mark.parametrize("theme", THEMES)
def test_the_colours_of_the_methods_stand_out_from_what_is_behind_them(theme: str) -> None:
    of, drawn = colours(theme), {*METHOD_COLOURS.values(), *re.findall('"(#[0-9a-f]{6})"', PAGE["script.js"])}
    grounds = set(behind_methods())
    found = {(one, ground): contrast(one, of[ground]) for one in drawn for ground in grounds}
    assert grounds
    assert {pair: ratio for pair, ratio in found.items() if ratio < 3} == {}


def test_no_other_colour_is_written_or_drawn_in() -> None:
    """Or it would have to stand in the tables above."""
    written = re.findall(r"(?<![\w-])(?:color|fill):\s*var\(--([\w-]+)\)", STYLE)
    drawn = re.findall(r"(?:stroke|border[\w-]*|outline):[^;}]*var\(--([\w-]+)\)", STYLE)
    assert set(written) - {"paper"} == TEXT.keys(), "rings are filled with paper"
    assert set(drawn) == MARKS.keys() | DECORATION
    rest = re.sub(r":root \{.*?\}", "", STYLE, flags=re.DOTALL)
    assert re.findall(r":[^;{}]*(?:#[0-9a-f]{3}|rgb|hsl)[^;}]*", rest) == [": rgb(0 0 0 / 45%)"], "the veil of a dialog"


def test_nothing_is_told_by_its_colour_alone() -> None:
    """Methods have marks, and prospects signs, of which two that are both good share one."""
    signs = dict(re.findall(r'(\w+): "(.)"', re.findall(r"const ICONS = {(.*?)}", PAGE["words.js"])[0]))
    assert signs[Prospect.SAFE] == signs[Prospect.THROUGH]
    assert len({signs[one] for one in Prospect}) == len(Prospect) - 1
    assert len(set(METHOD_MARKS.values())) == len(METHOD_MARKS)
