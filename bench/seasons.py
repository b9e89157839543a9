"""Whole seasons in virtual time: what a planner waits for."""

import resource
import time
from functools import partial

from shinsei.planning import Workers
from shinsei.planning.seasons import plan_season_of
from shinsei.scenario import load

SCENARIO = "child-allowance-status-report"
LARGE_CITY = ("municipality.population=200000", "office.clerks=8")
"""Twice the city of the scenario, with twice its clerks."""


def large_city() -> dict[str, float]:
    """Seconds for a season of a large city under all methods, and cases a second through it."""
    large = load(SCENARIO, list(LARGE_CITY))
    began = time.process_time()
    season = plan_season_of(large, 1)
    took_s = time.process_time() - began
    cases = sum(sum(method.values[key] or 0 for key in ("accepted", "paper_registered")) for method in season.methods)
    return {"city_of_200000_five_methods_cpu_s": took_s, "city_of_200000_cases_per_s": cases / took_s}


def replications(number: int, jobs: int) -> dict[str, float]:
    """Seconds for so many seasons of the demonstration, in so many processes."""
    scenario = load(SCENARIO)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began, own = time.perf_counter(), time.process_time()
    with Workers(jobs) as workers:
        done = sum(1 for _ in workers.in_order(partial(plan_season_of, scenario), range(1, number + 1)))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime + time.process_time() - own
    return {
        "replications": float(done),
        "replications_wall_s": time.perf_counter() - began,
        "replications_cpu_s": cpu_s,
        "peak_mib_a_process": after.ru_maxrss / 1024,
    }
