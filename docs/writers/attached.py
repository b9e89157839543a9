"""What a nation's attachments would need, worked out from the measured figures of one small machine."""

from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from typing import Any

from shinsei.domain.catalogue import PROCEDURES, Procedure
from writers.nation import COPIES, CORE_YEN, GIB_YEN, PEOPLE, PER, STATUS_REPORT, USED_SHARE, deadline_per_s, profile
from writers.performance import NOT_MEASURED, kept

NONE, SMALL, LARGE = "form only", "2 kB", "5,000 kB"
"""Steps of ``bench.growth``: from them follows what a file takes, and what each of its bytes takes."""
BYTES_PER_MB = 1_000_000


def attachments() -> Iterator[str]:
    """Size and share, disks, cores and what they cost."""
    sections = (kept("growth.json") or {"sections": {}})["sections"]
    steps = {row["what"]: row for row in sections.get("payload", {"rows": []})["rows"]}
    if not {NONE, SMALL, LARGE} <= steps.keys():
        yield NOT_MEASURED
        return
    share, files, mb = _mean(PROCEDURES)
    tb = mb * sum(item.volume_per_100k for item in PROCEDURES) * PEOPLE / 100_000 / BYTES_PER_MB
    gib = tb * 1e12 / 2**30
    disk = gib * (COPIES + 1)
    a_file, a_mb = _spent(steps)
    per_s = deadline_per_s()
    _, late_files, late_mb = _mean([item for item in PROCEDURES if item.key == STATUS_REPORT])
    cores = per_s * (late_files * a_file + late_mb * a_mb) / PER / USED_SHARE
    yield (
        f"Attachments come on top: {share:.0%} of these applications have some, {mb / files:.1f} MB a file in the "
        f"mean, {files:.2f} files or {mb:.2f} MB an application [A]. A year of them is {tb:,.0f} TB. None of it passes "
        f"through Kafka; it is kept twice, in the portal's database ({gib * COPIES:,.0f} GiB with its {COPIES} copies) "
        f"and in the payload store behind the line ({gib:,.0f} GiB, one copy): ¥{round(disk * GIB_YEN, -4):,.0f} a "
        "month for each year that is kept [A]. That is far more than all the lines above, and what to save on first: "
        "the portal removes nothing that has been fetched, and disks of a database are the dearest place for it. A "
        f"file takes {a_file / PER * 1e3:.1f} ms of a processor and each of its MB {a_mb / PER * 1e3:.0f} ms more, all "
        f"parts together (steps `{SMALL}` and `{LARGE}` above). In the last hour of June nearly all that is filed are "
        f"reports with {late_mb:.1f} MB each [A]: {per_s * late_mb:.0f} MB a second, which need {cores:.1f} cores "
        f"besides, half of each left free, or ¥{ceil(cores) * CORE_YEN:,} a month."
    )


def _mean(procedures: Sequence[Procedure]) -> tuple[float, float, float]:
    """Share of these applications with attachments, and files and MB of one of them, whether it has any or not."""
    spec, total = profile(), sum(item.volume_per_100k for item in procedures)
    share = files = mb = 0.0
    for item in procedures:
        kind = item.attachments
        if kind.documents:
            attaches = item.volume_per_100k / total * min(1.0, spec.p_any * kind.p_factor)
            count = attaches * max(1.0, spec.mean_files * kind.files_factor)
            share, files, mb = share + attaches, files + count, mb + count * spec.mean_mb * kind.mb_factor
    return share, files, mb


def _spent(steps: Mapping[str, Mapping[str, Any]]) -> tuple[float, float]:
    """CPU-s in 10,000 for a file, and for each of its MB."""
    none, small, large = (float(steps[what]["cpu_s_per_10k"]) for what in (NONE, SMALL, LARGE))
    a_file = small - none
    return a_file, (large - none - a_file) / (_mb(LARGE) - _mb(SMALL))


def _mb(what: str) -> float:
    return float(what.removesuffix(" kB").replace(",", "")) / 1e3
