"""Within which range an assumption may lie, and how a city would find out where.

A range comes from the comment beside the value, where that gives one around it ("3 to 20 %", "2 to 6 million"). Where
it gives none, the mark decides: a number from memory [M] is taken as known within a fifth, an assumption [A] within
the half; what was calibrated [C] has the interval of its fit or none. Facts, sources and what is derived from them have
no range; neither have dates, times of day and lists.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil, floor
from types import MappingProxyType

from shinsei.domain.errors import InvalidInputError
from shinsei.planning.grid import varied
from shinsei.planning.wholes import giving_way, others_of, written
from shinsei.scenario import Parameter, Scenario
from shinsei.season.text import Text

DEFAULT_FACTORS: Mapping[str, float] = MappingProxyType({"M": 1.2, "A": 1.5})
"""[A] From the value divided by this to the value times this, by mark; shares stay below 1."""


_CALIBRATED = "C"
"""Varied within the interval that the fit states, and not at all without one."""


class Learning(StrEnum):
    """How a city finds out what a parameter is there."""

    TIME_STUDY = "time study"
    """Measured at the desks within a week."""
    RECORDS = "records"
    """Counted in what the city has on file from last year."""
    OFFERS = "offers"
    """Asked of suppliers."""
    SETTINGS = "settings"
    """Known to, or decided by, the city."""


_SETTINGS = re.compile(
    r"municipality\.|municipalities\[|rank_size\.|office\.(clerks|login_seats|overtime\.)|costs\.horizon|poll\.|line\.bandwidth|calendar\.|workforce\."
    r"|methods\.\w+\.(robots|licences|interval|run_every|max_records|rerun_delay|ui_repair_days)|demand\.background_scale"
)
_LEARNING: tuple[tuple[re.Pattern[str], Learning], ...] = (
    (_SETTINGS, Learning.SETTINGS),
    (re.compile(r"costs\."), Learning.OFFERS),
    (re.compile(r"office\.examination\.|office\.p_denied"), Learning.RECORDS),
    (re.compile(r"office\.|methods\.|line\."), Learning.TIME_STUDY),
)
_LEFT_OUT = re.compile(
    r"seed$|schema$|run\.|advice\.|registry\.standing|.*_fiscal_year$|methods\.one_stop\."
    r"|municipalities\[\d+\]\.(count|share)$|rank_size\.(every|largest|smallest)$"
    r"|rank_size\.classes\[\d+\]\.(count$|from_people$|methods\.)"
)
"""What no season of a city depends on, or what makes the run and not the city."""
_SPAN = re.compile(r"(\d[\d,]*(?:\.\d+)?) to (\d[\d,]*(?:\.\d+)?)\s*(%|(?:million|days|ms|min|s|h|d)\b)?")
NOT_NUMBERS: Mapping[str, Text] = MappingProxyType(
    {
        "date": Text("a date", "日付"),
        "time of day": Text("a time of day", "時刻"),
        "fiscal year": Text("a fiscal year", "年度"),
        "switch": Text("a switch", "有無の設定"),
        "choice": Text("a choice", "選択肢"),
        "code": Text("a code", "コード"),
    }
)
"""Units of what has no range, and what it is instead."""
_SCALES: Mapping[str, float] = {"%": 0.01, "million": 1e6}
_SECONDS: Mapping[str, float] = {"ms": 0.001, "s": 1, "min": 60, "h": 3_600, "d": 86_400, "days": 86_400}


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """One parameter with its range."""

    path: str
    unit: str
    mark: str
    base: float
    low: float
    high: float
    """In the unit of the value."""
    is_whole: bool = False
    """Whether the scenario takes whole numbers alone."""
    is_stated: bool
    """Whether the scenario's comment states it; else it follows from the mark."""
    learning: Learning
    source: str
    others: tuple[tuple[str, float], ...] = ()
    """The other shares of the whole that it is part of, with their values."""

    def settings(self, value: float) -> list[tuple[str, str]]:
        """What is to be set for a value: the parameter, and what gives way to it."""
        if not self.others:
            return [(self.path, self.text(value))]
        return [(self.path, written(value)), *giving_way(self.base, value, self.others)]

    def text(self, value: float) -> str:
        """A value as ``--set`` takes it."""
        number = f"{value:.6g}" if abs(value) < _EXACT and not self.is_whole else f"{value:.0f}"
        return f"{number} {self.unit}" if self.unit in _SECONDS and self.unit != "days" else number

    def shown(self, value: float) -> Text:
        """A value for people."""
        if self.unit == "share":
            return Text(f"{value * 100:.3g} %", f"{value * 100:.3g} %")
        if self.unit == "yen":
            return Text(f"¥{value / 1e6:.3g} M", f"{value / 1e4:,.0f}万円")
        number = f"{value:,.3g}" if abs(value) < _THREE_DIGITS else f"{value:,.0f}"
        shown = f"{number} {self.unit}" if self.unit in _SECONDS else number
        return Text(shown, shown)


