"""What the nation would need, worked out from the measured figures of one small machine.

Marks: [F] published, [M] from memory, [D] derived, [A] an assumption.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from math import ceil
from typing import Any

from shinsei.contracts.topics import PARTITIONS
from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.catalogue import PROCEDURES, MonthShape, Procedure
from shinsei.domain.demand.curve import day_weights
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import AttachmentSpec, RunSpec
from shinsei.domain.simtime import day_of
from shinsei.scenario import load
from writers.markdown import DEMO, table
from writers.performance import METHOD, NOT_MEASURED, TOWNS, kept

PEOPLE, LARGEST = 126_000_000, 3_700_000
"""[M] census of 2020: the nation, and the largest municipality."""
FIRST_DAY_2020 = 214_000
"""[D] applications for the special cash payment on the first day of May 2020, fitted to published totals [F]."""
FILING = "4"
"""Municipalities that file in every step of ``bench.growth``."""
STATUS_REPORT = "child_allowance_status_report"
YEAR_DAYS, HOUR_S, PER = 365, 3_600, 10_000
EARLY = 1.5
"""[A] the first ten days of a month beside its mean, where a procedure comes in a monthly wave (docs/model.md)."""
USED_SHARE = 0.5
"""[A] of a core, a partition or a shard that is used at the peak: latencies are those at half load."""
CORE_YEN, GIB_YEN = 4_000, 15
"""[A] a month of a core with its memory, and of a GiB on a disk, in a public cloud."""
BROKERS, COPIES, BROKER_CORES, BROKER_GIB = 3, 3, 1.0, 50
"""[D] so that one may fail with acks of all replicas in sync: as many and as large as ``prod-like`` asks for."""
SHARD_INSTANCES, INSTANCE_CORES, INSTANCE_GIB = 9, 0.5, 50
"""[D] database servers of a shard, three for each zone, as ``prod-like`` asks for."""


def nation() -> Iterator[str]:
    """Peaks, and what each takes."""
    found = kept("latest.json")
    rows = {row["mode"]: row for row in found["rows"] if row["method"] == METHOD} if found else {}
    if "unary" not in rows:
        yield NOT_MEASURED
        return
    yearly = sum(item.volume_per_100k for item in PROCEDURES) * PEOPLE / 100_000
    yield (
        f"All 31 procedures of the catalogue at its volumes [A] for 126 million people [M] are {yearly / 1e6:.1f} "
        "million applications a year where every one of them is filed online (the four of vehicles, which go to "
        "prefectures, among them). The figures per application are those above (unary submits, since citizens file one "
        "by one; batched gets), half of each core, partition and shard left free [A]."
    )
    yield ""
    peaks = {
        "1,741 municipalities, the busiest hour of May 2020": FIRST_DAY_2020 * _busiest_hour() / HOUR_S,
        "all 31 procedures, 100 % online: mean of the year": yearly / YEAR_DAYS / 24 / HOUR_S,
        "the same, busiest hour of the busiest month": busiest_per_s(),
        "the same by the rules of 2021: last hour of June": deadline_per_s(),
        "ten times that": 10 * deadline_per_s(),
    }
    heads = ("load", "applications/s", "cores", "partitions", "brokers", "database shards", "cost a month")
    polled = _polled()
    yield from table(heads, [_needs(name, per_s, rows["unary"], polled) for name, per_s in peaks.items()])
    yield ""
    yield _polling(polled)
    yield ""
    yield from _how(10 * deadline_per_s(), rows["unary"])
    yield ""
    yield from _on_disk(yearly, rows["unary"])


def _polled() -> Mapping[str, float]:
    """Cores, by part, for 1,741 municipalities that are polled every minute; nothing where it was not measured."""
    sections = (kept("growth.json") or {"sections": {}})["sections"]
    steps = {row["what"]: row for row in sections.get("municipalities", {"rows": []})["rows"]}
    few, all_of_them = steps.get(FILING), steps.get(TOWNS)
    if few is None or all_of_them is None:
        return {}
    # At the full load of either step: what a case costs more there is what the polls beside it cost.
    per_core = all_of_them["completed_per_s"] / PER / USED_SHARE
    return {part: (_spent(all_of_them, part) - _spent(few, part)) * per_core for part in ("", "kafka", "postgres")}


def _polling(polled: Mapping[str, float]) -> str:
    """What is said of it."""
    if not polled:
        return f"What it takes to poll {TOWNS} municipalities, whoever files, comes on top and is not measured yet."
    return (
        f"In each line {polled['']:.1f} cores poll {TOWNS} municipalities once a minute, whether anybody files or not, "
        "half of each left free: what a case costs more where so many are polled beside it, times the cases of that "
        f"second. Of them {polled['kafka']:.1f} are Kafka's and {polled['postgres']:.1f} PostgreSQL's."
    )


def busiest_per_s() -> float:
    """All procedures together, in the busiest hour of a day of the busiest month while monthly waves come."""
    return max(_daily(PROCEDURES, month) for month in range(1, 13)) * _busiest_hour() / HOUR_S


def deadline_per_s() -> float:
    """The last hour in which every recipient may file the report of 2021, all others beside them."""
    demand = _demo().demand
    hours = demand.hour_weights
    last = hours[-1] * demand.deadline_last_hour_factor
    day = day_weights(demand, BusinessCalendar(_demo().calendar))[day_of(demand.deadline_day)]
    reports = PEOPLE * demand.recipients_share * day * last / (sum(hours[:-1]) + last)
    others = [item for item in PROCEDURES if item.key != STATUS_REPORT]
    return (reports + _daily(others, demand.deadline_day.month) * hours[-1] / sum(hours)) / HOUR_S


def _daily(procedures: Sequence[Procedure], month: int) -> float:
    """Applications a day of these procedures, in the ten days of a month in which monthly waves come."""
    yearly = sum(
        item.volume_per_100k
        * item.season.month_weight(month)
        * (EARLY if item.season.shape is MonthShape.EARLY else 1.0)
        for item in procedures
    )
    return yearly * PEOPLE / 100_000 / YEAR_DAYS


def _busiest_hour() -> float:
    """Share of a day [A]: no hourly distribution was published."""
    hours = _demo().demand.hour_weights
    return max(hours) / sum(hours)


@cache
def _demo() -> RunSpec:
    return load(DEMO).run_spec("nation", LinkageMethod.STANDARD_API)


def profile() -> AttachmentSpec:
    """What is attached [A], before the catalogue varies it by procedure."""
    return _demo().demand.attachments


def _needs(name: str, per_s: float, row: Mapping[str, Any], polled: Mapping[str, float]) -> Sequence[str]:
    cores, kafka, postgres = (
        _cores(per_s, row["product"], part) + polled.get(part, 0.0) for part in ("", "kafka", "postgres")
    )
    shards = _shards(per_s, row)
    brokers = shards * max(BROKERS, ceil(kafka * COPIES / shards / BROKER_CORES))
    cost = (
        ceil(cores - kafka - postgres) * CORE_YEN
        + brokers * (BROKER_CORES * CORE_YEN + BROKER_GIB * GIB_YEN)
        + shards * SHARD_INSTANCES * (INSTANCE_CORES * CORE_YEN + INSTANCE_GIB * GIB_YEN)
    )
    # Four partitions carried what was completed.
    partitions = ceil(per_s / (row["completed_per_s"] / 4) / USED_SHARE)
    return (
        name,
        f"{per_s:,.1f}",
        f"{cores:.2f}",
        f"{partitions} of {max(shards, ceil(partitions / PARTITIONS)) * PARTITIONS}",
        str(brokers),
        str(shards),
        f"¥{cost:,.0f}",
    )


def _cores(per_s: float, side: Mapping[str, Any], part: str) -> float:
    """Cores for what was measured of a part."""
    return per_s * _spent(side, part) / PER / USED_SHARE


def _spent(side: Mapping[str, Any], part: str) -> float:
    """CPU-s per 10,000 of a part (a process, and what is named after it); of none in particular, all but the driver."""
    if not part:
        return float(side["cpu_s_per_10k"])
    by_process: Mapping[str, float] = side["cpu_s_per_10k_by_process"]
    return sum(each for name, each in by_process.items() if name.partition("/")[0] == part)


def _shards(per_s: float, row: Mapping[str, Any]) -> int:
    carried_per_s: float = row["completed_per_s"]
    return ceil(per_s / carried_per_s / USED_SHARE)


def _how(per_s: float, row: Mapping[str, Any]) -> Iterator[str]:
    shards = _shards(per_s, row)
    largest = per_s * LARGEST / PEOPLE
    yield (
        f"Cores are the measured ones of all parts. Brokers: Kafka's time for one copy, {COPIES} times [A], over "
        f"brokers of {BROKER_CORES:g} core, {BROKERS} at least for each shard. A shard is the databases of a *column* "
        "([scaling](scaling.md#columns)), which has municipalities and a Kafka of its own. It carries half of what "
        f"one database server carried here with all other parts beside it on {_machine()}; with servers of its own it "
        f"would carry more, which nobody has measured. At the last line each has {1_741 // shards:,} municipalities or "
        f"more. A municipality is never divided: the largest ({LARGEST / 1e6:.1f} million people [M]) files "
        f"{largest:,.1f} a second then, and a partition carried {row['completed_per_s'] / 4:,.0f}. Costs: services by "
        f"whole cores, brokers with {BROKER_GIB} GiB of disk, shards with {SHARD_INSTANCES} database servers of "
        f"{INSTANCE_CORES:g} core and {INSTANCE_GIB} GiB, as the overlay `prod-like` asks for, at ¥{CORE_YEN:,} a core "
        f"and ¥{GIB_YEN} a GiB a month [A]. A line with {BROKERS} brokers and one shard costs what it takes to survive "
        "the loss of a machine or a zone, whatever its load."
    )


def _machine() -> str:
    found = kept("latest.json") or {}
    return f"{found['environment']['cores']} cores"


def _on_disk(yearly: float, row: Mapping[str, Any]) -> Iterator[str]:
    size = row["product"]["bytes_per_application"]
    kafka, postgres = (size[name] * yearly / 2**30 for name in ("kafka", "postgres"))
    copies = SHARD_INSTANCES // 3
    disk = kafka * COPIES + postgres * copies
    yield (
        f"A year of all procedures at 100 % online keeps {kafka:,.0f} GiB on Kafka ({kafka * COPIES:,.0f} GiB with its "
        f"{COPIES} copies) and {postgres:,.0f} GiB in PostgreSQL ({postgres * copies:,.0f} GiB with its {copies}): "
        f"¥{disk * GIB_YEN:,.0f} a month for each year that is kept [A], in the place of the disks above once those "
        "are full."
    )
