"""Encoded submissions in quantity: bodies are made once; a filing is the bytes of one behind an id of its own.

Each is signed by its applicant. That takes the driver as much as everything else together, so filings are made ahead,
where they can be; and where nobody checks signatures, all filings of a body carry the same one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count, cycle

from shinsei.contracts.wire import field
from shinsei.domain.certificates import Certificate
from shinsei.domain.run import RunSpec, submission_id
from shinsei.loadtest.bodies import POOL, Bodies, CaseName
from shinsei.loadtest.preset import load_preset
from shinsei.loadtest.target import Mix
from shinsei.runtime.citizens import Cards
from shinsei.runtime.clock import RealClock

MIX = "find-max-infra"
"""Preset whose procedures are filed."""
_APPLICATION, _CERTIFICATE, _SIGNATURE = 1, 2, 3
"""Fields of a ``SignedApplication``."""
_SIGNED = 2
"""Field of a ``SubmitRequest``, and of a ``SubmitBatchRequest``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What filings have in common."""

    procedure: int
    encoded: bytes
    """The application without its submission id."""
    certificate: Certificate | None
    """Of who signs it."""
    seal: bytes
    """Certificate and signature of all its filings, if not each is signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """One application on its way."""

    municipality: str
    submission_id: str
    encoded: bytes
    """The signed application."""


class Payloads:
    """Submissions to some municipalities, in turns.

    Args:
        specs: the municipalities.
        cards: of the citizens; without them nobody signs.
        is_checked: whether each filing needs a signature that is good.
    """

    def __init__(self, specs: Sequence[RunSpec], cards: Cards | None, *, is_checked: bool) -> None:
        mix = Mix(load_preset(MIX).file.mix)
        self._cards = cards
        self._is_checked = is_checked
        towns = [(spec.municipality, self._bodies(Bodies(spec, mix, cards))) for spec in specs]
        self._towns = cycle([(municipality, cycle(bodies)) for municipality, bodies in towns])
        self._ordinals = count()
        self._made_ms = RealClock().now_ms()
        """Goes into each id, so that no two turns have the same."""
        self.attached = b""
        """Fields that every application gets besides."""

    def filings(self, size: int) -> list[Filing]:
        """Applications to the municipality whose turn it is."""
        municipality, bodies = next(self._towns)
        return [self._filing(municipality, next(bodies)) for _ in range(size)]

    def _filing(self, municipality: str, body: Body) -> Filing:
        case = CaseName(procedure=body.procedure, intended_ms=self._made_ms, origin=f"{next(self._ordinals):x}")
        name = submission_id(municipality, case.as_case_id())
        content = field(1, name.encode()) + body.encoded + self.attached
        seal = self._seal(body.certificate, content) if self._is_checked else body.seal
        return Filing(municipality=municipality, submission_id=name, encoded=field(_APPLICATION, content) + seal)

    def _seal(self, certificate: Certificate | None, content: bytes) -> bytes:
        if self._cards is None or certificate is None:
            return b""
        certified, signature = self._cards.seal(certificate, content)
        return field(_CERTIFICATE, certified) + field(_SIGNATURE, signature)

    def _bodies(self, bodies: Bodies) -> list[Body]:
        found = []
        for n in range(POOL):
            made = bodies.application(f"body-{n}", 0.0)
            made.ClearField("submission_id")
            encoded, certificate = made.SerializeToString(), bodies.certificate(made.serial_number)
            seal = self._seal(certificate, encoded)
            found.append(Body(procedure=made.procedure, encoded=encoded, certificate=certificate, seal=seal))
        return found


def request(filings: Iterable[Filing]) -> bytes:
    """A ``SubmitBatchRequest``; of one application it has the form of a ``SubmitRequest`` as well."""
    return b"".join(field(_SIGNED, filing.encoded) for filing in filings)
