"""Encoded submissions in quantity: bodies are made once; a filing is the bytes of one behind an id of its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count, cycle

from bench.limit.wire import field
from shinsei.domain.certificates import Certificate
from shinsei.domain.run import RunSpec, submission_id
from shinsei.loadtest.bodies import POOL, Bodies, CaseName
from shinsei.loadtest.preset import load_preset
from shinsei.loadtest.target import Mix
from shinsei.runtime.citizens import Cards

MIX = "find-max-infra"
"""Preset whose procedures are filed."""

Body = tuple[int, bytes, Certificate | None]
"""Procedure, an encoded application without its submission id, and who signs it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """One application on its way."""

    municipality: str
    submission_id: str
    encoded: bytes
    """The application."""
    signer: Certificate | None = None


class Payloads:
    """Submissions to some municipalities, in turns."""

    def __init__(self, specs: Sequence[RunSpec], cards: Cards | None = None) -> None:
        """With cards, what is filed is signed."""
        self._cards = cards
        mix = Mix(load_preset(MIX).file.procedures)
        self._towns = cycle([(spec.municipality, cycle(_bodies(Bodies(spec, mix)))) for spec in specs])
        self._ordinals = count()

    def filings(self, intended_s: float, size: int) -> list[Filing]:
        """Applications to the municipality whose turn it is."""
        municipality, bodies = next(self._towns)
        intended_ms, found = round(intended_s * 1e3), []
        for _ in range(size):
            procedure, body, signer = next(bodies)
            case = CaseName(procedure=procedure, intended_ms=intended_ms, origin=f"{next(self._ordinals):x}")
            name = submission_id(municipality, case.as_case_id())
            encoded = field(1, name.encode()) + body
            found.append(Filing(municipality=municipality, submission_id=name, encoded=encoded, signer=signer))
        return found

    def request(self, filings: Iterable[Filing]) -> bytes:
        """A ``SubmitBatchRequest``; of one application it has the form of a ``SubmitRequest`` as well."""
        if self._cards is None:
            return b"".join(field(1, filing.encoded) for filing in filings)
        return b"".join(field(2, _sealed(self._cards, filing)) for filing in filings)


def _sealed(cards: Cards, filing: Filing) -> bytes:
    """A ``SignedApplication``."""
    if filing.signer is None:
        return field(1, filing.encoded)
    certificate, signature = cards.seal(filing.signer, filing.encoded)
    return field(1, filing.encoded) + field(2, certificate) + field(3, signature)


def _bodies(bodies: Bodies) -> list[Body]:
    found = []
    for n in range(POOL):
        made = bodies.application(f"body-{n}", 0.0)
        made.ClearField("submission_id")
        found.append((made.procedure, made.SerializeToString(), bodies.certificate(made.serial_number)))
    return found
