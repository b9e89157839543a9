"""A preset that names no procedure has the catalogue's mix, and what is filed has it too."""

from collections import Counter
from datetime import datetime

import pytest

from shinsei.domain.catalogue import MUNICIPAL, procedure_by_key
from shinsei.domain.simtime import SimTime, from_datetime
from shinsei.loadtest.bodies import POOL, Bodies
from shinsei.loadtest.by_catalogue import by_catalogue
from shinsei.loadtest.preset import load_preset
from shinsei.loadtest.target import Mix, run_specs, scenario_of

STATUS_REPORT, DISASTER = (
    procedure_by_key(key).number for key in ("child_allowance_status_report", "disaster_certificate")
)
FILED = 20_000


def in_month(month: int) -> dict[int, float]:
    return by_catalogue(SimTime(from_datetime(datetime.fromisoformat(f"2024-{month:02d}-15"))))


def test_a_years_months_add_up_to_the_catalogues_volumes_and_each_has_its_own_season() -> None:
    months = [in_month(month) for month in range(1, 13)]
    for item in MUNICIPAL:
        filed = sum(month.get(item.number, 0.0) for month in months) / 12
        assert filed == pytest.approx(item.volume_per_100k)
    june, july, december = months[5], months[6], months[11]
    assert june[STATUS_REPORT] == pytest.approx(9 * july[STATUS_REPORT])
    assert STATUS_REPORT not in december
    assert not any(DISASTER in month for month in months)


@pytest.mark.parametrize("name", ["smoke", "step", "ramp-to-knee", "spike", "soak"])
def test_whatever_is_about_no_season_of_its_own_has_the_catalogues_mix(name: str) -> None:
    assert load_preset(name).file.mix == in_month(6)


def test_what_is_filed_is_in_the_proportions_of_the_mix_however_rare() -> None:
    preset = load_preset("smoke")
    mix = preset.file.mix
    bodies = Bodies(run_specs(preset, scenario_of(preset), "load-1")[0], Mix(mix))
    found = Counter(bodies.application(f"0.1.{n:x}", 0.0).procedure for n in range(FILED))
    for number, weight in mix.items():
        expected = FILED * weight / sum(mix.values())
        assert found[number] == pytest.approx(expected, abs=4 * expected**0.5 + 1), number
    rare = [number for number, weight in mix.items() if weight < sum(mix.values()) / POOL / 4]
    assert sum(found[number] for number in rare) < 0.02 * FILED
