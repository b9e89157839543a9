"""The benchmark in its small form: three simulators do the same work and give the same answers."""

import pytest

from bench.answers import QueueAnswer, furthest_apart
from bench.plan import OFFICE, QUEUE, TOLERANCE, Found, Simulator, compare, told
from bench.work import Work, a_queue, an_office


@pytest.mark.parametrize(
    ("work", "simulators"), [(a_queue(60), QUEUE), (an_office(60), OFFICE)], ids=["queue", "office"]
)
def test_three_simulators_agree_on_the_same_work(work: Work, simulators: dict[str, Simulator]) -> None:
    found = compare(work, simulators, repeats=1)
    assert list(found.answers) == ["Shinsei", "SimPy", "Ciw"]
    assert found.apart < TOLERANCE, found.answers


def test_one_answer_that_differs_is_noticed() -> None:
    answers = [QueueAnswer(wait_min=wait) for wait in (6.0, 6.0, 6.6)]
    assert furthest_apart(answers) == pytest.approx(0.1)


def test_ratios_are_taken_within_a_repeat() -> None:
    seconds = {"Shinsei": [1.0, 2.0], "SimPy": [3.0, 8.0]}
    found = Found(cases=12, seconds=seconds, answers={}, apart=0.0)
    assert found.ratios == {"SimPy": [3.0, 4.0]}
    assert told("M/M/10", found)[1:] == [
        "  Shinsei              9 cases/s (6 to 12)",
        "  SimPy                3 cases/s (2 to 4)   Shinsei is 3.50 times as fast (3.00 to 4.00)",
    ]
