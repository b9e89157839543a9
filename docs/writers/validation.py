"""The published cases beside the model, in figures and pictures."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from shinsei.season.published import CASES, Figure, check_that_explains_kuji
from shinsei.season.published_pictures import arrivals, bars, rounded
from writers.markdown import DOCS, table

PUBLISHED = DOCS / "validation"


def validation(case: str) -> Callable[[], Iterable[str]]:
    """A published case: what was told, what the model says, and the distance."""
    heads = ("figure", "unit", "published", "model", "distance", "")
    return lambda: table(heads, [_published(figure) for figure in CASES[case](PUBLISHED)])


def _published(figure: Figure) -> tuple[str, ...]:
    told = f"{figure.published:,g}"
    if figure.published_high is not None:
        told += f" to {figure.published_high:g}"
    if figure.unit == "%":
        distance = f"{figure.model - figure.published:+.1f} points"
    else:
        distance = f"{figure.distance:+.1%}" if figure.distance else "none"
    kind = "input" if figure.is_input else "bound" if figure.is_bound else "compared"
    return (figure.name, figure.unit, f"≤ {told}" if figure.is_bound else told, rounded(figure.model), distance, kind)


def kuji_check() -> Iterator[str]:
    """What a check would have to take for the model to say what Kuji told."""
    yield f"It takes a check of {check_that_explains_kuji(PUBLISHED):.0f} minutes for a record that was keyed in one."


def pictures() -> Iterator[tuple[str, str]]:
    """The pictures of the published cases, by file name."""
    told = {name: CASES[name](PUBLISHED) for name in CASES}
    hours = [*told["kuji donations"][:2], *told["kuji tax"][:2]]
    names = ("donations, before", "donations, with the robot", "tax, before", "tax, robot and visual check")
    kuji = [replace(figure, name=name) for figure, name in zip(hours, names, strict=True)]
    quick = [replace(figure, name=f"{figure.name}, 6 min a report") for figure in told["one quick clerk"][:2]]
    yield "mishima", bars("Mishima: seconds a form", told["mishima"][:2])
    yield "adachi", bars("Adachi: minutes saved a case", told["adachi"][2:3])
    yield "kuji", bars("Kuji: hours of clerks", kuji)
    yield "one-clerk", bars("One clerk: hours of overtime", [*told["one clerk"][:2], *quick])
    yield "payment-2020", arrivals("Online applications for the special cash payment of 2020")
