"""Planning from Python: ``from shinsei import plan``."""

from collections.abc import Sequence
from pathlib import Path

from shinsei.domain.errors import InvalidInputError
from shinsei.planning.pool import Workers
from shinsei.planning.study import MOST, REPLICATIONS, Study, Wanted, study
from shinsei.scenario import Scenario, load


def plan(
    scenario: Scenario | Path | str,
    *,
    overrides: Sequence[str] = (),
    replications: int | None = None,
    precision: float | None = None,
    until_clear: bool = False,
    seed: int | None = None,
    jobs: int = 1,
) -> Study:
    """Plans the seasons of a scenario in virtual time.

    Args:
        scenario: a scenario, the path of its file, or the name of a shipped one.
        overrides: ``key=value``, as ``--set`` takes them; for a file or a name, as a scenario was given its own.
        replications: seasons; 30 if not given. With a precision at most so many, and 1,000 if not given.
        precision: half-width of the headline intervals, as a share of their means, at which to stop.
        until_clear: end each season at the first midnight with nothing under comparison open.
        seed: another seed: other seasons of the same city.
        jobs: processes; with more than one, the calling script needs ``if __name__ == "__main__":``.

    Raises:
        InvalidInputError: the scenario or a number is wrong, or it has no season.
    """
    _check("replications", replications, 1)
    _check("seed", seed, 0)
    _check("jobs", jobs, 1)
    if precision is not None and not 0 < precision < 1:
        raise InvalidInputError("precision", f"{precision!r} is no share between 0 and 1, such as 0.05")
    if overrides and isinstance(scenario, Scenario):
        raise InvalidInputError("overrides", "are for a file or a name; load(path, overrides) makes a scenario of both")
    read = scenario if isinstance(scenario, Scenario) else load(scenario, overrides)
    if seed is not None:
        read = read.with_seed(seed)
    most = replications or (REPLICATIONS if precision is None else MOST)
    with Workers(jobs) as workers:
        return study(read, Wanted(replications=most, precision=precision, until_clear=until_clear), workers)


def _check(name: str, number: object, least: int) -> None:
    if number is not None and (isinstance(number, bool) or not isinstance(number, int) or number < least):
        raise InvalidInputError(name, f"must be a whole number of at least {least}, not {number!r}")
