"""A scenario may extend another one and say only what is different; marks come along."""

from pathlib import Path

import pytest

from shinsei.domain.errors import InvalidInputError
from shinsei.domain.run import CurveKind
from shinsei.scenario import Scenario, load, parse

WAVES = """
extends = "smoke"

[demand]
procedure = "child_allowance_claim"

[[demand.waves]]
procedure = "child_allowance_claim"
share = 0.7  # [A] the first
curve = "deadline"
first_day = 2021-06-01  # [A]
last_day = 2021-06-10  # [A]
late_share = 0.0  # [A] nobody

[[demand.waves]]
procedure = "child_allowance_revision"
share = 0.3  # [A] the second
curve = "burst"
first_day = 2021-06-05  # [A]
last_day = 2021-06-20  # [A]
scale = "4 d"  # [A]
online_share = 0.9  # [A]
"""


def extended(text: str, *overrides: str) -> Scenario:
    return parse(text, Path("mine.toml"), overrides)


def refusal(text: str) -> str:
    with pytest.raises(InvalidInputError) as caught:
        extended(text)
    return str(caught.value)


def test_what_is_not_said_is_as_in_the_base_with_its_mark() -> None:
    mine = extended('extends = "smoke"\n[office]\nclerks = 3  # [D] counted\n')
    base = {item.path: item for item in load("smoke").parameters}
    found = {item.path: item for item in mine.parameters}
    assert (found["office.clerks"].value, found["office.clerks"].source) == ("3", "counted")
    assert {path for path in base if base[path] != found[path]} == {"office.clerks"}
    assert mine.name == "mine"


def test_a_distribution_and_a_list_are_replaced_whole() -> None:
    demand = '[demand]\nlate_delay = { mean = "3 d", cv = 0.2 }\n'
    mine = extended('extends = "smoke"\n[twins]\nmethods = ["RPA"]\n' + demand)
    assert mine.file.demand.late_delay.days.shape == "lognormal"
    assert mine.methods == ("RPA",)
    assert mine.compared_procedures == (10,)


@pytest.mark.parametrize("name", ["special-cash-payment-2020", "long-term-care-renewals", "corrections"])
def test_the_record_of_the_results_needs_no_other_file(name: str, tmp_path: Path) -> None:
    scenario = load(name)
    record = scenario.record()
    again = parse(record, tmp_path / f"{name}.toml")
    assert "extends =" not in record
    assert again.run_specs("r") == scenario.run_specs("r")
    assert again.file == scenario.file
    assert {(one.path, one.value, one.mark, one.source) for one in again.parameters} == {
        (one.path, one.value, one.mark, one.source) for one in scenario.parameters
    }


def test_set_goes_over_both() -> None:
    assert extended('extends = "smoke"\n[office]\nclerks = 3\n', "office.clerks=7").file.office.clerks == 7


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('extends = "smok"', "did you mean 'smoke'?"),
        ('extends = "mine"', "mine.toml: extends: 'mine' extends itself"),
        ('extends = "smoke"\n[offfice]\n', "mine.toml: offfice: unknown key, did you mean 'office'?"),
    ],
)
def test_a_wrong_base_or_key_is_told_in_one_line(text: str, problem: str) -> None:
    assert problem in refusal(text)


def test_a_scenario_may_have_the_name_of_the_shipped_one_that_it_extends(tmp_path: Path) -> None:
    mine = tmp_path / "smoke.toml"
    mine.write_text('\ufeffextends = "smoke"\n[office]\nclerks = 3\n', encoding="utf-8")  # as Windows' editor saves
    assert load(mine).file.office.clerks == 3
    assert load(mine).file.municipality == load("smoke").file.municipality


def test_two_scenarios_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    for one, other in (("one", "other"), ("other", "one")):
        (tmp_path / f"{one}.toml").write_text(f'extends = "{other}"\n', encoding="utf-8")
    with pytest.raises(InvalidInputError, match=r"other\.toml: extends: 'one' extends itself"):
        load(tmp_path / "one.toml")


def test_waves_become_the_domains_and_their_procedures_take_the_twins_method() -> None:
    scenario = extended(WAVES)
    first, second = scenario.run_specs("r")[0].demand.waves
    assert (first.curve, first.late_share, first.flat_share) == (CurveKind.DEADLINE, 0.0, 0.35)
    assert (second.curve, second.scale_days, second.online_share) == (CurveKind.BURST, 4.0, 0.9)
    assert scenario.compared_procedures == (1, 2)
    assert scenario.filers() == (105, 44 + 28)


def test_each_wave_keeps_its_own_mark() -> None:
    found = {item.path: item.source for item in extended(WAVES).parameters}
    assert (found["demand.waves[0].share"], found["demand.waves[1].share"]) == ("the first", "the second")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("share = 0.7", "share = 0.6", "the shares of the waves must sum to 1, not 0.9"),
        ('scale = "4 d"', "", 'a burst needs a scale, such as "10 d"'),
        ("last_day = 2021-06-10", "last_day = 2021-05-10", "last_day must not be before first_day"),
        ("last_day = 2021-06-20", "last_day = 2022-06-20", "must lie within the run"),
        ("late_share = 0.0", "flat_share = 0.9", "must be at most 1 together"),
        ('[demand]\nprocedure = "child_allowance_claim"', "", "no wave is of the seasonal procedure"),
        ('"child_allowance_claim"\n\n', '"child_allowance_claim"\narrivals = "a.csv"\n\n', "cannot both be given"),
    ],
)
def test_waves_that_make_no_season_are_refused(old: str, new: str, problem: str) -> None:
    assert problem in refusal(WAVES.replace(old, new, 1))


def test_an_outage_of_the_portal_is_in_the_run() -> None:
    (outage,) = (
        extended(
            'extends = "smoke"\n[[demand.portal_outages]]\nstart = 2021-06-15T19:00:00\nlength = "4 h"\n'
            'give_up_share = 0.1\nreturn_delay = { mean = "2 h", shape = "exponential" }\n'
        )
        .run_specs("r")[0]
        .demand.portal_outages
    )
    assert outage.end - outage.start == 4 * 3_600_000
    assert outage.return_hours.mean == 2.0
    assert outage.affected_share == 1.0