_EXACT, _THREE_DIGITS = 1e6, 1_000


def ranges(scenario: Scenario) -> tuple[tuple[Range, ...], dict[str, str]]:
    """The ranges of all assumptions that can be varied, and those that cannot with the reason."""
    found, refused = [], {}
    shares = {one.path: one.value for one in scenario.parameters if one.unit == "share"}
    for parameter in scenario.parameters:
        made = range_of(parameter)
        if made is None or is_idle(scenario, made.path):
            continue
        try:
            found.append(_possible(scenario, replace(made, others=others_of(made.path, shares))))
        except InvalidInputError as error:
            refused[made.path] = error.problem
    return tuple(found), refused


def range_of(parameter: Parameter) -> Range | None:
    """The range of one parameter; None where it has none."""
    if not is_assumption(parameter) or parameter.unit in NOT_NUMBERS or ", " in parameter.value:
        return None
    marks = _marks(parameter)
    base = float(parameter.value.replace(",", ""))
    stated = _stated(parameter.source, parameter.unit, base)
    if stated is None and (not base or _CALIBRATED in marks):
        return None
    factor = min((DEFAULT_FACTORS[mark] for mark in marks if mark in DEFAULT_FACTORS), default=1.0)
    low, high = stated or (base / factor, base * factor)
    if parameter.unit == "share" and not stated:
        high = min(high, 1 - (1 - base) / factor)
    return Range(
        path=parameter.path,
        unit=parameter.unit,
        mark=parameter.mark,
        base=base,
        low=low,
        high=high,
        is_stated=stated is not None,
        learning=next((how for pattern, how in _LEARNING if pattern.match(parameter.path)), Learning.RECORDS),
        source=parameter.source,
    )


def is_assumption(parameter: Parameter) -> bool:
    """Whether a season depends on it, and a city may find that it is another."""
    return bool(_marks(parameter)) and not _LEFT_OUT.match(parameter.path)


def _marks(parameter: Parameter) -> list[str]:
    return [mark for mark in (*DEFAULT_FACTORS, _CALIBRATED) if mark in parameter.mark.split()]


def _stated(source: str, unit: str, base: float) -> tuple[float, float] | None:
    """The first span in a comment that holds the value in its unit."""
    for found in _SPAN.finditer(source):
        low, high = (float(number.replace(",", "")) for number in found.group(1, 2))
        scale = _scale(found[3], unit)
        if scale is not None and low < high and low * scale <= base * (1 + 1e-9) and base <= high * scale * (1 + 1e-9):
            return low * scale, high * scale
    return None


def _scale(written: str | None, unit: str) -> float | None:
    """From the unit of a comment to that of the value; None if they do not fit."""
    if written is None:
        return None if unit in {"share", "yen", *_SECONDS} else 1.0
    if written in _SCALES:
        return _SCALES[written] if (written == "%") == (unit == "share") else None
    return _SECONDS[written] / _SECONDS[unit] if unit in _SECONDS else None


def is_idle(scenario: Scenario, path: str) -> bool:
    """Whether a parameter belongs to a method that no city of the scenario uses."""
    parts = path.split(".")
    used = {*scenario.methods, *(group.method for group in scenario.groups)}
    if parts[0] != "methods" or not used or parts[1] == "transcription":
        return False
    return parts[1].upper() not in {*used, *_policy_methods(scenario)}


def _policy_methods(scenario: Scenario) -> set[str]:
    policy = scenario.file.policy.spec()
    return {str(policy.default), *(str(method) for _, method in policy.by_procedure)}


def only_method(scenario: Scenario, path: str) -> str | None:
    """The only method that a parameter can move; None where it may move any."""
    parts = path.split(".")
    if parts[0] != "methods" or parts[1] == "transcription" or not scenario.methods:
        return None
    method = parts[1].upper()
    return None if method in _policy_methods(scenario) else method


def _possible(scenario: Scenario, wanted: Range) -> Range:
    """The range with ends that the scenario takes: whole numbers where it wants them.

    Raises:
        InvalidInputError: an end is refused.
    """
    try:
        return _checked(scenario, wanted)
    except InvalidInputError:
        if wanted.base % 1 or wanted.unit == "share":
            raise
        low, high = float(floor(wanted.low)) or wanted.base, float(ceil(wanted.high))
        return _checked(scenario, replace(wanted, low=low, high=high, is_whole=True))


def _checked(scenario: Scenario, wanted: Range) -> Range:
    for value in (wanted.low, wanted.high):
        varied(scenario, wanted.settings(value))
    return wanted
