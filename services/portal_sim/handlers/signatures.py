"""Whether submissions are signed as they should be (署名検証): by whom they say, with a certificate that may sign.

Every application that names a serial number is one that somebody has to have signed. Moments are those of the
submission, in simulated time. The same bytes again are no danger: their submission id gets the receipt number that it
had, in the run that they name and in no other.
"""

from collections.abc import Callable, Mapping, Sequence

from portal_sim.handlers.model import Seal, Submission
from portal_sim.handlers.ports import RevocationStore, SignatureChecker
from portal_sim.handlers.run import Run
from shinsei.domain.certificates import Validity, check_signer
from shinsei.domain.errors import ConflictError, Flaw, SignatureError
from shinsei.domain.simtime import SimTime

VALID = "valid"

Asked = Sequence[tuple[Submission, Run]]


class Signatures:
    """Checks signatures, if the portal knows whose certificates are good; else it checks none."""

    def __init__(
        self, checker: SignatureChecker | None, store: RevocationStore, count: Callable[[str, int], None]
    ) -> None:
        """``count`` is told how many signatures were found to be what."""
        self._checker = checker
        self._store = store
        self._count = count
        self._revoked: dict[int, dict[str, SimTime]] = {}

    async def start(self) -> None:
        """Takes up where the last process stopped."""
        self._revoked = {key: dict(found) for key, found in (await self._store.revoked()).items()}

    async def stop(self) -> None:
        """Nothing to do: what counts is in the store."""

    async def flaws(self, asked: Asked) -> list[SignatureError | None]:
        """What is wrong with the signature of each submission, at its moment and in its run."""
        if self._checker is None:
            return [None] * len(asked)
        found: list[SignatureError | None] = [_unsealed(submission) for submission, _ in asked]
        to_check = [n for n, (submission, _) in enumerate(asked) if submission.seal is not None and found[n] is None]
        seals = [seal for n in to_check if (seal := asked[n][0].seal) is not None]
        for n, signer in zip(to_check, await self._signers(seals), strict=True):
            found[n] = signer if isinstance(signer, SignatureError) else self._flaw(*asked[n], signer)
        for flaw in found:
            if flaw is not None:
                self._count(flaw.flaw, 1)
        self._count(VALID, sum(found[n] is None for n in to_check))
        return found

    async def revoke(self, run: Run, revocation_list: bytes) -> None:
        """Takes what a revocation list says of a run's certificates.

        Raises:
            ConflictError: no signatures are checked here.
            SignatureError: it is none of the citizens' authority.
        """
        if self._checker is None:
            raise ConflictError("this portal checks no signatures: it has no PORTAL_SIM_CITIZENS_CA_FILE")
        revoked = await self._checker.revoked(revocation_list)
        await self._store.revoke(run.key, revoked)
        self._revoked.setdefault(run.key, {}).update(revoked)

    async def _signers(self, seals: Sequence[Seal]) -> Sequence[Validity | SignatureError]:
        assert self._checker is not None, "asked where signatures are checked"
        return await self._checker.signers(seals) if seals else ()

    def _flaw(self, submission: Submission, run: Run, signer: Validity) -> SignatureError | None:
        revoked: Mapping[str, SimTime] = self._revoked.get(run.key, {})
        at = submission.wanted_at if run.now is None else run.now
        try:
            check_signer(signer, submission.form.serial_number, at, revoked.get(signer.serial))
        except SignatureError as flaw:
            return flaw
        return None


def _unsealed(submission: Submission) -> SignatureError | None:
    """What can be told without a look at the signature."""
    if submission.seal is None:
        if submission.form.serial_number:
            return SignatureError(Flaw.MISSING, "the application names a serial number, and nobody has signed it")
        return None
    if not submission.run_id:
        return SignatureError(Flaw.UNBOUND, "a signed application has to name its run")
    return None
