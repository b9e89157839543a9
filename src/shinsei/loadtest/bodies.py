"""Synthetic applications in quantity: a pool for each municipality, made once, of which every filing is a copy.

What differs from filing to filing is its id. It carries the intended moment in it, so that whoever sees the case again,
in any process, knows how long it has been on its way.
"""

from dataclasses import dataclass

from shinsei.api.application.v1 import application_pb2 as pb
from shinsei.domain.application_form import fill
from shinsei.domain.catalogue import Signature, procedure
from shinsei.domain.certificates import Certificate, standing_certificate
from shinsei.domain.draws import draw
from shinsei.domain.identification import person, serial_number, standing_subjects
from shinsei.domain.run import RunSpec
from shinsei.domain.run import submission_id as submission_id_of
from shinsei.loadtest.grouping import Groups, groups_of
from shinsei.loadtest.target import Mix
from shinsei.runtime.citizens import Cards, sealed

POOL = 40
"""Applications of a municipality's pool, about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseName:
    """What the id of a case in a load test says."""

    procedure: int
    intended_ms: int
    """Wall clock, milliseconds since the Unix epoch, at which it was to be filed."""
    origin: str
    """Worker and ordinal, such as ``0a1b`` of worker 0: what makes it unique."""

    def as_case_id(self) -> str:
        """The case id."""
        return f"{self.procedure}-{self.intended_ms:x}-{self.origin}"


def case_name(submission_id: str) -> CaseName | None:
    """What a submission id says; None if it is not of a load test."""
    parts = submission_id.split("-")
    if len(parts) != 4:  # noqa: PLR2004 - municipality, procedure, moment, origin
        return None
    try:
        return CaseName(procedure=int(parts[1]), intended_ms=int(parts[2], 16), origin=parts[3])
    except ValueError:
        return None


class Bodies:
    """The applications of one municipality."""

    def __init__(self, spec: RunSpec, mix: Mix, cards: Cards | None = None) -> None:
        self.spec = spec
        self._cards = cards
        self._signers = {serial_number(spec.seed, one): one for one in standing_subjects(spec)}
        self._certificates: dict[str, Certificate] = {}
        self._mix = mix
        self._pool: dict[int, list[pb.Application]] = {}
        for n, number in enumerate(mix.pool(POOL)):
            self._pool.setdefault(number, []).append(_body(spec, number, n))

    def application(self, subject: str, intended_s: float) -> pb.Application:
        """A filing; ``subject`` is unique in the run and decides what it is."""
        body = self._body(subject)
        name = CaseName(procedure=body.procedure, intended_ms=round(intended_s * 1e3), origin=subject)
        made = pb.Application()
        made.CopyFrom(body)
        made.submission_id = submission_id_of(self.spec.municipality, name.as_case_id())
        return made

    def groups(self, subject: str) -> Groups:
        """Under which names this filing is counted."""
        return groups_of(str(self.spec.twin_method), self._body(subject).procedure)

    def signed(self, application: pb.Application) -> pb.SignedApplication:
        """A filing as it is sent: signed by the resident whom it names, if there are cards."""
        return sealed(self._cards, self.certificate(application.serial_number), application)

    def certificate(self, serial: str) -> Certificate | None:
        """The certificate of the resident with this serial number; None for an empty one."""
        if serial in self._signers and serial not in self._certificates:
            found = standing_certificate(self.spec, self._signers[serial], self.spec.start)
            self._certificates[serial] = found
        return self._certificates.get(serial)

    def _body(self, subject: str) -> pb.Application:
        # Of each procedure there is one body at least, of which a rare one must not become a frequent one.
        bodies = self._pool[self._mix.pick(draw(self.spec.seed, subject, "procedure"))]
        return bodies[int(draw(self.spec.seed, subject, "body") * len(bodies))]


def _body(spec: RunSpec, number: int, n: int) -> pb.Application:
    wanted = procedure(number)
    residents = standing_subjects(spec)
    signer = residents[n % len(residents)]
    known = person(spec.seed, signer)
    is_signed = wanted.signature is not Signature.NONE
    return pb.Application(
        municipality=spec.municipality,
        procedure=number,
        applicant=pb.Applicant(name=known.name, birth_date=known.birth_date.isoformat(), address=known.address),
        serial_number=serial_number(spec.seed, signer) if is_signed else "",
        fields=fill(spec.seed, f"body-{n}", wanted, spec.start),
        run_id=spec.run_id,
    )
