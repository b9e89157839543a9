"""How long something takes of the processor, here or in a process that runs the kernel's sources as they stand."""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any
from unittest.mock import patch

from bench.answers import Answer
from bench.work import Work
from shinsei.kernel import CHOICE, PURE, kernel
from shinsei.planning.uncollected import uncollected


def timed(simulate: Callable[[Work], Answer], work: Work) -> tuple[Answer, float]:
    """The answer, and the seconds that it took; nobody is held up by the search for reference cycles."""
    with uncollected():
        began = time.process_time()
        answer = simulate(work)
        return answer, time.process_time() - began


@contextmanager
def pure_python() -> Iterator[Callable[..., Any]]:
    """Calls functions in a process whose kernel is the sources."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:

        def call(function: Callable[..., Any], *arguments: Any) -> Any:
            # The process starts with the first call.
            with patch.dict(os.environ, {CHOICE: PURE}):  # noqa: TID251 - read before anything else is imported
                return pool.submit(_purely, function, *arguments).result()

        yield call


def _purely(function: Callable[..., Any], *arguments: Any) -> Any:
    assert kernel() == PURE
    return function(*arguments)
