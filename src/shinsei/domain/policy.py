"""Which linkage method a case takes (付録2's choice, made by the municipality), with the changes made while running."""

from collections.abc import Collection

from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.municipality import is_prefecture
from shinsei.domain.run import Change, ChangeKind, RunSpec
from shinsei.domain.simtime import SimTime


def linkage_method(spec: RunSpec, changes: Collection[Change], procedure: int, at: SimTime) -> LinkageMethod:
    """The method that a case stored at ``at`` takes: the policy with the changes in effect by then.

    A prefecture's cases leave by the national one-stop service whatever the policy says.
    """
    if is_prefecture(spec.municipality):
        return LinkageMethod.ONE_STOP_SERVICE
    chosen = spec.policy.method_of(procedure)
    if not changes:
        return chosen
    for change in sorted(changes, key=lambda change: (change.at, change.n)):
        if change.kind is ChangeKind.POLICY and change.at <= at and change.procedure in (0, procedure):
            chosen = change.method or chosen
    return chosen
