"""How well a fit to a city's own records fits, in a line."""

from shinsei.planning.calibration import ArrivalsFit, TimesFit

_VERDICT = {True: "fits", False: "does not fit well"}


def arrivals_line(one: ArrivalsFit) -> str:
    """How many were counted, against how many are planned, and how well the parts fit."""
    return (
        f"{one.counted:,} counted, {one.outside:,} outside the period; the scenario plans {one.planned:,}, and the fit "
        f"leaves that as it is; {gap_line(one)}, on {one.worst_day}"
    )


def gap_line(one: ArrivalsFit) -> str:
    """Whether the parts of the curve fit, with their gap."""
    return f"{_VERDICT[one.fits]} (largest gap of the cumulative share {one.distance:.3f}, limit {one.limit:.3f})"


def fit_line(one: TimesFit) -> str:
    """Whether the family fits, with its distance."""
    return f"{one.distribution.shape} {_VERDICT[one.fits]} (distance {one.distance:.3f}, limit {one.limit:.3f})"
