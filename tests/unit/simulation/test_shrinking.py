"""The shortest story that still fails."""

from dataclasses import replace

from shinsei.testing.simulated import Fate, Mischief
from simulation.case import Case, case_of
from simulation.play import Outcome
from simulation.shrinking import Shrinker

CULPRITS = (
    Mischief(node="app_mgmt", step=40, fate=Fate.CRASH_AFTER),
    Mischief(node="portal_sim", step=9, fate=Fate.LOST_AFTER),
)


def mischief(count: int) -> tuple[Mischief, ...]:
    others = [Mischief(node="driver", step=step, fate=Fate.STALL) for step in range(1, count)]
    return (*others[:3], CULPRITS[0], *others[3:], CULPRITS[1])


def a_case() -> Case:
    return replace(case_of(1), mischief=mischief(9), slow_share=0.5, litter=2)


class Player:
    """Fails if both culprits are there, and one certain application; notes how often it was asked."""

    def __init__(self, needed: str) -> None:
        self.needed = needed
        self.played = 0

    def __call__(self, case: Case) -> Outcome:
        self.played += 1
        fails = set(CULPRITS) <= set(case.mischief) and any(one.case_id == self.needed for _, one in case.filings)
        failure = "it happened" if fails else None
        return Outcome(case=case, failure=failure, met=case.mischief, switches=0, virtual_s=0.0, story=[])


def test_only_what_it_takes_is_left() -> None:
    case = a_case()
    player = Player(case.filings[2][1].case_id)
    shrunk = Shrinker(player).shrink(player(case))
    assert shrunk.case.mischief == CULPRITS
    assert [one.case_id for _, one in shrunk.case.filings] == [player.needed]
    assert (shrunk.case.slow_share, shrunk.case.litter) == (0.0, 0)


def test_no_more_is_played_than_allowed() -> None:
    case = a_case()
    player = Player(case.filings[2][1].case_id)
    failed = player(case)
    shrunk = Shrinker(player, tries=4).shrink(failed)
    assert player.played == 5
    assert shrunk.failure is not None


def test_what_was_due_behind_the_end_plays_no_part() -> None:
    case = a_case()
    player = Player(case.filings[0][1].case_id)
    failed = replace(player(case), met=CULPRITS)
    assert Shrinker(player, tries=1).shrink(failed).case.mischief == CULPRITS
