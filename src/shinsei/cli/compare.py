"""``shinsei compare RUN RUN…``: figures side by side, and season by season where the results have seasons in common."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shinsei.cli.output import JsonOption, console, print_json
from shinsei.domain.errors import InvalidInputError

if TYPE_CHECKING:
    from rich.table import Table

    from shinsei.planning.figures import Figure
    from shinsei.planning.sides import Side
    from shinsei.season.results import StoredRun

_MOST_TOLD = 12
"""Parameters that differ and are named."""
_LONGEST_TOLD = 40


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("compare")(compare)


def compare(
    runs: Annotated[list[str], typer.Argument(metavar="RUN RUN…", help="Two or more runs.")],
    *,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder of results.")] = Path("results"),
    as_json: JsonOption = False,
) -> None:
    """Put the figures of several results side by side, method by method: of a plan its means with their intervals.

    Where two results have seasons of the same seeds in common, the difference is taken season by season.
    """
    from shinsei.planning.compared import content, same_trace
    from shinsei.planning.sides import side
    from shinsei.season.results import Results

    if len(runs) < 2:  # noqa: PLR2004 - a comparison takes two
        raise InvalidInputError("RUN", "name at least two runs; shinsei runs list shows them")
    results = Results(out)
    sides = [side(_comparable(results.find(run))) for run in runs]
    if as_json:
        print_json(content(sides))
        return
    screen = console()
    screen.print("the traces are equal" if same_trace(sides) else "the traces differ", style="bold")
    for line in _told(sides):
        screen.print(line, soft_wrap=True, markup=False)
    for column in sides[0].columns:
        screen.print()
        screen.print(_table(sides, column))


def _comparable(run: "StoredRun") -> "StoredRun":
    from shinsei.cli.runs import summary_of

    content = summary_of(run)
    if "methods" not in content:
        raise InvalidInputError(
            "run", f"{run.run_id} is a plan of another kind ({content.get('kind')}); it has no figures"
        )
    return run


def _told(sides: Sequence["Side"]) -> Iterator[str]:
    """What is the same in the results, and what is not, before any figure."""
    from shinsei.planning.pairing import changed

    first = sides[0]
    names = [str(each.content.get("scenario")) for each in sides]
    if len(set(names)) > 1:
        yield f"of different scenarios: {', '.join(names)}"
    for each in sides:
        if each.content.get("partial"):
            yield f"{each.run.run_id} is partial: it was interrupted before its end"
    for each in sides[1:]:
        gaps = changed(first, each)
        shown = [f"{path} {_known(one)} → {_known(other)}" for path, (one, other) in gaps.items()]
        if shown:
            more = f", and {len(shown) - _MOST_TOLD} more" if len(shown) > _MOST_TOLD else ""
            yield f"{each.run.run_id} has other parameters: {', '.join(shown[:_MOST_TOLD])}{more}"
        yield _paired_line(first, each)


def _paired_line(first: "Side", second: "Side") -> str:
    seeds = {seed for column in first.columns for seed in _shared(first, second, column)}
    if not seeds:
        return f"{second.run.run_id} has no season of a seed of {first.run.run_id}, so no difference is taken"
    seasons = "the season of one seed" if len(seeds) == 1 else f"{len(seeds)} seasons of the same seeds"
    interval = "; one season has no interval" if len(seeds) == 1 else ", with its 95 % interval"
    return f"difference: {second.run.run_id} less {first.run.run_id}, in {seasons}{interval}"


def _table(sides: Sequence["Side"], column: str) -> "Table":
    from rich.table import Table

    table = Table(
        box=None, pad_edge=False, padding=(0, 2, 0, 0), title=_named(column), title_justify="left", title_style="bold"
    )
    table.add_column("", no_wrap=True)
    for number, each in enumerate(sides):
        table.add_column(each.run.run_id, justify="right", overflow="fold")
        if number and _shared(sides[0], each, column):
            table.add_column("difference", justify="right")
    for figure in _figures(sides, column):
        cells = list(_cells(sides, column, figure))
        table.add_row(figure.label.en, *cells, style="dim" if _is_same(sides, column, figure) else None)
    table.add_row("Saturated first", *_saturated(sides, column))
    return table


def _cells(sides: Sequence["Side"], column: str, figure: "Figure") -> Iterator[str]:
    from shinsei.planning.pairing import paired
    from shinsei.planning.words import cell, difference_cell

    for number, each in enumerate(sides):
        found = each.estimate(column, figure)
        yield "-" if found is None else cell(figure, found).en
        if number and _shared(sides[0], each, column):
            gap = paired(sides[0], each, column, figure)
            yield "-" if gap is None else difference_cell(figure, gap).en


def _is_same(sides: Sequence["Side"], column: str, figure: "Figure") -> bool:
    """Whether a figure tells the results apart, season by season or, without a season in common, by its means."""
    from shinsei.planning.pairing import paired

    first, base = sides[0], sides[0].estimate(column, figure)
    gaps = [(paired(first, each, column, figure), each.estimate(column, figure)) for each in sides[1:]]
    return all(found == base if gap is None else gap.mean == 0 and not gap.half_width for gap, found in gaps)


def _saturated(sides: Sequence["Side"], column: str) -> Iterator[str]:
    from shinsei.planning.compared import SATURATED

    for number, each in enumerate(sides):
        yield str(each.of(column).get(SATURATED) or "-")
        if number and _shared(sides[0], each, column):
            yield ""


def _figures(sides: Sequence["Side"], column: str) -> list["Figure"]:
    """Those that say anything in one of the results: known, and not 0."""
    from shinsei.planning.figures import FIGURES

    found = [(figure, [each.estimate(column, figure) for each in sides]) for figure in FIGURES]
    return [figure for figure, known in found if any(one is not None and one.mean != 0 for one in known)]


def _shared(first: "Side", second: "Side", column: str) -> list[int]:
    from shinsei.planning.pairing import shared

    return shared(first, second, column)


def _named(column: str) -> str:
    from shinsei.domain.linkage_method import LinkageMethod
    from shinsei.season.words import METHOD_NAMES

    return METHOD_NAMES[LinkageMethod(column)].en if column in set(LinkageMethod) else column


def _known(value: str | None) -> str:
    if value is None:
        return "not there"
    return value if len(value) <= _LONGEST_TOLD else f"{value[:_LONGEST_TOLD]}…"
