"""What the applicants of one twin do after filing, as the driver has to file it.

Withdrawals are decided with the filings; a reply as soon as its request has become visible, a lookahead before it
is due at the least. Nothing of it is kept: a resumed season reads the requests again and decides the same.
"""

from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush

from shinsei.domain.applicants import Reaction, VisibleRequest, reply, withdrawal
from shinsei.domain.run import Filing, RunSpec
from shinsei.domain.simtime import SimTime


class Reacting:
    """Replies and withdrawals that are still to be filed."""

    def __init__(self, spec: RunSpec, filings: Sequence[Filing], filed_before: SimTime) -> None:
        """What lies before ``filed_before`` has been filed already, before an interruption."""
        self._spec = spec
        self._filed_before = filed_before
        self._filed_at = {filing.case_id: filing.at for filing in filings} if spec.corrections is not None else {}
        self.read_until = SimTime(0)
        """Moment of the last request that has been taken in."""
        self._seen: set[tuple[str, int]] = set()
        found = (withdrawal(spec, filing.case_id, filing.at) for filing in filings) if spec.withdrawals else ()
        self._waiting = [reaction for reaction in found if reaction is not None and reaction.at >= filed_before]
        heapify(self._waiting)

    @property
    def asks(self) -> bool:
        """Whether there can be correction requests at all."""
        return bool(self._filed_at)

    def saw(self, requests: Iterable[VisibleRequest]) -> None:
        """Decides what becomes of requests that have become visible; once, however often they are seen."""
        for request in requests:
            self.read_until = max(self.read_until, request.requested_at)
            if (request.case_id, request.n) in self._seen:
                continue
            self._seen.add((request.case_id, request.n))
            filed_at = self._filed_at.get(request.case_id)
            answer = None if filed_at is None else reply(self._spec, filed_at, request)
            if answer is not None and answer.at >= self._filed_before:
                heappush(self._waiting, answer)

    def due(self, before: SimTime) -> list[Reaction]:
        """What has to be filed before a moment, in order; it is given once."""
        found = []
        while self._waiting and self._waiting[0].at < before:
            found.append(heappop(self._waiting))
        return found
