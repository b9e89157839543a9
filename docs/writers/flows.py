"""The reception flows before and after going online (付録1)."""

from collections.abc import Iterator, Sequence

from shinsei.domain.flows import Flow, FlowStep, kinds
from shinsei.domain.linkage_method import COMPARED_METHODS
from shinsei.scenario import load
from writers.markdown import DEMO, table

FLOW_HEADS = ("step", "手順", "who", "minutes", "days", "of cases", "mark")


def flow_totals() -> Iterator[str]:
    """Clerks' minutes per case, before and after."""
    found = sorted((one for kind in _kinds() for one in kind), key=lambda one: one[0].procedure.number)
    rows = [
        (str(one[0].procedure.number), one[0].procedure.short_ja, one[0].procedure.name_en, *_minutes(one))
        for one in found
    ]
    ways = ("on paper", *(f"`{method}`" for method in COMPARED_METHODS))
    yield from table(("#", "手続", "procedure", *ways), rows)


def flow_entries() -> Iterator[str]:
    """The steps that depend on the linkage method, for a form of ordinary length."""
    ways = _kinds()[0][0][1:]
    rows = [(f"`{way.method}`", *_step(step)) for way in ways for step in way.steps if step.by_method]
    yield from table(("method", *FLOW_HEADS), rows)


def flow_steps() -> Iterator[str]:
    """All other steps, once for procedures that have the same."""
    for kind in _kinds():
        names = "; ".join(f"{one[0].procedure.number} {one[0].procedure.short_ja}" for one in kind)
        yield ""
        yield f"### {names}"
        for heading, way in zip(("Before, on paper", "After, online"), kind[0], strict=False):
            yield ""
            yield f"**{heading}**"
            yield ""
            yield from table(FLOW_HEADS, _steps(way))
    yield ""


def _kinds() -> list[list[tuple[Flow, ...]]]:
    demo = load(DEMO)
    return kinds(demo.run_specs("docs")[0], demo.counter_times)


def _minutes(one: Sequence[Flow]) -> Iterator[str]:
    paper, *online = one
    yield f"{paper.staff_minutes:.1f} / {paper.with_counter_minutes:.1f}"
    for way in online:
        clerks = way.staff_minutes - paper.staff_minutes
        yield f"{way.staff_minutes:.1f} ({clerks:+.1f} / {way.with_counter_minutes - paper.with_counter_minutes:+.1f})"


def _steps(way: Flow) -> Iterator[tuple[str, ...]]:
    """The steps in order, with one line where the method's have their place."""
    entered = False
    for step in way.steps:
        if not step.by_method:
            yield _step(step)
        elif not entered:
            entered = True
            yield ("*entry, by method: see above*", "基幹システムへの入力(連携方式による)", "", "", "", "", "")


def _step(step: FlowStep) -> tuple[str, ...]:
    minutes = "" if step.minutes is None else f"{step.minutes:.2g}" if step.minutes < 1 else f"{step.minutes:.1f}"
    days = "" if step.days is None else f"{step.days:.0f}"
    share = "" if step.share == 1.0 else f"{step.share:.1%}"
    return (step.name, step.name_ja, str(step.actor), minutes, days, share, step.mark)
