"""A scenario for a user's own city keeps every comment of the template and is valid as written."""

from pathlib import Path

import pytest

from shinsei.domain.demand import filings
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.run import PolicyYear
from shinsei.scenario import CityRequest, new_scenario, parse

OUT = Path("mine.toml")
REQUEST = CityRequest(population=150_000, clerks=5, online_share=0.3)


def test_the_given_numbers_stand_in_the_file_with_a_mark() -> None:
    scenario = parse(new_scenario(REQUEST, OUT), OUT)
    spec = scenario.run_specs("r")[0]
    assert (spec.demand.population, spec.office.clerks, spec.demand.online_share) == (150_000, 5, 0.3)
    assert all(item.mark and item.source for item in scenario.parameters)
    assert "150,000 people, 5 clerks, 30.0%" in scenario.report.statement


def test_the_rules_from_2022_can_be_asked_for() -> None:
    text = new_scenario(CityRequest(population=1_000, clerks=1, online_share=1, policy_year=PolicyYear.POST2022), OUT)
    assert parse(text, OUT).filers() == (2, 2)


def test_own_arrivals_replace_the_curve(tmp_path: Path) -> None:
    csv = tmp_path / "daily.csv"
    csv.write_text("date,count\n2024-06-03,30\n2024-06-28,70\n", encoding="utf-8")
    request = CityRequest(population=10_000, clerks=2, online_share=0.5, arrivals=csv)
    out = tmp_path / "mine.toml"
    scenario = parse(new_scenario(request, out), out)
    spec = scenario.run_specs("r")[0]
    found = [filing for filing in filings(spec) if filing.procedure == 10]
    assert (len(found), sum(filing.online for filing in found)) == (100, 50)
    assert scenario.filers() == (100, 50)
    assert all(item.mark and item.source for item in scenario.parameters)


def test_arrivals_outside_the_run_are_refused(tmp_path: Path) -> None:
    csv = tmp_path / "daily.csv"
    csv.write_text("date,count\n2024-06-03,30\n", encoding="utf-8")
    text = new_scenario(CityRequest(population=10_000, clerks=2, online_share=0.5, arrivals=csv), OUT)
    with pytest.raises(InvalidInputError, match="2024-06-03 is outside the run"):
        parse(text, OUT, ("run.start=2024-06-04",))


@pytest.mark.parametrize(
    ("request_", "problem"),
    [
        (CityRequest(population=0, clerks=5, online_share=0.3), "--population: must be at least 1"),
        (CityRequest(population=9, clerks=0, online_share=0.3), "--clerks: must be at least 1"),
        (CityRequest(population=9, clerks=5, online_share=30), "--online: is a share from 0 to 1, not 30"),
    ],
)
def test_numbers_that_make_no_city_are_refused(request_: CityRequest, problem: str) -> None:
    with pytest.raises(InvalidInputError, match=problem):
        new_scenario(request_, OUT)


def test_a_name_with_quotes_stays_a_name() -> None:
    text = new_scenario(CityRequest(population=9, clerks=1, online_share=0, name='Say "Mihon"'), OUT)
    assert parse(text, OUT).file.municipality.name == 'Say "Mihon"'
