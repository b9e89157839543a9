"""What was measured of the flow, from the results that ``make bench`` and ``bench.growth`` keep."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

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
    yield from table(
        ("mode", "bytes an application: Kafka", "PostgreSQL", "its log", "memory, MiB", "that of the limit"),
        [_sizes(row) for row in found["rows"] if row["method"] == METHOD],
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
    yield _where(found)
    for name, section in found["sections"].items():
        yield ""
        yield f"**{section['title']}**"
        yield ""
        heads = (name, "completed/s", "CPU-s per 10 k", "p50 at half load", "p99")
        yield from table(heads, [_grown(row) for row in section["rows"]])


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
    sizes = row["product"]["bytes_per_application"]
    memory = [f"{sum(row[side]['peak_memory_mib'].values()):,.0f}" for side in ("product", "limit")]
    return (row["mode"], *(f"{sizes[name]:,.0f}" for name in ("kafka", "postgres", "wal")), *memory)


def _grown(row: Mapping[str, Any]) -> Sequence[str]:
    seconds = row["submit_to_registered_s"]
    return (
        row["what"],
        f"{row['completed_per_s']:,.0f}",
        f"{row['cpu_s_per_10k']:.1f}",
        f"{seconds['p50']:.2f} s",
        f"{seconds['p99']:.2f} s",
    )


def _spent(side: Mapping[str, Any], names: str) -> str:
    by_process = side["cpu_s_per_10k_by_process"]
    return f"{sum(by_process.get(name, 0.0) for name in names.split('+')):.2f}" if names else "-"


def _where(found: Mapping[str, Any]) -> str:
    environment = found["environment"]
    machine = f"{environment['cores']} cores ({environment['machine']}), Python {environment['python']}"
    return f"Commit {environment['commit']}, {machine}, everything on the same machine."


def kept(name: str) -> dict[str, Any] | None:
    """A result that was kept; None if it was not."""
    file = RESULTS / name
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None
