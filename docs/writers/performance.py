"""What was measured of the flow, from the results that ``make bench`` and ``bench.growth`` keep."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from writers.markdown import DOCS, table

RESULTS = DOCS.parent / "bench" / "results"
NOT_MEASURED = "Not measured yet."
METHOD = "STANDARD_API"
"""Method of the budget: its route is the limit's."""
HOPS: Mapping[str, Sequence[str]] = {
    "portal: submit, list, get, acknowledge, push": ("portal_sim", "limit/portal"),
    "its database": ("postgres/portal_sim", "postgres/limit_portal"),
    "linkage server: poll, publish, push back": ("linkage_server", "limit/linkage"),
    "its database ": ("postgres/linkage_server", "postgres/limit_linkage"),
    "application management: intake, tracking": ("app_mgmt", "limit/app_mgmt"),
    "its database  ": ("postgres/app_mgmt", "postgres/limit_app_mgmt"),
    "core systems: office, registration": ("core_systems", "limit/core"),
    "its database   ": ("postgres/core_systems", "postgres/limit_core"),
    "PostgreSQL's own processes": ("postgres", "postgres"),
    "Kafka": ("kafka", "kafka"),
    "beside: streams, operations room, Prometheus": ("app_mgmt_streams+room+prometheus", ""),
    "the driver": ("driver", "driver"),
}
"""Processes of each hop: the product's, and the limit's."""
BATCHES: Final = ("batch", "batch-get-singly")
BATCH_RATIO, UNARY_RATIO = 0.5, 0.7
"""Of the limit, with every method."""
BATCH_PER_S = 2_000.0
HALF_LOAD_P99_S = 1.0
STORED_SHARE = 0.9
"""Of what an empty database lets through, with two million cases in it."""
UP_S, IMPORT_S, FAST_S = 12.0, 0.3, 60.0
TOWNS: Final = "1,741"
CASES: Final = "2,000,000"
EARLIER_PER_S: Final = {"batch": 5_000, "batch-get-singly": 1_500, "unary": 1_300}
"""[M] what a pipeline of this kind completed on two cores before this one was written."""


def aims() -> Iterator[str]:
    """What was aimed at, what was found, and by how much it is missed."""
    yield from table(("aim", "wanted", "found", ""), [*_ratios(), *_grows(), *_starts()])


def _ratios() -> Iterator[Sequence[str]]:
    found = kept("latest.json")
    for modes, wanted, later in ((BATCHES, BATCH_RATIO, 0.8), (("unary",), UNARY_RATIO, 0.9)):
        for mode in modes:
            lowest = min((row["ratio"] for row in _rows(found, mode)), default=None)
            aim = f"ratio of product to limit, `{mode}`, the lowest of the methods"
            name, bound, *verdict = _aim(aim, wanted, lowest, ".2f", at_least=True)
            yield (name, f"{bound}, then towards {later:.2f}", *verdict)
    rows = _rows(found, "batch")
    rates = [row["completed_per_s"] for row in rows]
    yield _aim("completed a second, `batch`, the lowest", BATCH_PER_S, min(rates, default=None), ",.0f", at_least=True)
    for mode in (*BATCHES, "unary"):
        late = [row["submit_to_registered_s"]["p99"] for row in _rows(found, mode)]
        aim = f"p99 from submission to registered at half load, `{mode}`, the highest, s"
        yield _aim(aim, HALF_LOAD_P99_S, max(late, default=None), ".2f", at_least=False)


