"""Fits a scenario to a city's own records: when people file, from daily counts; how long steps take, from a time study.

Arrivals: the parts of the filing curve (wave after the mailing, even flow, rise to the deadline, late) keep the shapes
of the scenario; how many come by which part is fitted by expectation maximisation, which for shares of known shapes
finds the likeliest. Times: mean and coefficient of variation are those of the sample, and the family that lies nearest
to it (least Kolmogorov-Smirnov distance) is taken. How well either fits is said, never hidden.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import floor, log10, sqrt
from pathlib import Path
from statistics import fmean, stdev

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.demand.curve import day_weights
from shinsei.domain.distributions import Distribution, Shape
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.run import DemandSpec
from shinsei.domain.simtime import date_of, day_of
from shinsei.planning.grid import varied
from shinsei.planning.statistics import Estimate, estimate
from shinsei.scenario import Scenario
from shinsei.scenario.arrivals import text_of

PARTS = ("mailing_wave_share", "flat_share", "deadline_share", "late_share")
_ROUNDS = 500
_LEAST_TIMES = 5
_LIMITS: Mapping[Shape, float] = {Shape.LOGNORMAL: 0.886, Shape.EXPONENTIAL: 1.06, Shape.UNIFORM: 1.36}
"""Over the root of n: distances beyond are rare (5 %) if the family is right (Lilliefors 1967, 1969; Kolmogorov)."""
_MOST_APART = 0.03
"""[A] A gap of the cumulative share that moves no answer; of few filings chance alone makes a wider one."""
_MOST_UNIFORM_CV = 1 / sqrt(3)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalsFit:
    """Shares of the parts of the filing curve."""

    counted: int
    planned: int
    """Filings of the scenario, online and on paper; the fit changes when people file, not how many do."""
    shares: Mapping[str, float]
    """By key of the table [demand]; the first three sum to 1, the last is of all."""
    outside: int
    """Filed on days on which no part of the curve has anybody."""
    distance: float
    """Largest difference between the counted and the fitted cumulative share of a day."""
    worst_day: date
    limit: float
    """From here on the shapes of the scenario are not those of the counts."""

    @property
    def fits(self) -> bool:
        """Whether the shapes are not contradicted."""
        return self.distance < self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class TimesFit:
    """One step of a time study."""

    step: str
    """Path of its distribution, such as ``office.content_check``."""
    minutes: Estimate
    distribution: Distribution
    distance: float
    limit: float
    """A distance beyond is rare, one in twenty, if the family is right."""

    @property
    def fits(self) -> bool:
        """Whether the family is not contradicted."""
        return self.distance <= self.limit


def fit_arrivals(scenario: Scenario, counts: Sequence[tuple[date, int]]) -> ArrivalsFit:
    """The likeliest shares of the parts.

    Raises:
        InvalidInputError: the scenario has waves instead of one filing period, or nobody was counted within it.
    """
    spec = scenario.run_specs(scenario.name)[0]
    if spec.demand.waves:
        raise InvalidInputError(scenario.name, "has waves; only a filing period with its deadline can be calibrated")
    calendar = BusinessCalendar(spec.calendar)
    shapes = [day_weights(_alone(spec.demand, part), calendar) for part in PARTS]
    observed = {day_of(day): count for day, count in counts if count}
    within = {day: n for day, n in observed.items() if any(shape.get(day) for shape in shapes)}
    if not within:
        raise InvalidInputError("--counts", "has nobody on a day of the scenario's filing period or after it")
    weights = _likeliest(shapes, within)
    on_time = sum(weights[:-1]) or 1.0
    fitted = {
        day: sum(weight * shape.get(day, 0.0) for weight, shape in zip(weights, shapes, strict=True))
        for day in sorted({*within, *(day for shape in shapes for day in shape)})
    }
    distance, worst = _apart(within, fitted)
    shares = [*(weight / on_time for weight in weights[:-1]), weights[-1]]
    return ArrivalsFit(
        counted=sum(observed.values()),
        planned=scenario.filers()[0],
        shares=dict(zip(PARTS, shares, strict=True)),
        outside=sum(observed.values()) - sum(within.values()),
        distance=distance,
        worst_day=date_of(worst),
        limit=max(_MOST_APART, _LIMITS[Shape.UNIFORM] / sqrt(sum(within.values()))),
    )


def read_times(path: Path) -> dict[str, list[float]]:
    """Minutes by step, from lines ``step,minutes``.

    Raises:
        InvalidInputError: the file is missing or a line is wrong; the text names file and line.
    """
    text = text_of(path)
    found: dict[str, list[float]] = {}
    for number, row in enumerate(csv.reader(io.StringIO(text)), start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and len(cells) > 1 and not cells[1][:1].isdigit() and "." not in cells[0]):
            continue
        try:
            step, minutes = cells[0], float(cells[1])
        except (ValueError, IndexError):
            raise InvalidInputError(
                f"{path}, line {number}", "needs a step and its minutes: office.notice,0.5"
            ) from None
        if not 0 < minutes < float("inf"):
            raise InvalidInputError(f"{path}, line {number}", f"{cells[1]} minutes cannot be")
        found.setdefault(step, []).append(minutes)
    if not found:
        raise InvalidInputError(str(path), "has no line with a step and its minutes")
    return found


def fit_times(scenario: Scenario, times: Mapping[str, Sequence[float]]) -> list[TimesFit]:
    """Each step's distribution.

    Raises:
        InvalidInputError: the scenario has no such step, or too few cases were timed.
    """
    return [_fit(scenario, step, sorted(minutes)) for step, minutes in times.items()]


def _fit(scenario: Scenario, step: str, minutes: Sequence[float]) -> TimesFit:
    if len(minutes) < _LEAST_TIMES:
        raise InvalidInputError("--times", f"{step} was timed {len(minutes)} times; at least {_LEAST_TIMES} are needed")
    mean = fmean(minutes)
    cv = stdev(minutes) / mean
    try:
        varied(scenario, [(f"{step}.mean", f"{four_digits(mean)} min"), (f"{step}.cv", f"{cv:.2f}")])
    except InvalidInputError as error:
        said = "is no step of the scenario" if error.field.startswith("--set") else "cannot be a step's time"
        raise InvalidInputError("--times", f"{step} {said}: {error.problem}") from None
    if not cv:
        raise InvalidInputError(
            "--times", f"{step} took {mean:g} min each time; times that never vary were not measured"
        )
    families = [Shape.LOGNORMAL, Shape.EXPONENTIAL, *([Shape.UNIFORM] if cv <= _MOST_UNIFORM_CV else [])]
    made = [Distribution(mean=mean, cv=1.0 if shape is Shape.EXPONENTIAL else cv, shape=shape) for shape in families]
    best = min(made, key=lambda each: _distance(each, minutes))
    return TimesFit(
        step=step,
        minutes=estimate(list(minutes)),
        distribution=best,
        distance=_distance(best, minutes),
        limit=_LIMITS[best.shape] / sqrt(len(minutes)),
    )


def _distance(distribution: Distribution, ordered: Sequence[float]) -> float:
    n = len(ordered)
    shares = [distribution.cdf(value) for value in ordered]
    return max(max((index + 1) / n - share, share - index / n) for index, share in enumerate(shares))


def _alone(demand: DemandSpec, part: str) -> DemandSpec:
    """The demand with everybody coming by one part of the curve."""
    wave, even, last, late = (float(name == part) for name in PARTS)
    return replace(
        demand, daily_counts=(), mailing_wave_share=wave, flat_share=even, deadline_share=last, late_share=late
    )


def _likeliest(shapes: Sequence[Mapping[int, float]], observed: Mapping[int, int]) -> list[float]:
    weights = [1 / len(shapes)] * len(shapes)
    total = sum(observed.values())
    for _ in range(_ROUNDS):
        gathered = [0.0] * len(shapes)
        for day, count in observed.items():
            parts = [weight * shape.get(day, 0.0) for weight, shape in zip(weights, shapes, strict=True)]
            whole = sum(parts) or 1.0
            gathered = [before + count * part / whole for before, part in zip(gathered, parts, strict=True)]
        weights = [each / total for each in gathered]
    return weights


def _apart(observed: Mapping[int, int], fitted: Mapping[int, float]) -> tuple[float, int]:
    total, counted, expected = sum(observed.values()), 0.0, 0.0
    worst, at = 0.0, next(iter(fitted))
    for day, share in fitted.items():
        counted += observed.get(day, 0) / total
        expected += share
        if abs(counted - expected) > worst:
            worst, at = abs(counted - expected), day
    return worst, at


def four_digits(value: float) -> str:
    """As a scenario reads it: no exponent, however long a step takes."""
    shown = f"{value:.{max(3 - floor(log10(value)), 0)}f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown
