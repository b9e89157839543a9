"""What telemetry costs, from the result that ``make bench-telemetry`` keeps."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean, median
from typing import Any, Final

from writers import performance
from writers.markdown import as_told, table

WATCHING: Final = ("app_mgmt_streams", "room", "prometheus")
"""Parts of the stack that only watch."""
STORING: Final = ("kafka", "postgres")
SERVICES: Final = ("portal_sim", "linkage_server", "app_mgmt", "core_systems")


def cost() -> Iterator[str]:
    """All rounds and their median with its interval; where no result is kept, what the page told before."""
    found = performance.kept("telemetry.json")
    if found is None:
        yield from as_told("operations.md", "telemetry")
        return
    rounds = found["rounds"]
    machine = f"{found['cores']} cores ({found['machine']}), Python {found['python']}"
    methods = f" --methods {found['methods']}" if found["methods"] else ""
    arguments = f"--rounds {len(rounds)} --scenario {found['scenario']}{methods}"
    yield f"Measured at commit {found['commit']} on {machine} (`make bench-telemetry ARGS='{arguments}'`):"
    yield ""
    heads = ("round", "with", "without", "lost", "processor, with", "without")
    yield from table(heads, [_row(n, one) for n, one in enumerate(rounds, start=1)])
    yield ""
    yield _verdict(found, rounds)
    yield ""
    yield _shares(rounds)


def _row(n: int, one: Mapping[str, Any]) -> Sequence[str]:
    on, off = (fmean(season["completed_per_s"] for season in one[kind]) for kind in ("with", "without"))
    spent = (fmean(sum(season["cpu_s"].values()) for season in one[kind]) for kind in ("with", "without"))
    lost = f"{_signed(100 * (1 - on / off))} %"
    return (str(n), f"{on:.0f}/s", f"{off:.0f}/s", lost, *(f"{seconds:.0f} s" for seconds in spent))


def _verdict(found: Mapping[str, Any], rounds: Sequence[Mapping[str, Any]]) -> str:
    lost, most, interval = found["lost_percent"], found["most_percent"], found["lost_percent_interval"]
    least, greatest = map(_signed, found["lost_percent_range"])
    on, off = (fmean(one["completed_per_s"] for each in rounds for one in each[kind]) for kind in ("with", "without"))
    kept = "within" if lost <= most else "more than"
    return (
        f"Over all {4 * len(rounds)} seasons {on:.1f} a second are completed in the mean with telemetry, {off:.1f} "
        f"without: {_signed(lost)} % less, {kept} the {most:g} % that may be lost. The rounds lie between {least} and "
        f"{greatest} %, with a median of {_signed(found['lost_percent_median'])} %; by the sign test, the median is "
        f"between {_signed(interval['low'])} and {_signed(interval['high'])} % with a confidence of "
        f"{interval['confidence']:.0%}{_judged(interval, most)}"
    )


def _judged(interval: Mapping[str, float], most: float) -> str:
    """What may be said of a limit: only what holds in the whole interval."""
    if interval["high"] <= most:
        return f", all of it within the {most:g} %."
    if interval["low"] > most:
        return f", all of it more than the {most:g} %."
    return f", so that these rounds alone do not decide on the {most:g} %."


def _shares(rounds: Sequence[Mapping[str, Any]]) -> str:
    watching = " to ".join(f"{of(_spent(rounds, 'with', WATCHING)):.1f}" for of in (min, max))
    with_it, without = (median(_spent(rounds, kind, SERVICES)) for kind in ("with", "without"))
    all_on, all_off = (_spent(rounds, kind, [*SERVICES, *WATCHING, *STORING]) for kind in ("with", "without"))
    taken = [100 * (1 - off / on) for on, off in zip(all_on, all_off, strict=True)]
    return (
        f"Of the processor's seconds in a season, telemetry takes {_signed(median(taken))} % in the median, between "
        f"{_signed(min(taken))} and {_signed(max(taken))} % by the rounds. The parts that only watch (derived views, "
        f"operations room, Prometheus) took {watching} s of a processor a season; the four services themselves "
        f"{with_it:.1f} s in the median with telemetry, {without:.1f} s without."
    )


def _spent(rounds: Sequence[Mapping[str, Any]], kind: str, parts: Sequence[str]) -> list[float]:
    """Seconds of a processor that a season takes in the mean of each round."""
    return [fmean(sum(season["cpu_s"].get(part, 0.0) for part in parts) for season in one[kind]) for one in rounds]


def _signed(percent: float) -> str:
    return f"{percent:.1f}".replace("-", "−")
