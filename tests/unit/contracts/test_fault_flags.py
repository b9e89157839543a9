"""The tables of faults: every flag has a value that it takes, every fault a place where it is set."""

import re
from pathlib import Path

import pytest

import shinsei.scenario
from shinsei.contracts.fault_flags import FLAGS, FaultFlag, Flag, Unit, flag_named
from shinsei.contracts.model_faults import MODEL_FAULTS, ModelFault
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.run import check_change
from shinsei.testing import a_change, a_run_spec

REPO = Path(__file__).parents[3]
TEMPLATE = (Path(shinsei.scenario.__file__).parent / "template.toml").read_text(encoding="utf-8")
RULES = (REPO / "deploy" / "prometheus" / "alerts.rules.yml").read_text(encoding="utf-8")


def test_there_are_as_many_flags_as_names() -> None:
    assert list(FLAGS) == list(FaultFlag)
    assert not MODEL_FAULTS.keys() & {str(name) for name in FLAGS}


@pytest.mark.parametrize("flag", FLAGS.values(), ids=lambda flag: str(flag.name))
def test_a_flag_takes_its_usual_value_where_it_happens_and_no_other_beyond_its_range(flag: Flag) -> None:
    for service in flag.services:
        flag.check(service, flag.usual)
    with pytest.raises(InvalidInputError, match="takes"):
        flag.check(flag.services[0], flag.most + 1)
    with pytest.raises(InvalidInputError, match="happens in"):
        flag.check("room", flag.usual)
    assert ("{value}" in flag.about) == (flag.unit is not Unit.NONE)
    assert not flag.alert or f"alert: {flag.alert}\n" in RULES


def test_a_name_that_is_none_is_told_with_those_there_are() -> None:
    with pytest.raises(InvalidInputError, match="'portal-fast' is none of portal-slow, "):
        flag_named("portal-fast")


@pytest.mark.parametrize("fault", MODEL_FAULTS.values(), ids=lambda fault: fault.name)
def test_a_model_fault_stands_in_the_template_of_scenarios(fault: ModelFault) -> None:
    for place in fault.scenario.split(", "):
        table, _, key = place.strip("[]").rpartition(".") if "[" not in place else (place.strip("[]"), "", "")
        assert re.search(rf"^(# )?\[{{1,2}}{re.escape(table)}\]", TEMPLATE, re.MULTILINE), place
        assert not key or re.search(rf"^{key} = ", TEMPLATE, re.MULTILINE), place


@pytest.mark.parametrize(
    "fault", [one for one in MODEL_FAULTS.values() if one.switch is not None], ids=lambda fault: fault.name
)
def test_what_switches_a_model_fault_is_a_change_that_can_be_carried_out(fault: ModelFault) -> None:
    check_change(a_change(**fault.begins(fault.switchable.usual)))
    if fault.switchable.after is not None:
        check_change(a_change(**fault.ends(a_run_spec())))
    else:
        with pytest.raises(InvalidInputError, match="ends by itself"):
            fault.ends(a_run_spec())


def test_a_fault_of_the_scenario_alone_is_not_switched_and_says_where_it_is_set() -> None:
    with pytest.raises(
        InvalidInputError, match=re.escape("batch-file-shifted is set in the scenario's file, by [meth")
    ):
        MODEL_FAULTS["batch-file-shifted"].begins(1)
