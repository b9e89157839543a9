"""What a submission must say of itself: its id, and in a driven run its time."""

from portal_sim.handlers.model import Submission
from portal_sim.handlers.run import Run
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.simtime import SimTime

_ID_CHARACTERS = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-._:")
_MAX_ID = 80


def check_wanted_time(submission: Submission, run: Run) -> SimTime:
    """The time that the driver of a run has given a submission.

    Raises:
        InvalidInputError: none, or one that is not in the run.
    """
    at = submission.wanted_at
    if at <= 0:
        raise InvalidInputError("submitted_at_ms", f"run {run.run_id} is paced by a driver, which must give the time")
    if at >= run.spec.end:
        raise InvalidInputError("submitted_at_ms", f"{at} is behind the end of run {run.run_id}, {run.spec.end}")
    return at


def check_submission_id(submission_id: str, municipality: str) -> None:
    """A submission id is its municipality's code, a hyphen, and a case id of plain characters.

    Raises:
        InvalidInputError: it is not.
    """
    prefix, _, case = submission_id.partition("-")
    if not case or prefix != municipality:
        raise InvalidInputError("submission_id", f"{submission_id[:_MAX_ID]!r} is not {municipality}-<case id>")
    if len(submission_id) > _MAX_ID or not _ID_CHARACTERS.issuperset(case):
        raise InvalidInputError("submission_id", f"letters, digits and -._: only, at most {_MAX_ID}")
