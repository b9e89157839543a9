import pytest

from shinsei.loadtest.gates import Gate, check

SUMMARY = {"latency_s": {"registered": {"p99": 1.5}}, "dropped": 0, "partial": False, "max_sustained_per_s": None}


@pytest.mark.parametrize(
    ("gate", "passed"),
    [
        (Gate(metric="latency_s.registered.p99", at_most=1.5), True),
        (Gate(metric="latency_s.registered.p99", at_most=1.4), False),
        (Gate(metric="dropped", at_most=0), True),
        (Gate(metric="dropped", at_least=1), False),
        (Gate(metric="latency_s.registered.p99", at_least=1, at_most=2), True),
        (Gate(metric="latency_s.stored.p99", at_most=1), False),
        (Gate(metric="max_sustained_per_s", at_least=1), False),
        (Gate(metric="partial", at_most=1), False),
        (Gate(metric="dropped.share", at_most=1), False),
    ],
)
def test_a_gate_is_passed_only_by_a_figure_within_its_limits(gate: Gate, passed: bool) -> None:  # noqa: FBT001
    (result,) = check([gate], SUMMARY)
    assert result.passed is passed


def test_a_result_says_limit_and_measure() -> None:
    (result,) = check([Gate(metric="latency_s.registered.p99", at_least=1, at_most=1.2)], SUMMARY)
    assert (result.limit, result.measured) == ("<= 1.2 and >= 1", 1.5)
