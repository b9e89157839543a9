"""A scenario may have many municipalities instead of twin cities: groups of them that are alike."""

from pathlib import Path

import pytest

from shinsei.domain.demand import filings
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.municipality import is_invented, validate_code
from shinsei.scenario import Scenario, load, parse

TWO_GROUPS = """
extends = "smoke"

[[municipalities]]
name = "Towns"
name_ja = "町"
count = 3  # [A]
share = 0.3  # [A]
method = "TRANSCRIPTION"  # [A]
clerks = 1  # [A]

[[municipalities]]
name = "Cities"
name_ja = "市"
count = 7  # [A]
share = 0.7  # [A]
method = "RPA"  # [A]
clerks = 5  # [A]
login_seats = 9  # [A]
robots = 2  # [A]
"""


def many(text: str = TWO_GROUPS) -> Scenario:
    return parse(text, Path("many.toml"))


def test_each_municipality_has_its_own_code_people_staff_and_method() -> None:
    specs = many().run_specs("r")
    assert len({validate_code(spec.municipality) for spec in specs}) == 10
    assert all(is_invented(spec.municipality) for spec in specs)
    assert [spec.partition for spec in specs] == [n % 8 for n in range(10)]
    town, city = specs[0], specs[3]
    assert (town.demand.population, town.office.clerks, town.twin_method) == (150, 1, LinkageMethod.TRANSCRIPTION)
    assert (city.demand.population, city.office.clerks, city.twin_method) == (150, 5, LinkageMethod.RPA)
    assert (city.office.login_seats, city.office.methods.rpa.robots) == (9, 2)
    assert town.office.login_seats == load("smoke").run_specs("r")[0].office.login_seats
    assert city.policy.method_of(10) is LinkageMethod.RPA
    assert city.policy.method_of(1) is LinkageMethod.TRANSCRIPTION


def test_each_group_may_have_a_mix_of_its_own() -> None:
    mixed = TWO_GROUPS.replace(
        "clerks = 1  # [A]\n",
        'clerks = 1  # [A]\n[municipalities.by_procedure]\nchild_allowance_claim = "SCREEN_IMPORT"  # [A] a package\n',
    )
    scenario = many(mixed)
    town, city = scenario.run_specs("r")[0], scenario.run_specs("r")[3]
    assert town.policy.method_of(1) is LinkageMethod.SCREEN_IMPORT
    assert town.policy.method_of(10) is LinkageMethod.TRANSCRIPTION
    assert city.policy == many().run_specs("r")[3].policy
    path = "municipalities[0].by_procedure.child_allowance_claim"
    assert [(one.value, one.mark) for one in scenario.parameters if one.path == path] == [("SCREEN_IMPORT", "A")]
    again = parse(scenario.record(), Path("many.toml"))
    assert again.run_specs("r") == scenario.run_specs("r")
    assert [one.mark for one in again.parameters if one.path == path] == ["A"]


def test_neighbours_of_one_size_get_different_filers() -> None:
    first, second = (filings(spec) for spec in many().run_specs("r")[:2])
    assert {filing.at for filing in first}.isdisjoint({filing.at for filing in second})


def test_another_seed_gives_every_municipality_another_one() -> None:
    seeds = [{spec.seed for spec in many().with_seed(seed).run_specs("r")} for seed in (1, 2, 3)]
    assert all(len(each) == 10 for each in seeds)
    assert len(set.union(*seeds)) == 30


def test_they_stand_in_the_place_of_the_twins() -> None:
    scenario = many()
    assert scenario.methods == ()
    assert scenario.compared_procedures == load("smoke").compared_procedures
    assert load("smoke").groups == ()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("share = 0.7", "share = 0.6", "the shares of the municipalities must sum to 1, not 0.9"),
        ('"Cities"', '"Towns"', "two of the municipalities have the same name"),
        ("count = 3", "count = 0", "municipalities[0].count: must be at least 1"),
        ('"RPA"', '"ROBOT"', "is not a linkage method"),
        ("clerks = 5  # [A]\n", "", "municipalities[1].clerks: is missing"),
        (
            'extends = "smoke"\n',
            'extends = "smoke"\n[municipality]\ncode = "131016"\n',
            "many municipalities need an invented code",
        ),
    ],
)
def test_groups_that_make_no_season_are_refused_in_one_line(old: str, new: str, problem: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        many(TWO_GROUPS.replace(old, new, 1))
    assert problem in str(caught.value)


def test_one_of_the_groups_is_set_by_its_number() -> None:
    made = parse(TWO_GROUPS, Path("many.toml"), ["municipalities[1].clerks=7"])
    assert [group.clerks for group in made.groups] == [1, 7]
    assert {item.path: item.mark for item in made.parameters}["municipalities[1].clerks"] == "set"


@pytest.mark.parametrize(
    ("override", "problem"),
    [
        ("municipalities[2].clerks=7", "there is no table municipalities[2]; there are 2, numbered from 0"),
        ("municipalities[x].clerks=7", "there is no table municipalities[x]"),
        ("municipalities[0].clerk=7", "unknown key 'clerk', did you mean 'clerks'"),
        ("office[0].clerks=7", "there is no table office[0]; there are 0"),
        ("municipalities.clerks=7", "municipalities is no table"),
    ],
)
def test_a_group_that_is_not_there_is_named(override: str, problem: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse(TWO_GROUPS, Path("many.toml"), [override])
    assert problem in str(caught.value)


def test_every_number_of_a_group_is_explained() -> None:
    found = {item.path: (item.value, item.mark) for item in many().parameters}
    assert found["municipalities[1].share"] == ("0.7", "A")
    assert found["municipalities[0].clerks"] == ("1", "A")
