"""Encoded submissions in quantity: bodies are made once; a filing is the bytes of one behind an id of its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count, cycle

from bench.limit.wire import field
from shinsei.domain.run import RunSpec, submission_id
from shinsei.loadtest.bodies import POOL, Bodies, CaseName
from shinsei.loadtest.preset import load_preset
from shinsei.loadtest.target import Mix

MIX = "find-max-infra"
"""Preset whose procedures are filed."""

Body = tuple[int, bytes]
"""Procedure, and an encoded application without its submission id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """One application on its way."""

    municipality: str
    submission_id: str
    encoded: bytes
    """The application."""


class Payloads:
    """Submissions to some municipalities, in turns."""

    def __init__(self, specs: Sequence[RunSpec]) -> None:
        mix = Mix(load_preset(MIX).file.procedures)
        self._towns = cycle([(spec.municipality, cycle(_bodies(Bodies(spec, mix)))) for spec in specs])
        self._ordinals = count()

    def filings(self, intended_s: float, size: int) -> list[Filing]:
        """Applications to the municipality whose turn it is."""
        municipality, bodies = next(self._towns)
        intended_ms, found = round(intended_s * 1e3), []
        for _ in range(size):
            procedure, body = next(bodies)
            case = CaseName(procedure=procedure, intended_ms=intended_ms, origin=f"{next(self._ordinals):x}")
            name = submission_id(municipality, case.as_case_id())
            found.append(Filing(municipality=municipality, submission_id=name, encoded=field(1, name.encode()) + body))
        return found


def request(filings: Iterable[Filing]) -> bytes:
    """A ``SubmitBatchRequest``; of one application it has the form of a ``SubmitRequest`` as well."""
    return b"".join(field(1, filing.encoded) for filing in filings)


def _bodies(bodies: Bodies) -> list[Body]:
    found = []
    for n in range(POOL):
        made = bodies.application(f"body-{n}", 0.0)
        made.ClearField("submission_id")
        found.append((made.procedure, made.SerializeToString()))
    return found
