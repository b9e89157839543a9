"""What would save a season: the smallest change of staff or robots with which a replay meets its target."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from shinsei.domain.forecast import Question, left_at_target
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import Change, ChangeKind

_STEPS = (1, 2, 4, 8, 16)
"""By how many more is tried before a remedy is given up [A]."""
MOST_MORE = _STEPS[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """One change of a run that would meet the target."""

    kind: ChangeKind
    value: int
    """Clerks, or robots, from then on."""


def remedies(question: Question, method: LinkageMethod, seed: int) -> list[Remedy]:
    """The changes that would do alone, each as small as possible; none if not even many more would."""
    office = question.spec.office
    kinds = [(ChangeKind.STAFF, office.clerks)]
    if method is LinkageMethod.RPA:
        kinds.append((ChangeKind.ROBOTS, office.methods.rpa.robots))
    found = []
    for kind, usual in kinds:
        value = _least(_present(question, kind, usual), partial(_does, question, kind, seed))
        if value is not None:
            found.append(Remedy(kind=kind, value=value))
    return found


def _present(question: Question, kind: ChangeKind, usual: int) -> int:
    made = [change for change in question.changes if change.kind is kind]
    return max(made, key=lambda change: (change.at, change.n)).value if made else usual


def _does(question: Question, kind: ChangeKind, seed: int, value: int) -> bool:
    number = max((change.n for change in question.changes), default=0) + 1
    change = Change(at=question.now, kind=kind, n=number, value=value)
    return left_at_target(replace(question, changes=(*question.changes, change)), seed) == 0


def _least(present: int, does: Callable[[int], bool]) -> int | None:
    """The least value above the present one that does, between the last step that did not and the first that did."""
    below = present
    for step in _STEPS:
        if does(present + step):
            break
        below = present + step
    else:
        return None
    above = present + step
    while above - below > 1:
        middle = (above + below) // 2
        below, above = (below, middle) if does(middle) else (middle, above)
    return above
