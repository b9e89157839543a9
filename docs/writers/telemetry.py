"""What telemetry costs, from the result that ``make bench-telemetry`` keeps."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any, Final

from writers import performance
from writers.markdown import as_told, table

WATCHING: Final = ("app_mgmt_streams", "room", "prometheus")
"""Parts of the stack that only watch."""
SERVICES: Final = ("portal_sim", "linkage_server", "app_mgmt", "core_systems")


def cost() -> Iterator[str]:
    """All pairs and their median with its interval; where no result is kept, what the page told before."""
    found = performance.kept("telemetry.json")
    if found is None:
        yield from as_told("operations.md", "telemetry")
        return
    pairs = found["pairs"]
    machine = f"{found['cores']} cores ({found['machine']}), Python {found['python']}"
    methods = f" --methods {found['methods']}" if found["methods"] else ""
    arguments = f"--pairs {len(pairs)} --scenario {found['scenario']}{methods}"
    yield f"Measured at commit {found['commit']} on {machine} (`make bench-telemetry ARGS='{arguments}'`):"
    yield ""
    heads = ("pair", "with", "without", "lost", "processor, with", "without")
    yield from table(heads, [_row(n, pair) for n, pair in enumerate(pairs, start=1)])
    yield ""
    yield _verdict(found)
    yield ""
    yield _shares(pairs)


def _row(n: int, pair: Mapping[str, Any]) -> Sequence[str]:
    on, off = pair["with"], pair["without"]
    return (
        str(n),
        f"{on['completed_per_s']:.0f}/s",
        f"{off['completed_per_s']:.0f}/s",
        f"{_signed(100 * (1 - on['completed_per_s'] / off['completed_per_s']))} %",
        f"{sum(on['cpu_s'].values()):.0f} s",
        f"{sum(off['cpu_s'].values()):.0f} s",
    )


def _verdict(found: Mapping[str, Any]) -> str:
    lost, most, interval = found["lost_percent"], found["most_percent"], found["lost_percent_interval"]
    least, greatest = map(_signed, found["lost_percent_range"])
    return (
        f"That is {_signed(lost)} % in the median{_judged(interval, most)} The pairs lie between "
        f"{least} and {greatest} %; by the sign test, the median is between {_signed(interval['low'])} and "
        f"{_signed(interval['high'])} % with a confidence of {interval['confidence']:.0%}."
    )


def _judged(interval: Mapping[str, float], most: float) -> str:
    """What may be said of a limit: only what holds in the whole interval."""
    if interval["high"] <= most:
        return f", within the {most:g} % that may be lost."
    if interval["low"] > most:
        return f", more than the {most:g} % that may be lost."
    return f"; whether it is within the {most:g} % that may be lost is not decided by so few pairs."


def _shares(pairs: Sequence[Mapping[str, Any]]) -> str:
    watching = " to ".join(f"{of(_spent(pairs, 'with', WATCHING)):.1f}" for of in (min, max))
    with_it, without = (median(_spent(pairs, kind, SERVICES)) for kind in ("with", "without"))
    taken = [100 * (1 - sum(pair["without"]["cpu_s"].values()) / sum(pair["with"]["cpu_s"].values())) for pair in pairs]
    return (
        f"Of the processor's seconds in a season, telemetry takes {_signed(median(taken))} % in the median, between "
        f"{_signed(min(taken))} and {_signed(max(taken))} % by the pairs. The parts that only watch (derived views, "
        f"operations room, Prometheus) took {watching} s of a processor a season; the four services themselves "
        f"{with_it:.1f} s in the median with telemetry, {without:.1f} s without."
    )


def _spent(pairs: Sequence[Mapping[str, Any]], kind: str, parts: Sequence[str]) -> list[float]:
    return [sum(pair[kind]["cpu_s"].get(part, 0.0) for part in parts) for pair in pairs]


def _signed(percent: float) -> str:
    return f"{percent:.1f}".replace("-", "−")
