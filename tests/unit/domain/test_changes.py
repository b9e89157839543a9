"""A change is kept for good: one that no office could carry out is refused before it is taken."""

import pytest

from shinsei.domain.errors import InvalidInputError
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import ChangeKind, check_change
from shinsei.testing import a_change


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (ChangeKind.STAFF, 0),
        (ChangeKind.STAFF, 10_000),
        (ChangeKind.ROBOTS, 0),
        (ChangeKind.LINE, 1),
        (ChangeKind.REGISTRY_FEED, 0),
        (ChangeKind.REGISTRY_FEED, 1),
        (ChangeKind.CORE_OFFLINE, 1),
        (ChangeKind.BATCH_ABORTS, 0),
        (ChangeKind.BATCH_TWICE, 1_000),
        (ChangeKind.CORRUPT_PAYLOAD, 100),
    ],
)
def test_a_change_within_its_range_is_taken(kind: ChangeKind, value: int) -> None:
    check_change(a_change(kind=kind, value=value))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (ChangeKind.STAFF, -1),
        (ChangeKind.STAFF, 10**21),
        (ChangeKind.ROBOTS, 10_001),
        (ChangeKind.LINE, 0),
        (ChangeKind.LINE, 10**20),
        (ChangeKind.REGISTRY_FEED, 2),
        (ChangeKind.CORE_OFFLINE, 0),
        (ChangeKind.BATCH_ABORTS, 1_001),
        (ChangeKind.CORRUPT_PAYLOAD, 101),
    ],
)
def test_a_change_out_of_its_range_is_refused(kind: ChangeKind, value: int) -> None:
    with pytest.raises(InvalidInputError, match="must be from"):
        check_change(a_change(kind=kind, value=value))


@pytest.mark.parametrize("procedure", [0, 1, 27])
def test_a_municipal_procedure_takes_any_linkage_method(procedure: int) -> None:
    check_change(a_change(kind=ChangeKind.POLICY, value=0, procedure=procedure, method=LinkageMethod.RPA))


@pytest.mark.parametrize(
    ("procedure", "method"), [(28, LinkageMethod.RPA), (32, LinkageMethod.RPA), (-1, LinkageMethod.RPA), (10, None)]
)
def test_a_policy_that_nothing_can_follow_is_refused(procedure: int, method: LinkageMethod | None) -> None:
    with pytest.raises(InvalidInputError):
        check_change(a_change(kind=ChangeKind.POLICY, value=0, procedure=procedure, method=method))
