"""A result for people at a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bench.modes import HEADING, MODES


def told(row: Mapping[str, Any]) -> Iterator[str]:
    """One mode and method."""
    product, limit = row["product"], row["limit"]
    yield f"{row['method']}, {MODES[row['mode']].about}"
    low, high = row["ratio_range"]
    ratio = f"ratio {row['ratio']:.2f} ({low:.2f} to {high:.2f})"
    yield f"  completed/s     {_both(product, limit, 'completed_per_s', ',.0f')}   {ratio}"
    yield f"  CPU-s per 10 k  {_both(product, limit, 'cpu_s_per_10k', '.1f')}"
    for side in (product, limit):
        for name, spent in sorted(side["cpu_s_per_10k_by_process"].items(), key=lambda item: -item[1]):
            if spent:
                yield f"    {'limit, ' if side is limit else '':<7}{name:<28}{spent:>7.2f}"
    for share in ("p50", "p99"):
        seconds = [side["submit_to_registered_s"][share] for side in (product, limit)]
        yield f"  {share} at half load  {seconds[0]:.2f} s, limit {seconds[1]:.2f} s"
    yield f"  status messages {_both(product, limit, 'statuses_per_application', '.2f')} an application"
    for name, label in (("kafka", "on Kafka"), ("postgres", "in PostgreSQL"), ("wal", "PostgreSQL's log")):
        sizes = [side["bytes_per_application"][name] for side in (product, limit)]
        yield f"  bytes {label:<17}{sizes[0]:,.0f} an application, limit {sizes[1]:,.0f}"
    memory = [sum(side["peak_memory_mib"].values()) for side in (product, limit)]
    yield f"  memory          {memory[0]:,.0f} MiB, limit {memory[1]:,.0f} MiB (Kafka and PostgreSQL in both)"
    if product["refused"]:
        yield f"  refused and asked again: {product['refused']:,}"


def table(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """All of them, in short."""
    yield HEADING
    figures = f"{'completed/s':>12}{'limit/s':>9}{'ratio':>7}  {'range':<14}{'CPU-s/10 k':>10}{'p50 s':>7}{'p99 s':>7}"
    yield f"{'mode':<18}{'method':<16}{figures}"
    for row in rows:
        low, high = row["ratio_range"]
        seconds = row["submit_to_registered_s"]
        yield (
            f"{row['mode']:<18}{row['method']:<16}{row['completed_per_s']:>12,.0f}{row['limit_per_s']:>9,.0f}"
            f"{row['ratio']:>7.2f}  {f'{low:.2f} to {high:.2f}':<14}{row['cpu_s_per_10k']:>10.1f}"
            f"{seconds['p50']:>7.2f}{seconds['p99']:>7.2f}"
        )


def _both(product: Mapping[str, Any], limit: Mapping[str, Any], name: str, form: str) -> str:
    return f"{product[name]:{form}}, limit {limit[name]:{form}}"
