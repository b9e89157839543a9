"""Errors travel between the processes of a plan as what they are."""

import pickle

import pytest

from shinsei.domain.errors import (
    ConflictError,
    IllegalTransitionError,
    InvalidInputError,
    NotFoundError,
    ShinseiError,
    UnavailableError,
)
from shinsei.domain.lifecycle import Action, Status

ERRORS = (
    InvalidInputError("office.clerks", "must be at least 1, not 0"),
    NotFoundError("receipt number", "7"),
    ConflictError("is open"),
    UnavailableError("is away"),
    IllegalTransitionError("482013-10-000001", Status.STORED, Action.SUBMIT),
)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_arrives_with_its_text_and_its_data(error: ShinseiError) -> None:
    """A worker's error that cannot be read would look like a worker that was killed."""
    arrived = pickle.loads(pickle.dumps(error))  # noqa: S301 - its own bytes
    assert type(arrived) is type(error)
    assert str(arrived) == str(error)
    assert vars(arrived) == vars(error)
