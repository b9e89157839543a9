"""The value of an assumption at which a recommendation changes, found by halving its range in virtual time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from shinsei.domain.linkage_method import LinkageMethod
from shinsei.planning.probing import Point, Probe, Setting
from shinsei.planning.ranges import Range
from shinsei.season.text import Text
from shinsei.season.words import METHOD_NAMES

STEPS = 6
"""Halvings: the value is known within a 64th of the way from the assumption to the end of its range."""

Judge = Callable[[Point], LinkageMethod | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turning:
    """If the parameter passes the value, the recommendation is another."""

    parameter: Range
    value: float
    """The first value tried beyond which it has changed."""
    rises: bool
    """Whether it changes above the value; else below."""
    before: LinkageMethod
    after: LinkageMethod

    @property
    def way(self) -> float:
        """How much of the way from the assumption to that end of its range it takes: the less, the more it matters."""
        end = self.parameter.high if self.rises else self.parameter.low
        return abs(self.value - self.parameter.base) / abs(end - self.parameter.base)


def turnings(probe: Probe, parameters: Sequence[Range], judge: Judge, base: Point) -> list[Turning]:
    """Where each parameter alone changes what ``judge`` says of ``base``.

    Both ends of each range are tried first; one at which nothing changes is taken to change nothing on the way.
    """
    ends: list[Setting] = [(each, end) for each in parameters for end in (each.low, each.high) if end != each.base]
    said = [judge(point) for point in probe.points(base, ends)]
    before = judge(base)
    changed = [
        (setting, after)
        for setting, after in zip(ends, said, strict=True)
        if None not in (before, after) and after != before
    ]
    return _halved(probe, base, changed, judge)


def nearest_first(found: Iterable[Turning]) -> list[Turning]:
    """Those that the least error of an assumption brings about stand first."""
    return sorted(found, key=lambda one: one.way)


def _halved(
    probe: Probe, base: Point, ends: Sequence[tuple[Setting, LinkageMethod | None]], judge: Judge
) -> list[Turning]:
    """All brackets are halved together, so that every process has work."""
    before = judge(base)
    brackets = [[each.base, end] for (each, end), _ in ends]
    afters = [after for _, after in ends]
    for _ in range(STEPS):
        middles: list[Setting] = [
            (each, sum(bracket) / 2) for ((each, _), _), bracket in zip(ends, brackets, strict=True)
        ]
        for index, point in enumerate(probe.points(base, middles)):
            said = judge(point)
            brackets[index][said != before] = middles[index][1]
            if said is not None and said != before:
                afters[index] = said
    return [
        Turning(parameter=each, value=bracket[1], rises=end > each.base, before=before, after=after)
        for ((each, end), _), bracket, after in zip(ends, brackets, afters, strict=True)
        if after is not None and before is not None
    ]


def condition(one: Turning) -> Text:
    """``if methods.rpa.p_exception (assumed 8 %) falls below 4.1 %: RPA``."""
    name, after = one.parameter.path, METHOD_NAMES[one.after]
    assumed, value = one.parameter.shown(one.parameter.base), one.parameter.shown(one.value)
    en, ja = _PASSES[one.parameter.is_whole, one.rises]
    return Text(
        f"if {name} (assumed {assumed.en}) {en.format(value.en)}, it would be {after.en}",
        f"{name}(仮定 {assumed.ja})が{ja.format(value.ja)}場合は{after.ja}",
    )


_PASSES = {
    (False, True): ("exceeds {}", "{}を超える"),
    (False, False): ("falls below {}", "{}を下回る"),
    (True, True): ("is {} or more", "{}以上の"),
    (True, False): ("is {} or less", "{}以下の"),
}
"""By whether the parameter is a whole number, and whether it rises."""
