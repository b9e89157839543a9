"""What a seed means."""

from collections import Counter

from shinsei.domain.lifecycle import Action
from shinsei.testing.simulated.fates import Fate
from simulation.case import STEPS, case_of
from simulation.seasons import METHODS, SEASONS, cities
from simulation.services import SECOND


def test_the_same_seed_is_the_same_case_and_another_one_is_another() -> None:
    assert case_of(5) == case_of(5)
    assert case_of(5).mischief != case_of(5 + SEASONS).mischief


def test_the_seasons_pass_all_that_can_happen_to_a_case() -> None:
    seasons = [city for seed in range(SEASONS) for city in cities(seed)]
    seen = Counter(line.action for one in seasons for line in one.planned(one.online))
    wanted = {
        Action.SUBMIT,
        Action.REGISTER,
        Action.REQUEST_CORRECTION,
        Action.WITHDRAW,
        Action.EXPIRE,
        Action.NOT_ACCEPT,
        Action.GRANT,
    }
    assert wanted <= seen.keys()
    assert all(1 <= len(one.online) <= 16 for one in seasons)
    assert len(seasons) > SEASONS
    assert {one.spec.policy.default for one in seasons} == set(METHODS)


def test_mischief_is_spread_over_all_processes_and_kinds() -> None:
    done = [one for seed in range(60) for one in case_of(seed).mischief]
    assert {one.node.removesuffix(SECOND) for one in done} == set(STEPS)
    assert {one.fate for one in done} == set(Fate)
