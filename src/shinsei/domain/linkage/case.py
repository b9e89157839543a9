"""A case on its way through an office, and its fates.

A case draws its fates by purpose from its own id, so twins meet the same ones: a case that takes long to
key takes long in every twin in which it is keyed.
"""

from enum import IntEnum, unique

from shinsei.domain.draws import draw_block
from shinsei.domain.lifecycle import Status
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.simtime import SimTime


@unique
class Purpose(IntEnum):
    """What a draw decides. Eight to a block; the first block serves a case of method 1 alone."""

    CONTENT_CHECK = 0
    KEYING = 1
    SECOND_CHECK = 2
    UNDETECTED_ERROR = 3
    EXAMINATION = 4
    DENIAL = 5
    RESULT_ENTRY = 6
    NOTICE = 7
    IDENTIFICATION = 8
    EXCEPTION = 9
    MACHINE = 10
    STAFF = 11
    REVIEW = 12
    HANDLING = 13


class Case:
    """One case in the office: an online one, or a paper one, which has no status and no method."""

    __slots__ = (
        "_blocks",
        "_seed",
        "case_id",
        "is_open",
        "is_paper",
        "keyed_alone",
        "method",
        "opened_at",
        "procedure",
        "returns",
        "starts",
        "status",
        "submitted_at",
        "task",
    )

    def __init__(
        self,
        seed: int,
        case_id: str,
        procedure: int,
        opened_at: SimTime,
        submitted_at: SimTime,
        *,
        status: Status,
        method: LinkageMethod,
        is_paper: bool = False,
    ) -> None:
        self._seed = seed
        self._blocks: dict[int, tuple[float, ...]] = {}
        self.case_id = case_id
        self.procedure = procedure
        self.opened_at = opened_at
        self.submitted_at = submitted_at
        self.status = status
        self.method = method
        """The route that the case is on now; an exception moves it to transcription."""
        self.is_paper = is_paper
        self.is_open = True
        """Stored and not yet registered or ended: part of the backlog; nothing may be done to it otherwise."""
        self.keyed_alone = True
        """Whether nobody but the keying clerk has seen the entry."""
        self.starts = 0
        self.returns = 0
        self.task: object | None = None
        """The clerks' task that the case waits for or is in."""

    def draw(self, purpose: Purpose) -> float:
        """This case's number in (0, 1) for a purpose."""
        block = purpose >> 3
        numbers = self._blocks.get(block)
        if numbers is None:
            numbers = self._blocks[block] = draw_block(self._seed, self.case_id, "case", block)
        return numbers[purpose & 7]
