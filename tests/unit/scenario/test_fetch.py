"""How cases are got is a matter of real calls: a scenario may say it, and no simulated moment depends on it."""

import pytest

from shinsei.contracts.codec import decode_run, encode_run
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.plan import VirtualRun
from shinsei.domain.run import FetchMode, RunSpec
from shinsei.scenario import load


def a_spec(*overrides: str) -> RunSpec:
    return load("smoke", overrides).run_specs("run-1")[0]


def test_a_scenario_that_does_not_say_it_leaves_it_to_the_linkage_server() -> None:
    assert a_spec().poll.fetch is None


@pytest.mark.parametrize("mode", list(FetchMode))
def test_what_a_scenario_says_travels_with_the_run_and_changes_no_moment(mode: FetchMode) -> None:
    plain, told = a_spec(), a_spec(f"poll.fetch={mode}")
    assert decode_run(encode_run(told)).poll.fetch is mode
    traces = []
    for spec in (plain, told):
        run = VirtualRun(spec)
        run.advance(spec.end)
        traces.append([(case.filing, case.lines) for case in run.cases()])
    assert traces[0] == traces[1]
    assert traces[0]


def test_another_word_is_refused() -> None:
    with pytest.raises(InvalidInputError, match=r"poll\.fetch"):
        a_spec("poll.fetch=often")
