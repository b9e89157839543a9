"""What the nation would need, worked out from the measured figures of one small machine.

Marks: [F] published, [M] from memory, [D] derived, [A] an assumption.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from typing import Any

from shinsei.contracts.topics import PARTITIONS
from shinsei.domain.catalogue import PROCEDURES
from writers.markdown import table
from writers.performance import METHOD, NOT_MEASURED, kept

PEOPLE = 126_000_000
"""[M] census of 2020."""
FIRST_DAY_2020, BUSIEST_HOUR_SHARE = 214_000, 0.088
"""[D] applications for the special cash payment on the opening's first day; share of a day's in its busiest hour."""
STATUS_REPORTS_SHARE, LAST_DAY_SHARE = 0.07, 0.09
"""[A] people who file a status report under the rules of 2021, all in June; share of the month's on its last day."""
YEAR_S, HOUR_S = 365 * 86_400, 3_600
USED_SHARE = 0.5
"""[A] of a core or a partition that is used at the peak: latencies are those at half load."""
CORE_YEN, GIB_YEN = 4_000, 15
"""[A] a month of a core with its memory, and of a GiB on a disk, in a public cloud."""
BROKERS, COPIES = 3, 3
"""[D] so that one may fail with acks of all replicas in sync: as many as the manifests ask for."""


def nation() -> Iterator[str]:
    """Peaks, and what each takes."""
    found = kept("latest.json")
    rows = {row["mode"]: row for row in found["rows"] if row["method"] == METHOD} if found else {}
    if "batch" not in rows or "unary" not in rows:
        yield NOT_MEASURED
        return
    yearly = sum(item.volume_per_100k for item in PROCEDURES) * PEOPLE / 100_000
    yield (
        f"All procedures of the catalogue at its volumes for 126 million people are {yearly / 1e6:.1f} million "
        "applications a year [A] where every one of them is filed online. The figures per application are those above "
        "(unary submits, since citizens file one by one; batched gets), half of each core and partition left free [A]."
    )
    yield ""
    peaks = {
        "the busiest hour of May 2020": FIRST_DAY_2020 * BUSIEST_HOUR_SHARE / HOUR_S,
        "all procedures, 100 % online, mean of the year": yearly / YEAR_S,
        "every status report of 2021 online, last day's busiest hour": _june_per_s(),
        "ten times that": 10 * _june_per_s(),
    }
    heads = ("load", "applications/s", "cores", "partitions", "databases a service", "cost a month")
    yield from table(heads, [_needs(name, per_s, rows["unary"]) for name, per_s in peaks.items()])
    yield ""
    yield from _on_disk(yearly, rows["unary"])


def _june_per_s() -> float:
    return PEOPLE * STATUS_REPORTS_SHARE * LAST_DAY_SHARE * BUSIEST_HOUR_SHARE / HOUR_S


def _needs(name: str, per_s: float, row: Mapping[str, Any]) -> Sequence[str]:
    cores = per_s * row["cpu_s_per_10k"] / 10_000 / USED_SHARE
    # Four partitions carried what was completed; a database carried all of it.
    partitions = ceil(per_s / (row["completed_per_s"] / 4) / USED_SHARE)
    databases = ceil(per_s / row["completed_per_s"] / USED_SHARE)
    return (
        name,
        f"{per_s:,.1f}",
        f"{cores:.2f}",
        _spread(partitions),
        str(databases),
        f"¥{ceil(cores) * CORE_YEN:,}",
    )


def _spread(partitions: int) -> str:
    if partitions <= PARTITIONS:
        return f"{partitions} of {PARTITIONS}"
    return f"{partitions}, so {ceil(partitions / PARTITIONS)} columns"


def _on_disk(yearly: float, row: Mapping[str, Any]) -> Iterator[str]:
    size = row["product"]["bytes_per_application"]
    kafka, postgres = (size[name] * yearly / 2**30 for name in ("kafka", "postgres"))
    disk = kafka * COPIES + postgres
    yield (
        f"A year of all procedures at 100 % online keeps {kafka:,.0f} GiB on Kafka ({BROKERS} brokers, {COPIES} "
        f"copies: {kafka * COPIES:,.0f} GiB) and {postgres:,.0f} GiB in PostgreSQL: ¥{disk * GIB_YEN:,.0f} a month "
        "of disk [A]. "
        "Attachments come on top; they never pass through Kafka. Costs are those of processor and disk alone, at "
        f"¥{CORE_YEN:,} a core and ¥{GIB_YEN} a GiB a month [A]; what keeps a service going through the loss of a "
        "machine or a zone costs more than the load does ([scaling](scaling.md#costs))."
    )
