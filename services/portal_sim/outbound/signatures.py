"""Signatures checked in threads of their own, so that nobody waits behind many of them who has signed nothing."""

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

_FEW = 4
"""Signatures that are checked at once, without a thread: going there and back would cost as much again."""

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
        if len(seals) <= _SHARE:
            found = await self._ask(seals)
        else:
            shares = [seals[start : start + _SHARE] for start in range(0, len(seals), _SHARE)]
            parts = await asyncio.gather(*(self._ask(share) for share in shares))
            found = [signer for part in parts for signer in part]
        metrics.SIGNATURE_SECONDS.observe(perf_counter() - started)
        return found

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
        """Has a free thread check what waits, together; a few are checked here."""
        while taken := self._take():
            seals = [seal for asked, _ in taken for seal in asked]
            if len(seals) > _FEW:
                checking = asyncio.get_running_loop().run_in_executor(self._threads, self._check, seals)
                checking.add_done_callback(partial(self._checked, taken))
                return
            try:
                _tell(taken, self._check(seals))
            except Exception as failure:  # noqa: BLE001 - told to everybody who waits
                _fail(taken, failure)
        self._idle += 1

    def _take(self) -> list[_Asked]:
        taken: list[_Asked] = []
        count = 0
        while self._waiting and count + len(self._waiting[0][0]) <= _SHARE:
            taken.append(self._waiting.popleft())
            count += len(taken[-1][0])
        return taken

    def _checked(self, taken: Sequence[_Asked], checking: "asyncio.Future[Signers]") -> None:
        if checking.cancelled():
            for _, answer in taken:
                answer.cancel()
            return
        self._go_on()
        failure = checking.exception()
        if failure is None:
            _tell(taken, checking.result())
        else:
            _fail(taken, failure)

    def _check(self, seals: Sequence[Seal]) -> Signers:
        return [self._one(seal) for seal in seals]

    def _one(self, seal: Seal) -> Validity | SignatureError:
        try:
            return self._checker.signer(seal.content, seal.certificate, seal.signature)
        except SignatureError as flaw:
            return flaw


def _tell(taken: Sequence[_Asked], signers: Signers) -> None:
    """Answers those who still wait."""
    start = 0
    for seals, answer in taken:
        if not answer.done():
            answer.set_result(signers[start : start + len(seals)])
        start += len(seals)


def _fail(taken: Sequence[_Asked], failure: BaseException) -> None:
    for _, answer in taken:
        if not answer.done():
            answer.set_exception(failure)


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
