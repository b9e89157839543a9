"""What a load test runs against: one clock-paced run for each municipality, and what its applications look like."""

import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from itertools import accumulate
from math import ceil
from typing import Any

from shinsei.domain.catalogue import procedure
from shinsei.domain.demand import filings
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.municipality import with_check_digit
from shinsei.domain.run import Pacing, RunSpec
from shinsei.domain.simtime import HOUR_MS
from shinsei.loadtest.preset import SHIPPED, Preset
from shinsei.scenario import Scenario, load

_PARTITIONS = 8
_NOT_TWINS = 5
"""Codes apart of the municipalities of one method: there are five methods."""
_PLACE_DIGITS = 5


def scenario_of(preset: Preset) -> Scenario:
    """The offices of a preset, with its clock and its start.

    Raises:
        InvalidInputError: they are wrong, or lack a method of the preset.
    """
    file = preset.file
    folders = (preset.path.parent.parent, *(folder.parent for folder in SHIPPED))
    shipped = [folder / "offices" / f"{file.scenario}.toml" for folder in folders]
    scenario = load(next((path for path in shipped if path.is_file()), file.scenario), file.overrides)
    if scenario.file.run.pacing is not Pacing.CLOCK:
        raise InvalidInputError("scenario", f"{scenario.name} is paced by a driver; a load test needs a clock")
    missing = [method for method in file.methods if method not in scenario.methods]
    if missing:
        raise InvalidInputError("methods", f"scenario {scenario.name} has no twin city with method {missing[0]}")
    unknown = [number for number in file.mix if number not in scenario.compared_procedures]
    if unknown:
        key = procedure(unknown[0]).key
        raise InvalidInputError("procedures", f"{key} does not take the method of a twin in scenario {scenario.name}")
    run = scenario.file.run.model_copy(update={"start": file.sim_start, "clock_speed": file.clock_speed})
    try:
        run.check()
    except ValueError as error:
        raise InvalidInputError("sim_start", f"does not fit scenario {scenario.name}: {error}") from None
    return replace(scenario, file=scenario.file.model_copy(update={"run": run}))


def run_specs(preset: Preset, scenario: Scenario, run_id: str) -> list[RunSpec]:
    """One run for each municipality, spread over the partitions.

    Where methods and fetch modes are searched apart, those of one search stand together; the same once more, of other
    municipalities, for the search whose answer is confirmed.
    """
    twins = [scenario.run_spec(run_id, method) for method in preset.file.methods]
    search, count = preset.file.search, preset.file.municipalities
    modes = search.fetch_modes if search is not None else ()
    if not modes:
        order = [(twin, number) for number in range(count) for twin in twins]
    else:
        order = [
            (replace(twin, poll=replace(twin.poll, fetch=mode)), place * count + number)
            for place, mode in enumerate(modes * (2 if search is not None and search.confirm else 1))
            for twin in twins
            for number in range(count)
        ]
    return [
        replace(twin, municipality=_code(twin, number), partition=place % _PARTITIONS)
        for place, (twin, number) in enumerate(order)
    ]


def _code(twin: RunSpec, number: int) -> str:
    place = int(twin.municipality[:_PLACE_DIGITS]) + _NOT_TWINS * number
    return with_check_digit(f"{place:05d}")


def busiest_hour_per_s(reference: str) -> float:
    """Online filings a second in the busiest hour of a scenario's city, or of all its municipalities together.

    Raises:
        InvalidInputError: there is no such scenario, or nobody files online in it.
    """
    scenario = load(reference)
    specs = scenario.run_specs("busiest")
    # Twins have the same filings; municipalities of several groups have each their own.
    cities = specs if scenario.groups else specs[:1]
    hours = Counter(filing.at // HOUR_MS for spec in cities for filing in filings(spec) if filing.online)
    if not hours:
        raise InvalidInputError("reference", f"nobody files online in scenario {reference}")
    return max(hours.values()) * 1000 / HOUR_MS


class Mix:
    """Which procedure an application is of, by the weights of a preset."""

    def __init__(self, weights: Mapping[int, float]) -> None:
        self._numbers = tuple(weights)
        total = sum(weights.values())
        self._upto = tuple(accumulate(weight / total for weight in weights.values()))

    def pick(self, at: float) -> int:
        """The procedure at a place between 0 and 1."""
        return self._numbers[min(bisect_right(self._upto, at), len(self._numbers) - 1)]

    def pool(self, size: int) -> list[int]:
        """About ``size`` procedures in the proportions of the mix; each is there at least once."""
        before = 0.0
        found: list[int] = []
        for number, upto in zip(self._numbers, self._upto, strict=True):
            found += [number] * max(1, ceil((upto - before) * size))
            before = upto
        return found


def conditions(environment: Mapping[str, Any], preset: Preset) -> dict[str, str]:
    """What figures depend on beside what was asked and of which code: machine, the stack's settings, a trace's moments.

    Args:
        environment: as it is written beside a result.
        preset: whose trace it is, if it has one.
    """
    machine = f"{environment['processor'] or environment['machine']}, {environment['cores']} cores"
    found = {"machine": f"{machine}, {environment['memory_gib']:g} GiB", "python": str(environment["python"])}
    moments = preset.trace()
    if moments:
        found["trace"] = sha256(json.dumps(moments).encode()).hexdigest()[:16]
    return {**found, **environment["stack"]}


def config_hash(preset: Preset, scenario: Scenario, peak_per_s: float | None) -> str:
    """What two load tests must have in common to be repeats of each other."""
    values = json.dumps([preset.text, scenario.text, list(scenario.overrides), peak_per_s])
    return sha256(values.encode()).hexdigest()[:16]
