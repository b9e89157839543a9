"""The optional tables about incidents of whole files: off without them, and on as the template shows them."""

from pathlib import Path

import pytest
from pydantic import TypeAdapter

from shinsei.domain.errors import InvalidInputError
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import DAY_MS, HOUR_MS
from shinsei.scenario import load, parse
from shinsei.scenario.writing import template_text

BLOCKS = (
    ("# [[office.core_offline]]", "# until ="),
    ("# licences = 1", "# occupies_terminal"),
    ("# [methods.rpa.ui_drift]", "# correction ="),
    ('# check = { mean = "2 min", cv = 0.5 }  # [A] a second clerk', "# p_undetected_double"),
    ("# [[methods.screen_import.exceptions]]", "# fix ="),
    ("# wrong_record_yen", "# wrong_record_yen"),
    ("# over_cap =", '# duration = "2 h"'),
)
MISALIGNED = "methods.batch_import.misaligned"


def turned_on() -> str:
    """The template with the comment signs of these lines taken away, as it says there."""
    lines = template_text().splitlines()
    for block in BLOCKS:
        first, last = (next(n for n, line in enumerate(lines) if line.startswith(text)) for text in block)
        lines[first : last + 1] = [line[2:] for line in lines[first : last + 1]]
    return "\n".join(lines)


def test_the_lines_of_the_template_can_be_turned_on_and_every_number_has_its_mark() -> None:
    scenario = parse(turned_on(), Path("template.toml"))
    office = scenario.run_specs("r")[0].office
    assert [(until - start) / HOUR_MS for start, until in office.core_offline] == [4]
    assert (office.methods.rpa.licences, office.methods.rpa.occupies_terminal) == (1, True)
    assert office.methods.rpa.ui_drift is not None
    assert [kind.share for kind in office.methods.screen_import.exceptions] == [0.5]
    assert (office.methods.screen_import.p_undetected_double, scenario.costs.wrong_record_yen) == (0.0001, 30_000)
    spec = office.methods.batch_import
    assert spec.misaligned is not None
    assert spec.misaligned.detection_h is None
    assert spec.handed_over_twice is not None
    assert spec.handed_over_twice.yen_per_case * 375 == pytest.approx(116e6, rel=0.01)
    assert spec.stall_noticed_after_ms == 60 * DAY_MS
    assert spec.other_jobs[0].duration_ms == spec.wait_at_most_ms == 2 * HOUR_MS
    tables = ("methods.batch_import.", "methods.rpa.", "methods.screen_import.", "office.core_offline")
    items = [item for item in scenario.parameters if item.path.startswith(tables)]
    assert all(item.mark for item in items)
    assert len(items) > 25


def test_a_scenario_without_them_has_none_of_it() -> None:
    office = load("smoke").run_specs("r")[0].office
    assert office.core_offline == ()
    rpa = office.methods.rpa
    assert (rpa.licences, rpa.occupies_terminal, rpa.ui_drift) == (None, False, None)
    spec = office.methods.batch_import
    assert (spec.misaligned, spec.handed_over_twice, spec.stall_noticed_after_ms) == (None, None, None)
    assert (spec.other_jobs, spec.wait_at_most_ms) == ((), None)


@pytest.mark.parametrize(
    ("overrides", "problem"),
    [
        (['methods.batch_import.over_cap="stall"'], "go together"),
        (['methods.batch_import.noticed_after="3 d"'], "go together"),
        ([f"{MISALIGNED}.p_per_file=0.1"], "rollback_per_record"),
        (
            [f'{MISALIGNED}.rollback_per_record={{mean="5 min"}}', f"{MISALIGNED}.dates=[2021-06-01, 2021-06-01]"],
            "a day twice",
        ),
        (['methods.batch_import.other_jobs=[{start="18:00", duration="24 h"}]'], "duration"),
        (["office.core_offline=[{from=2021-06-02, until=2021-06-01}]"], "until must be after from"),
        (["methods.screen_import.p_undetected_double=0.1"], "go together"),
        (['methods.screen_import.exceptions=[{kind="a", share=0.6}, {kind="b", share=0.6}]'], "more than 1 together"),
        (["methods.rpa.licences=0"], "at least 1"),
        (
            ['methods.batch_import.other_jobs=[{start="0:00", duration="12 h"}, {start="12:00", duration="12 h"}]'],
            "the whole day",
        ),
    ],
)
def test_a_wrong_table_is_one_clear_line(overrides: list[str], problem: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        load("smoke", overrides)
    assert problem in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_run_with_all_of_it_travels_as_json_without_loss() -> None:
    """The services read the run from the log; what got lost there would make another trace."""
    adapter = TypeAdapter(RunSpec)
    for spec in parse(turned_on(), Path("template.toml")).run_specs("r"):
        assert adapter.validate_json(adapter.dump_json(spec)) == spec
