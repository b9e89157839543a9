"""Variants of a scenario: every combination of the values that ``--vary`` gives, on common random numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

from shinsei.domain.errors import InvalidInputError
from shinsei.planning.pool import Workers
from shinsei.planning.study import Study, Wanted, studies
from shinsei.scenario import Scenario, parse

MOST_VARIANTS = 400
"""More is a slip, or a question for --sensitivity."""
_OPENING, _CLOSING = "[{", "]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One parameter and the values that it takes."""

    key: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One combination of values with its seasons."""

    settings: tuple[tuple[str, str], ...]
    """Key and value on each axis."""
    study: Study

    @property
    def name(self) -> str:
        """``clerks = 4, robots = 2``: the last word of each key is enough."""
        return ", ".join(f"{key.rpartition('.')[2]} = {value}" for key, value in self.settings)


@dataclass(frozen=True, kw_only=True)
class Grid:
    """All variants, the last axis running fastest."""

    scenario: Scenario
    """As it is without the variation."""
    axes: tuple[Axis, ...]
    variants: tuple[Variant, ...]


def axis(text: str) -> Axis:
    """``key=a,b,c`` as an axis; a list or a table in brackets is one value.

    Raises:
        InvalidInputError: it has another form.
    """
    key, equals, values = text.partition("=")
    found = tuple(value.strip() for value in _split(values))
    if not equals or not key.strip() or not all(found):
        raise InvalidInputError("--vary", f"{text!r} is not of the form key=a,b,c, such as office.clerks=3,4,5")
    if len(set(found)) < len(found):
        raise InvalidInputError(f"--vary {key.strip()}", "has a value twice")
    return Axis(key=key.strip(), values=found)


def varied(scenario: Scenario, settings: Sequence[tuple[str, str]]) -> Scenario:
    """The scenario with some values set, its seed and methods kept.

    Raises:
        InvalidInputError: a key or a value is wrong.
    """
    overrides = [*scenario.overrides, *(f"{key}={value}" for key, value in settings)]
    made = parse(scenario.text, scenario.path, overrides)
    if scenario.seed != made.seed:
        made = made.with_seed(scenario.seed)
    return made if scenario.methods == made.methods else made.with_methods(scenario.methods)


def grid(
    scenario: Scenario,
    axes: Sequence[Axis],
    wanted: Wanted,
    workers: Workers,
    progress: Callable[[int], None] = lambda _: None,
) -> Grid:
    """Plans every combination.

    Raises:
        InvalidInputError: a key or a value is wrong, a key is there twice, or there are too many combinations.
    """
    combinations = settings_of(axes)
    made = [_variant(scenario, settings) for settings in combinations]
    found = studies(made, wanted, workers, progress)
    variants = [Variant(settings=settings, study=each) for settings, each in zip(combinations, found, strict=True)]
    return Grid(scenario=scenario, axes=tuple(axes), variants=tuple(variants))


def _variant(scenario: Scenario, settings: Sequence[tuple[str, str]]) -> Scenario:
    """A wrong key is told by the option that gave it."""
    try:
        return varied(scenario, settings)
    except InvalidInputError as error:
        raise InvalidInputError(error.field.replace("--set", "--vary"), error.problem) from None


def settings_of(axes: Sequence[Axis]) -> list[tuple[tuple[str, str], ...]]:
    """The combinations, the last axis running fastest.

    Raises:
        InvalidInputError: a key is there twice, or there are too many combinations.
    """
    keys = [each.key for each in axes]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise InvalidInputError("--vary", f"{twice} is there twice; give all its values at once")
    combinations = [tuple(zip(keys, values, strict=True)) for values in product(*(each.values for each in axes))]
    if len(combinations) > MOST_VARIANTS:
        raise InvalidInputError("--vary", f"makes {len(combinations):,} variants; at most {MOST_VARIANTS} are planned")
    return combinations


def _split(text: str) -> list[str]:
    """Split at commas outside brackets."""
    parts, depth = [""], 0
    for character in text:
        depth += (character in _OPENING) - (character in _CLOSING)
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts
