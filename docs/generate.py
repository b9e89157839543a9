"""Writes the generated parts of the documentation, so that no page can say what the code does not.

``python docs/generate.py`` rewrites what stands between the markers ``<!-- NAME: generated -->`` and
``<!-- NAME: end -->``; ``--check`` changes nothing and fails if something would change. The tests run the check.
``--page PAGE`` rewrites one page alone. ``--answers`` also works out what the scenarios answer, in virtual time: all
of them, or those named after it.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

from shinsei.season.published import CASES
from writers import (
    attached,
    flows,
    methods,
    model,
    nation,
    operations,
    performance,
    profile,
    scenarios,
    security,
    telemetry,
    validation,
)
from writers.markdown import DOCS, Makers

GENERATED: Makers = {
    ("flows.md", "flow totals"): flows.flow_totals,
    ("flows.md", "flow entries"): flows.flow_entries,
    ("flows.md", "flow steps"): flows.flow_steps,
    ("metrics.md", "metrics"): operations.metrics,
    ("model.md", "advice"): model.advice,
    ("model.md", "lifecycle"): model.lifecycle,
    ("model.md", "priorities"): model.priorities,
    ("model.md", "methods"): methods.methods,
    ("model.md", "parameters"): model.parameters,
    ("model.md", "procedures"): model.procedures,
    ("operations.md", "fault flags"): operations.fault_flags,
    ("operations.md", "model faults"): operations.model_faults,
    ("operations.md", "ports"): operations.ports,
    ("operations.md", "settings"): operations.settings,
    ("operations.md", "telemetry"): telemetry.cost,
    ("operations.md", "topics"): operations.topics,
    ("performance.md", "aims"): performance.aims,
    ("performance.md", "attachments"): attached.attachments,
    ("performance.md", "budget"): performance.budget,
    ("performance.md", "ceiling"): performance.ceiling,
    ("performance.md", "growth"): performance.growth,
    ("performance.md", "nation"): nation.nation,
    ("performance.md", "profile"): profile.profile,
    ("scenarios.md", "scenarios"): scenarios.scenarios,
    ("security.md", "connections"): security.connections,
    ("security.md", "roles"): security.roles,
    ("security.md", "topic rights"): security.topic_rights,
}
VALIDATED: Makers = {
    ("validation.md", "kuji check"): validation.kuji_check,
    **{("validation.md", case): validation.validation(case) for case in CASES},
}
"""The published cases, which take seconds."""
SLOW: Mapping[tuple[str, str], Callable[..., Iterable[str]]] = {("scenarios.md", "answers"): scenarios.answers}
"""What is only written on demand."""


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
    if "--page" in sys.argv:
        page = sys.argv[sys.argv.index("--page") + 1]
        (DOCS / page).write_text(filled(page, _read(page)), encoding="utf-8")
        return 0
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
    for name, text in validation.pictures():
        yield DOCS / "images" / f"validation-{name}.svg", text


def _read(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
