"""Writes the generated parts of the documentation, so that no page can say what the code does not.

``python docs/generate.py`` rewrites what stands between the markers ``<!-- NAME: generated -->`` and
``<!-- NAME: end -->``; ``--check`` changes nothing and fails if something would change. The tests run the check.
``--answers`` also works out what the scenarios answer, in virtual time: all of them, or those named after it.
"""

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path

from pydantic.fields import FieldInfo

from shinsei.contracts.topics import TOPICS
from shinsei.domain.catalogue import PROCEDURES
from shinsei.domain.flows import Flow, FlowStep, kinds
from shinsei.domain.lifecycle import TRANSITIONS
from shinsei.domain.linkage.activity import ACTIVITIES
from shinsei.domain.linkage_method import COMPARED_METHODS, FOUR_METHODS
from shinsei.domain.simtime import DAY_MS
from shinsei.runtime.observability import instruments
from shinsei.runtime.settings import ServiceSettings
from shinsei.scenario import Scenario, load, parse
from shinsei.scenario.marks import Parameter, read_marks
from shinsei.scenario.writing import template_text
from shinsei.season.against import against
from shinsei.season.planned import plan_season
from shinsei.season.published import CASES, Figure, check_that_explains_kuji
from shinsei.season.published_pictures import arrivals, bars, rounded
from shinsei.season.verdict import verdict
from shinsei.stack.parts import PARTS
from shinsei.stack.site import SERVICES

DOCS = Path(__file__).resolve().parent
DEMO = DOCS.parent / "scenarios" / "child-allowance-status-report.toml"
SHIPPED = [load(file) for file in sorted(DEMO.parent.glob("*.toml"))]
FLOWS, METRICS, MODEL, OPERATIONS, SCENARIOS = "flows.md", "metrics.md", "model.md", "operations.md", "scenarios.md"
VALIDATION, PUBLISHED = "validation.md", DOCS / "validation"


Makers = Mapping[tuple[str, str], Callable[[], Iterable[str]]]
"""What writes a part, by page and marker."""


def lifecycle() -> Iterator[str]:
    """The transition table as a Mermaid state diagram."""
    yield "```mermaid"
    yield "stateDiagram-v2"
    for status, row in TRANSITIONS.items():
        source = status or "[*]"
        for action, target in row.items():
            yield f"    {source} --> {target}: {action}"
        if not row:
            yield f"    {source} --> [*]"
    yield "```"


def priorities() -> Iterator[str]:
    """What the clerks do first, from the table of activities."""
    rows = [
        (str(rule.level), f"`{activity}`", "yes" if rule.needs_seat else "no") for activity, rule in ACTIVITIES.items()
    ]
    return table(("level", "activity", "takes a login seat"), rows)


def parameters() -> Iterator[str]:
    """Every number of the demonstration with its unit, mark and source."""
    rows = [(f"`{item.path}`", item.value, item.unit, item.mark, item.source) for item in load(DEMO).parameters]
    return table(("parameter", "value", "unit", "mark", "source"), rows)


def advice() -> Iterator[str]:
    """What advice takes where a scenario says nothing."""
    shown = parse(template_text(), Path("template.toml")).parameters
    rows = [
        (f"`{item.path}`", item.value, item.unit, item.mark, item.source)
        for item in shown
        if item.path.startswith("advice.")
    ]
    return table(("parameter", "value", "unit", "mark", "source"), rows)


METHOD_ROWS = (
    (
        "方式",
        "申請内容照会画面からの転記",
        "RPA等簡易ツールの利用",
        "入力画面に取込機能の実装",
        "一括取込機能の実装",
        "標準IF",
    ),
    ("core system changed (改修要否, SRC)", "no", "no", "yes", "yes", "it has the interface"),
    (
        "works when",
        "a clerk is free",
        "looks every <rpa.run_every>, <rpa.run_first> to <rpa.run_last>",
        "a clerk is free",
        "windows: <batch_import.windows>",
        "every <standard_api.interval>, on-line hours",
    ),
    (
        "machine",
        "–",
        "<rpa.machine.mean> a case; robots: <rpa.robots>",
        "<screen_import.machine.mean>",
        "<batch_import.overhead.mean> a job + <batch_import.per_record.mean> a record",
        "<standard_api.machine.mean> a case",
    ),
    (
        "clerk, normal case",
        "<transcription.keying.mean> keying + <transcription.check.mean> second check",
        "<rpa.review.mean> review",
        "<screen_import.staff.mean>",
        "<batch_import.review_per_record.mean> list review",
        "–",
    ),
    (
        "fails",
        "–",
        "<rpa.p_exception> exceptions; <rpa.stops_per_h> stops a robot-hour",
        "<screen_import.p_exception> exceptions",
        "<batch_import.p_reject> rejects; <batch_import.p_abort_per_run> of the files abort",
        "<standard_api.p_exception>",
    ),
    (
        "then",
        "–",
        "a clerk keys it",
        "a clerk keys it",
        "a clerk keys it; a file runs again after <batch_import.rerun_delay>",
        "a clerk keys it",
    ),
    (
        "latency floor",
        "minutes",
        "half the time between looks",
        "minutes",
        "half the time between windows",
        "half the interval",
    ),
    (
        "undetected error",
        "<transcription.p_undetected_double> with, <transcription.p_undetected_single> without a second check",
        "<rpa.p_undetected>",
        "<screen_import.p_undetected>",
        "<batch_import.p_undetected>, a whole file at once",
        "<standard_api.p_undetected>",
    ),
)
"""The comparison of the methods; ``<path>`` stands for a value of the demonstration's ``[methods]``."""


