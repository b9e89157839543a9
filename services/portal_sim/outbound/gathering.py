"""Questions that come while another is being answered are put to the database together."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Answer = TypeVar("Answer")


class Gathered(Generic[Key, Answer]):
    """Looks keys up: one query at a time, with every key that has been asked for meanwhile.

    Municipalities that get their cases one by one ask many small questions at once; each by itself would cost the
    database as much as all of them together.
    """

    def __init__(self, look_up: Callable[[Sequence[Key]], Awaitable[Mapping[Key, Answer]]]) -> None:
        self._look_up = look_up
        self._keys: dict[Key, None] = {}
        self._waiting: list[asyncio.Future[Mapping[Key, Answer]]] = []
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, keys: Sequence[Key]) -> Mapping[Key, Answer]:
        """What is known of these keys (and perhaps of others)."""
        self._keys.update(dict.fromkeys(keys))
        answer: asyncio.Future[Mapping[Key, Answer]] = asyncio.get_running_loop().create_future()
        self._waiting.append(answer)
        if self._task is None:
            self._task = asyncio.create_task(self._answer(), name="gathered-query")
        return await answer

    async def _answer(self) -> None:
        while self._waiting:
            keys, self._keys = list(self._keys), {}
            waiting, self._waiting = self._waiting, []
            try:
                found = await self._look_up(keys)
            except Exception as failure:  # noqa: BLE001 - told to everybody who asked
                for answer in waiting:
                    if not answer.done():
                        answer.set_exception(failure)
                continue
            for answer in waiting:
                if not answer.done():
                    answer.set_result(found)
        self._task = None
