"""Signatures checked in threads of their own, so that nobody waits behind them who has signed nothing."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter

import structlog

from portal_sim import metrics
from portal_sim.handlers.model import Seal
from shinsei.domain.certificates import Validity
from shinsei.domain.errors import InvalidInputError, SignatureError
from shinsei.domain.simtime import SimTime
from shinsei.runtime.citizens import Checker
from shinsei.runtime.errors import StartError

log = structlog.get_logger(__name__)

_SWITCH_S = 0.001
_SHARE = 100
"""Signatures of a large batch that a thread takes on at once, so that small ones get in between."""


class ThreadedChecker:
    """Implements ``SignatureChecker`` (a lifespan component)."""

    def __init__(self, checker: Checker, threads: int) -> None:
        self._checker = checker
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="signatures")

    async def start(self) -> None:
        """A thread that checks lets go of the interpreter for each signature, and has to get it back from a busy loop.

        With the usual 5 ms it checks some hundred a second then, with this some thousand.
        """
        sys.setswitchinterval(_SWITCH_S)

    async def stop(self) -> None:
        """Lets the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def signers(self, seals: Sequence[Seal]) -> Sequence[Validity | SignatureError]:
        """The certificate behind each signature, or what is wrong with it."""
        loop = asyncio.get_running_loop()
        started = perf_counter()
        parts = await asyncio.gather(
            *(
                loop.run_in_executor(self._threads, self._check, seals[start : start + _SHARE])
                for start in range(0, len(seals), _SHARE)
            )
        )
        metrics.SIGNATURE_SECONDS.observe(perf_counter() - started)
        return [signer for part in parts for signer in part]

    async def revoked(self, revocation_list: bytes) -> Mapping[str, SimTime]:
        """From when certificates are not good any more, by serial number."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._checker.revoked, revocation_list)

    def _check(self, seals: Sequence[Seal]) -> list[Validity | SignatureError]:
        return [self._one(seal) for seal in seals]

    def _one(self, seal: Seal) -> Validity | SignatureError:
        try:
            return self._checker.signer(seal.content, seal.certificate, seal.signature)
        except SignatureError as flaw:
            return flaw


def load_checker(file: Path | None, threads: int) -> ThreadedChecker | None:
    """Checks signatures under the authority whose certificate is in a file; None without one.

    Raises:
        StartError: it is not there, or no certificate.
    """
    if file is None:
        log.warning("signatures_unchecked", reason="no PORTAL_SIM_CITIZENS_CA_FILE")
        return None
    try:
        return ThreadedChecker(Checker.load(file), threads)
    except InvalidInputError as error:
        raise StartError(str(error), setting="citizens_ca_file") from error