def methods() -> Iterator[str]:
    """The methods side by side, with the demonstration's numbers."""
    values = {item.path: _quantity(item) for item in load(DEMO).parameters}
    heads = ("", *(f"{n} `{method}`" for n, method in enumerate(FOUR_METHODS, 1)), f"baseline `{COMPARED_METHODS[-1]}`")
    for line in table(heads, METHOD_ROWS):
        yield re.sub(r"<([a-z_.]+)>", lambda found: values[f"methods.{found[1]}"], line)


def procedures() -> Iterator[str]:
    """The catalogue: what is filed, where it goes, and how often."""
    rows = [
        (
            str(item.number),
            f"`{item.key}`",
            item.short_ja,
            item.core_system,
            item.signature,
            item.season.key,
            f"{item.volume_per_100k:g}",
            item.volume_mark,
        )
        for item in PROCEDURES
    ]
    heads = ("#", "key", "手続", "core system", "signature", "season", "per 100,000 people and year", "mark")
    return table(heads, rows)


def ports() -> Iterator[str]:
    """What listens where in the local stack."""
    rows = [(part.name, purpose, str(port)) for part in PARTS for purpose, port in part.ports.items()]
    return table(("part", "purpose", "usual port"), rows)


def settings() -> Iterator[str]:
    """Every setting of every service, from the classes that read them."""
    shared = ServiceSettings.model_fields
    yield from table(("setting", "default", "what it is"), [_setting(name, shared[name]) for name in shared])
    for service in SERVICES:
        own = import_module(f"{service}.settings").Settings.model_fields
        added = [name for name in own if name not in shared or own[name].default != shared[name].default]
        yield ""
        yield f"**{service}** (`{service.upper()}_…`)"
        yield ""
        yield from table(("setting", "default", "what it is"), [_setting(name, own[name]) for name in added])


def scenarios() -> Iterator[str]:
    """What is shipped: the question of each scenario, its size, and how its own numbers are marked."""
    heads = ("scenario", "question", "people", "filers", "online, all twins", "days", "its own numbers, by mark")
    yield from table(heads, [_scenario(scenario) for scenario in SHIPPED])


def _scenario(scenario: Scenario) -> tuple[str, ...]:
    own = read_marks(scenario.text).values()
    marks = Counter(mark.mark.split()[0].rstrip(",") for mark in own)
    filers, online = scenario.filers()
    return (
        f"[`{scenario.name}`](../scenarios/{scenario.path.name})",
        scenario.report.question,
        f"{scenario.file.municipality.population:,}",
        f"{filers:,}",
        f"{online * max(1, len(scenario.methods)):,}",
        f"{(scenario.end - scenario.start) // DAY_MS:,}",
        ", ".join(f"{mark} {count}" for mark, count in sorted(marks.items())),
    )


_ANSWER = re.compile(r"- \*\*`[a-z0-9-]+`\*\* ")


def answers(named: Sequence[str] = ()) -> Iterator[str]:
    """The answer of each season with twins, with the seed of its file; where some are named, the others stay."""
    kept = (
        {} if not named else {line.split("`")[1]: line for line in _read(SCENARIOS).split("\n") if _ANSWER.match(line)}
    )
    for scenario in SHIPPED:
        if not (scenario.methods or scenario.file.municipalities) or scenario.name == "smoke":
            continue
        if scenario.name in kept and scenario.name not in named:
            yield kept[scenario.name]
        else:
            yield f"- **`{scenario.name}`** {verdict(plan_season(scenario), against(scenario, plan_season)).en}"


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


