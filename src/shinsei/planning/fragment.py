"""What ``shinsei scenario calibrate`` says: a fragment of a scenario, and how well its numbers fit."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import floor
from typing import Any

from shinsei.domain.distributions import Distribution, Shape
from shinsei.planning.calibration import PARTS, ArrivalsFit, TimesFit, four_digits
from shinsei.planning.fit_words import fit_line, gap_line


def fragment(base: str, arrivals: ArrivalsFit | None, times: Sequence[TimesFit]) -> str:
    """The fits laid over the scenario of this name, each number with its mark and how well it fits."""
    lines = [
        "# Fitted by shinsei scenario calibrate. Merge the tables into your scenario, or plan this beside it as it is.",
        f'extends = "{base}"',
    ]
    if arrivals is not None:
        told = f"{arrivals.counted:,} filings counted; {gap_line(arrivals)}"
        lines += ["", "[demand]", *(f"{key} = {share:.4f}  # [C] {told}" for key, share in _summing(arrivals.shares))]
    for table in dict.fromkeys(one.step.rpartition(".")[0] for one in times):
        lines += ["", f"[{table}]"]
        lines += [_line(one) for one in times if one.step.rpartition(".")[0] == table]
    return "\n".join(lines) + "\n"


def _summing(shares: Mapping[str, float]) -> list[tuple[str, float]]:
    """Four decimals, of which the first three parts still sum to 1."""
    wave, even, last, late = (round(shares[part], 4) for part in PARTS)
    return (
        list(zip(PARTS, (wave, round(1 - wave - last, 4), last, late), strict=True))
        if even
        else list(zip(PARTS, (wave, 0.0, round(1 - wave, 4), late), strict=True))
    )


def _line(one: TimesFit) -> str:
    made, half = one.distribution, one.minutes.half_width or 0.0
    shape = "" if made.shape is Shape.LOGNORMAL else f', shape = "{made.shape}"'
    low, high = max(0.0, made.mean - half), made.mean + half
    told = f"{one.minutes.n} cases timed, mean {low:.3g} to {high:.3g} min with 95 %; {fit_line(one)}"
    return (
        f'{one.step.rpartition(".")[2]} = {{ mean = "{four_digits(made.mean)} min", cv = {_cv(made)}{shape} }}'
        f"  # [C] {told}"
    )


def _cv(distribution: Distribution) -> str:
    """Two decimals; of a uniform one never above what it may have."""
    cut = floor(distribution.cv * 100) / 100 if distribution.shape is Shape.UNIFORM else distribution.cv
    return f"{cut:.2f}"


def fits(base: str, arrivals: ArrivalsFit | None, times: Sequence[TimesFit]) -> dict[str, Any]:
    """What was fitted and how well, as JSON values."""
    return {
        "arrivals": None if arrivals is None else _arrivals(arrivals),
        "times": [
            {
                "step": one.step,
                "cases": one.minutes.n,
                "mean_min": one.distribution.mean,
                "half_width_min": one.minutes.half_width,
                "cv": one.distribution.cv,
                "shape": one.distribution.shape.value,
                "distance": one.distance,
                "limit": one.limit,
                "fits": one.fits,
            }
            for one in times
        ],
        "fragment": fragment(base, arrivals, times),
    }


def _arrivals(one: ArrivalsFit) -> dict[str, Any]:
    return {**asdict(one), "worst_day": one.worst_day.isoformat(), "fits": one.fits}