def _grows() -> Iterator[Sequence[str]]:
    grown = (kept("growth.json") or {"sections": {}})["sections"]
    stored = grown.get("stored", {"rows": []})["rows"]
    by_ratio = _has_ratios(stored)
    found = [row["ratio" if by_ratio else "completed_per_s"] for row in stored]
    share = min(found[1:]) / found[0] if len(found) > 1 else None
    what = "ratio to the limit" if by_ratio else "rate"
    first = f"that of the first step, with {stored[0]['what'] if stored else 'few'} cases stored"
    aim = f"lowest {what} with up to {CASES} cases stored, as a share of {first}"
    yield _upto(_aim(aim, STORED_SHARE, share, ".2f", at_least=True), stored[-1]["what"] if stored else CASES)
    towns = [row for row in grown.get("municipalities", {"rows": []})["rows"] if row["what"] == TOWNS]
    late = max((row["submit_to_registered_s"]["p99"] for row in towns), default=None)
    aim = f"p99 at half load with {TOWNS} municipalities polled every 60 s beside it, s"
    yield _aim(aim, HALF_LOAD_P99_S, late, ".2f", at_least=False)


def _starts() -> Iterator[Sequence[str]]:
    found = kept("startup.json") or {}
    for aim, name, wanted, form in (
        ("`shinsei up` to the first accepted application, s", "up_s", UP_S, ".1f"),
        ("import of the command line, s", "import_s", IMPORT_S, ".2f"),
        ("`make test-fast`, s", "test_fast_s", FAST_S, ".0f"),
    ):
        measured = len(found.get("rounds", {}).get(name, ()))
        told = f"{aim}, measured once" if measured == 1 else f"{aim}, median of {measured}" if measured else aim
        yield _aim(told, wanted, found.get(name), form, at_least=False)


def _aim(aim: str, wanted: float, found: float | None, form: str, *, at_least: bool) -> Sequence[str]:
    bound = f"{'at least' if at_least else 'at most'} {wanted:{form}}"
    if found is None:
        return (aim, bound, "not measured", "")
    missed = wanted - found if at_least else found - wanted
    return (aim, bound, f"{found:{form}}", "kept" if missed <= 0 else f"missed by {missed / wanted:.0%}")


def _upto(aim: Sequence[str], reached: str) -> Sequence[str]:
    """An aim that holds of what was measured, and says so where that is not all: it is filled by whole runs."""
    if _number(reached) > 0.99 * _number(CASES):
        return aim
    name, wanted, found, verdict = aim
    return (name, wanted, found, f"{verdict}; measured up to {reached} only")


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def _rows(found: Mapping[str, Any] | None, mode: str) -> Sequence[Mapping[str, Any]]:
    return [row for row in found["rows"] if row["mode"] == mode] if found else []


def ceiling() -> Iterator[str]:
    """Every mode and method, product beside limit."""
    found = kept("latest.json")
    if found is None:
        yield NOT_MEASURED
        return
    heads = ("mode", "method", "completed/s", "limit/s", "ratio", "its range", "CPU-s per 10 k", "p50, p99")
    yield f"**{found['heading'][0].upper()}{found['heading'][1:]}.** {_where(found)}"
    yield ""
    yield from table(heads, [_row(row) for row in found["rows"]])
    yield ""
    yield from _limits(found)
    yield ""
    yield from table(
        ("mode", "method", "statuses an application", "bytes: Kafka", "PostgreSQL", "its log", "peak memory, MiB"),
        [_sizes(row) for row in found["rows"]],
    )


def _limits(found: Mapping[str, Any]) -> Iterator[str]:
    """How far the limit is from what somebody else has seen one do: were it slow, every ratio would flatter."""
    told = []
    for mode, earlier in EARLIER_PER_S.items():
        if rates := [row["limit_per_s"] for row in _rows(found, mode)]:
            told.append(f"{min(rates):,.0f} to {max(rates):,.0f} a second (`{mode}`; {earlier:,})")
    yield (
        f"The limit completed {', '.join(told)}; in brackets, what a pipeline of the same hops completed on two cores "
        "before this one was written [M]. A limit that is far below it makes every ratio look better than it is."
    )


def budget() -> Iterator[str]:
    """Processor time of each hop, by mode, product beside limit."""
    found = kept("latest.json")
    rows = {row["mode"]: row for row in found["rows"] if row["method"] == METHOD} if found else {}
    if not rows:
        yield NOT_MEASURED
        return
    heads = ["CPU-seconds per 10,000 applications", *(f"{mode}: Shinsei, limit" for mode in rows)]
    lines = []
    for hop, (own, bare) in HOPS.items():
        cells = [f"{_spent(row['product'], own)}, {_spent(row['limit'], bare)}" for row in rows.values()]
        lines.append([hop.strip(), *cells])
    totals = [f"{row['product']['cpu_s_per_10k']:.1f}, {row['limit']['cpu_s_per_10k']:.1f}" for row in rows.values()]
    lines.append(["all but the driver", *totals])
    yield from table(heads, lines)


def growth() -> Iterator[str]:
    """How the rate goes with what grows."""
    found = kept("growth.json")
    if found is None:
        yield NOT_MEASURED
        return
    yield ""
    yield "Mode `batch` and method `STANDARD_API`, but for the attachments, whose forms are filed one by one (`unary`)."
    for name, section in found["sections"].items():
        yield ""
        yield f"**{section['title']}.** {_where(section)}"
        if ended := section.get("ended"):
            yield f"The next step failed: {ended}."
        yield ""
        heads = (name, "completed/s", "of the first", "CPU-s per 10 k", "p50 at half load", "p99")
        rows = section["rows"]
        first = rows[0]["completed_per_s"]
        if not _has_ratios(rows):
            yield from table(heads, [_grown(row, first) for row in rows])
            continue
        lines = [(*_grown(row, first), f"{row['limit_per_s']:,.0f}", f"{row['ratio']:.2f}") for row in rows]
        yield from table((*heads, "limit/s", "ratio"), lines)


def _has_ratios(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a turn of the limit came behind each step."""
    return bool(rows) and all("ratio" in row for row in rows)


def _row(row: Mapping[str, Any]) -> Sequence[str]:
    low, high = row["ratio_range"]
    seconds = row["submit_to_registered_s"]
    return (
        row["mode"],
        row["method"],
        f"{row['completed_per_s']:,.0f}",
        f"{row['limit_per_s']:,.0f}",
        f"{row['ratio']:.2f}",
        f"{low:.2f} to {high:.2f}" if row["pairs"] > 1 else "one pair",
        f"{row['cpu_s_per_10k']:.1f}",
        f"{seconds['p50']:.2f} s, {seconds['p99']:.2f} s",
    )


def _sizes(row: Mapping[str, Any]) -> Sequence[str]:
    sides = [row["product"], row["limit"]]
    sizes = [[side["bytes_per_application"][name] for side in sides] for name in ("kafka", "postgres", "wal")]
    memory = [sum(side["peak_memory_mib"].values()) for side in sides]
    own, bare = (side["statuses_per_application"] for side in sides)
    return (
        row["mode"],
        row["method"],
        f"{own:.2f}, limit {bare:.2f}",
        *(f"{own:,.0f}, limit {bare:,.0f}" for own, bare in [*sizes, memory]),
    )


def _grown(row: Mapping[str, Any], first_per_s: float) -> Sequence[str]:
    seconds = row["submit_to_registered_s"]
    return (
        row["what"],
        f"{row['completed_per_s']:,.0f}",
        f"{row['completed_per_s'] / first_per_s:.0%}",
        f"{row['cpu_s_per_10k']:.1f}",
        f"{seconds['p50']:.2f} s",
        f"{seconds['p99']:.2f} s",
    )


def _spent(side: Mapping[str, Any], names: str) -> str:
    by_process = side["cpu_s_per_10k_by_process"]
    return f"{sum(by_process.get(name, 0.0) for name in names.split('+')):.2f}" if names else "-"


def _where(found: Mapping[str, Any]) -> str:
    environment = found["environment"]
    machine = f"{environment['cores']} cores ({environment['processor']}), Python {environment['python']}"
    return f"{environment['at']}, commit {environment['commit']}, {machine}, everything on the same machine."


def kept(name: str) -> dict[str, Any] | None:
    """A result that was kept; None if it was not."""
    file = RESULTS / name
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None