FLOW_HEADS = ("step", "手順", "who", "minutes", "days", "of cases", "mark")


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


def metrics() -> Iterator[str]:
    """Every family of metrics that the processes of the stack declare."""
    for process in (*(f"{service}.bootstrap" for service in SERVICES), "app_mgmt.streams"):
        import_module(process)
    rows = [
        (f"`{one.name}`", one.kind, ", ".join(f"`{label}`" for label in one.labels), one.documentation)
        for one in instruments()
        if not one.name.startswith("shinsei_test_")
    ]
    return table(("metric", "type", "labels", "what it says"), rows)


def topics() -> Iterator[str]:
    """The table of topics."""
    rows = [
        (
            f"`{topic.name}`",
            ", ".join(f"`{message.DESCRIPTOR.name}`" for message in topic.types),
            str(topic.partitions),
            "stops the partition" if topic.stops_on_undecodable else f"goes to `{topic.dead}`",
        )
        for topic in TOPICS.values()
    ]
    return table(("topic", "carries", "partitions", "a message that cannot be decoded"), rows)


GENERATED: Makers = {
    (FLOWS, "flow totals"): flow_totals,
    (FLOWS, "flow entries"): flow_entries,
    (FLOWS, "flow steps"): flow_steps,
    (METRICS, "metrics"): metrics,
    (MODEL, "advice"): advice,
    (MODEL, "lifecycle"): lifecycle,
    (MODEL, "priorities"): priorities,
    (MODEL, "methods"): methods,
    (MODEL, "parameters"): parameters,
    (MODEL, "procedures"): procedures,
    (OPERATIONS, "ports"): ports,
    (OPERATIONS, "settings"): settings,
    (OPERATIONS, "topics"): topics,
    (SCENARIOS, "scenarios"): scenarios,
}
VALIDATED: Makers = {
    (VALIDATION, "kuji check"): kuji_check,
    **{(VALIDATION, case): validation(case) for case in CASES},
}
"""The published cases, which take seconds."""
SLOW: Mapping[tuple[str, str], Callable[..., Iterable[str]]] = {(SCENARIOS, "answers"): answers}
"""What is only written on demand."""


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table in Markdown."""
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"


def filled(page: str, text: str, generated: Makers = GENERATED) -> str:
    """The text of a page with its generated parts as they should be."""
    for (where, name), make in generated.items():
        if where == page:
            begin, end = f"<!-- {name}: generated -->", f"<!-- {name}: end -->"
            head, found, rest = text.partition(begin)
            _, ended, tail = rest.partition(end)
            if not found or not ended:
                raise SystemExit(f"docs/{page} has no markers for {name}")
            text = "\n".join([head + begin, *make(), end + tail])
    return text


def stale(generated: Makers = GENERATED) -> list[str]:
    """Pages whose generated parts are not what they should be."""
    pages = sorted({page for page, _ in generated})
    return [page for page in pages if filled(page, _read(page), generated) != _read(page)]


def stale_pictures() -> list[str]:
    """Pictures of the published cases that are not what they should be."""
    return [file.name for file, text in _pictures() if _text(file) != text]


def main() -> int:
    """Rewrites or checks the generated parts; returns an exit code."""
    if "--check" in sys.argv:
        wrong = [*stale(), *stale(VALIDATED), *stale_pictures()]
        for name in wrong:
            sys.stderr.write(f"docs: {name} is stale: python docs/generate.py\n")
        return int(bool(wrong))
    generated = {**GENERATED, **VALIDATED}
    if "--answers" in sys.argv:
        named = sys.argv[sys.argv.index("--answers") + 1 :]
        generated |= {place: partial(make, named) for place, make in SLOW.items()}
    for page in sorted({page for page, _ in generated}):
        (DOCS / page).write_text(filled(page, _read(page), generated), encoding="utf-8")
    for file, text in _pictures():
        file.write_text(text, encoding="utf-8")
    return 0


def _pictures() -> Iterator[tuple[Path, str]]:
    for name, text in pictures():
        yield DOCS / "images" / f"validation-{name}.svg", text


def _read(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.exists() else ""


def _quantity(item: Parameter) -> str:
    if item.unit == "share":
        return f"{float(item.value):.3%}".rstrip("%").rstrip("0").rstrip(".") + " %"
    return f"{item.value} {item.unit}" if item.unit in {"min", "s", "h"} else item.value


def _setting(name: str, field: FieldInfo) -> tuple[str, str, str]:
    default = "" if field.default == "" else f"`{field.default}`"
    return f"`{name.upper()}`", default, field.description or ""


if __name__ == "__main__":
    sys.exit(main())
