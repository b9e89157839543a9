"""``shinsei loadtest compare``: two load tests and their repeats, figure by figure."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from shinsei.cli.output import JsonOption, console, print_json
from shinsei.season.results import Results, StoredRun

_VERDICTS = {True: "differs", False: "alike", None: "one run"}


def compare(
    first: Annotated[str, typer.Argument(metavar="A", help="A result: its id, latest, or its folder.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Another one.")],
    *,
    repeats: Annotated[
        bool,
        typer.Option(help="Take every whole run of the same code, configuration and stack beside each as its repeat."),
    ] = True,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder of results.")] = Path("results"),
    as_json: JsonOption = False,
) -> None:
    """Put two load tests side by side, with 95 % intervals over their repeats."""
    from shinsei.loadtest.comparing import compare as compared
    from shinsei.loadtest.comparing import differences, make_sure_they_differ, repeats_of

    results = Results(out)
    sides = [repeats_of(results, name) for name in (first, second)]
    if not repeats:
        sides = [[results.find(name)] for name in (first, second)]
    make_sure_they_differ(*sides)
    summaries = [[run.summary or {} for run in side] for side in sides]
    rows = compared(*summaries)
    differ_by = differences(*(side[0] for side in summaries))
    if as_json:
        runs = [[run.run_id for run in side] for side in sides]
        print_json({"runs": runs, "differ_by": differ_by, "figures": [_row(one) for one in rows]})
        return
    screen = console()
    table = Table(box=None, pad_edge=False)
    table.add_column("", no_wrap=True)
    for name, side in zip(("A", "B"), summaries, strict=True):
        table.add_column(f"{name}: {side[0]['preset']}, {len(side)} run{'s' if len(side) > 1 else ''}", justify="right")
    table.add_column("B/A", justify="right")
    table.add_column("95 %")
    for one in rows:
        ratio = "-" if one.ratio is None else f"{one.ratio:.2f}"
        table.add_row(one.figure, _shown(one.first), _shown(one.second), ratio, _VERDICTS[one.differs])
    screen.print(table)
    told = [f"A and B differ by: {'; '.join(differ_by) or 'nothing that is known'}"]
    for line in (*told, *(_no_repeats(sides) if repeats else ())):
        screen.print(line, highlight=False, markup=False, soft_wrap=True)
    for warning in _warnings(summaries):
        screen.print(warning, style="yellow")


def _no_repeats(sides: Sequence[Sequence[StoredRun]]) -> Iterator[str]:
    """Which runs of the same configuration stand on neither side, and why."""
    from shinsei.loadtest.comparing import no_repeats_of

    listed = {run.run_id for side in sides for run in side}
    for name, side in zip(("A", "B"), sides, strict=True):
        for run_id, differ_by in no_repeats_of(side[0]).items():
            if run_id not in listed:
                yield f"{run_id} is no repeat of {name}: {'; '.join(differ_by)}"


def _shown(measured: Any) -> str:
    if measured.mean is None:
        return "-"
    half, n = measured.half_width, len(measured.values)
    spread = "" if half is None else f" ± {half:,.2g}"
    return f"{measured.mean:,.4g}{spread}{f' ({n} of {measured.of})' if n < measured.of else ''}"


def _row(one: Any) -> dict[str, Any]:
    sides = {"a": one.first, "b": one.second}
    told = {
        name: {"mean": side.mean, "half_width": side.half_width, "values": list(side.values), "of": side.of}
        for name, side in sides.items()
    }
    return {"figure": one.figure, **told, "ratio": one.ratio, "differs": one.differs}


def _warnings(summaries: list[list[dict[str, Any]]]) -> list[str]:
    """Why the two may not be comparable."""
    from shinsei.loadtest.comparing import lower_bounds

    first, second = (side[0] for side in summaries)
    found = []
    if first["offices"] != second["offices"]:
        found.append("one has offices without queues and the other has offices with people: do not compare them")
    if min(len(side) for side in summaries) == 1:
        found.append("a single run has no interval: repeat it, and compare again")
    found += [f"{one['run_id']} is partial: {one['partial']}" for side in summaries for one in side if one["partial"]]
    for one in (one for side in summaries for one in side):
        bounds = lower_bounds(one)
        if bounds:
            found.append(f"{one['run_id']} was cut off before it came to a maximum; at least: {', '.join(bounds)}")
    return found
