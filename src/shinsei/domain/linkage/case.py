"""A case on its way through an office, and its fates.

A case draws its fates by purpose from its own id, so twins meet the same ones: a case that takes long to
key takes long in every twin in which it is keyed.
"""

from typing import Final

from shinsei.domain.draws import draw_block
from shinsei.domain.lifecycle import STEPS, Status
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.simtime import SimTime

_BLOCK: Final = 8
# Bound once: compiled code looks up what is imported at every call.
_draw_block: Final = draw_block
_STEPS: Final = dict(STEPS)


class Purpose:
    """What a draw decides: its place in the case's blocks of eight; the first block serves a case of method 1 alone.

    Plain numbers: an office looks them up ten times a case. A further purpose takes the next free number; numbers in
    use never change, or every trace would.
    """

    CONTENT_CHECK: Final = 0
    KEYING: Final = 1
    SECOND_CHECK: Final = 2
    UNDETECTED_ERROR: Final = 3
    EXAMINATION: Final = 4
    DENIAL: Final = 5
    RESULT_ENTRY: Final = 6
    NOTICE: Final = 7
    IDENTIFICATION: Final = 8
    EXCEPTION: Final = 9
    MACHINE: Final = 10
    STAFF: Final = 11
    REVIEW: Final = 12
    HANDLING: Final = 13
    EXCEPTION_KIND: Final = 14


class Case:
    """One case in the office: an online one, or a paper one, whose status and method nobody asks for."""

    __slots__ = (
        "_seed",
        "case_id",
        "fates",
        "is_open",
        "method",
        "procedure",
        "returns",
        "starts",
        "status",
        "steps",
        "submitted_at",
        "task",
    )

    def __init__(
        self,
        seed: int,
        case_id: str,
        procedure: int,
        submitted_at: SimTime,
        status: Status,
        method: LinkageMethod,
    ) -> None:
        self._seed = seed
        self.fates = _draw_block(seed, case_id, "case")
        """The numbers drawn so far, by purpose; the first block is always there."""
        self.case_id = case_id
        self.procedure = procedure
        self.submitted_at = submitted_at
        self.status = status
        self.steps = _STEPS[status]
        """The transitions that are possible now; goes with the status."""
        self.method = method
        """The route that the case is on now; an exception moves it to transcription."""
        self.is_open = True
        """Stored and not yet registered or ended: part of the backlog; else nothing may be done to it."""
        self.starts = 0
        self.returns = 0
        self.task: object | None = None
        """The clerks' task that the case waits for or is in."""

    def draw(self, purpose: int) -> float:
        """This case's number in (0, 1) for a purpose."""
        while purpose >= len(self.fates):
            self.fates += _draw_block(self._seed, self.case_id, "case", len(self.fates) // _BLOCK)
        return self.fates[purpose]
