"""Signatures checked in threads of their own, so that nobody waits behind them who has signed nothing."""

import asyncio
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
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
"""Signatures that a thread takes on at once: of a large batch no more, so that small ones get in between."""

Signers = Sequence[Validity | SignatureError]
_Asked = tuple[Sequence[Seal], "asyncio.Future[Signers]"]


class ThreadedChecker:
    """Implements ``SignatureChecker`` (a lifespan component)."""

    def __init__(self, checker: Checker, threads: int) -> None:
        self._checker = checker
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="signatures")
        self._idle = threads
        self._waiting: deque[_Asked] = deque()

    async def start(self) -> None:
        """A thread that checks lets go of the interpreter for each signature, and has to get it back from a busy loop.

        With the usual 5 ms it checks some hundred a second then, with this some thousand.
        """
        sys.setswitchinterval(_SWITCH_S)

    async def stop(self) -> None:
        """Lets the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        while self._waiting:
            self._waiting.popleft()[1].cancel()

    async def signers(self, seals: Sequence[Seal]) -> Signers:
        """The certificate behind each signature, or what is wrong with it."""
        started = perf_counter()
        shares = [seals[start : start + _SHARE] for start in range(0, len(seals), _SHARE)]
        parts = await asyncio.gather(*(self._ask(share) for share in shares))
        metrics.SIGNATURE_SECONDS.observe(perf_counter() - started)
        return [signer for part in parts for signer in part]

    async def revoked(self, revocation_list: bytes) -> Mapping[str, SimTime]:
        """From when certificates are not good any more, by serial number."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._checker.revoked, revocation_list)

    def _ask(self, seals: Sequence[Seal]) -> "asyncio.Future[Signers]":
        """Puts a share behind what waits; a thread that is idle takes it with what else is asked at this moment."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Signers] = loop.create_future()
        self._waiting.append((seals, answer))
        if self._idle:
            self._idle -= 1
            loop.call_soon(self._go_on)
        return answer

    def _go_on(self) -> None:
        """Has a free thread check what waits: going there and back costs as much as a signature."""
        taken: list[_Asked] = []
        seals: list[Seal] = []
        while self._waiting and len(seals) + len(self._waiting[0][0]) <= _SHARE:
            taken.append(self._waiting.popleft())
            seals += taken[-1][0]
        if not taken:
            self._idle += 1
            return
        checking = asyncio.get_running_loop().run_in_executor(self._threads, self._check, seals)
        checking.add_done_callback(partial(self._tell, taken))

    def _tell(self, taken: Sequence[_Asked], checking: "asyncio.Future[Signers]") -> None:
        """Answers those who still wait."""
        if checking.cancelled():
            for _, answer in taken:
                answer.cancel()
            return
        self._go_on()
        failure, start = checking.exception(), 0
        for seals, answer in taken:
            if not answer.done() and failure is not None:
                answer.set_exception(failure)
            elif not answer.done():
                answer.set_result(checking.result()[start : start + len(seals)])
            start += len(seals)

    def _check(self, seals: Sequence[Seal]) -> Signers:
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
