"""Looks at the stack and makes one value of it, which every open page gets.

However many pages are open, the stack is asked once, and less often while nobody looks. What costs the services work is
asked less often still. A source that is away is named on the page, and the rest is shown.
"""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeVar

import structlog

from shinsei.domain.horizon import horizon
from shinsei.domain.run import Pacing, RunSpec
from shinsei.domain.simtime import SimTime
from shinsei.room import metrics, sources
from shinsei.room.board import Board
from shinsei.room.clockface import Drive, Trail, clockface
from shinsei.room.forecasting import Forecaster
from shinsei.room.look import Seen, look, no_view, nothing_open
from shinsei.room.oldest import oldest
from shinsei.room.settings import Settings
from shinsei.room.twins import Twin, both, key_of
from shinsei.runtime.clock import Clock, sleep
from shinsei.runtime.retry import describe
from shinsei.season.books import decode_report
from shinsei.season.gateway import Gateway
from shinsei.season.ledger import ENDS, RunKey, read_ledger
from shinsei.season.outcome import Ledger
from shinsei.season.text import Text
from shinsei.season.wishes import wished_speed
from shinsei.stack.site import Addresses

log = structlog.get_logger(__name__)

LOOK_EVERY_S: Final = 2.0
UNWATCHED_EVERY_S: Final = 10.0
ALERTS_EVERY_S: Final = 5.0
"""As often as Prometheus judges."""
LEDGER_EVERY_S: Final = 15.0
OLDEST_EVERY_S: Final = 6.0
MANY_EVERY_S: Final = 30.0
REST_SHARE, MOST_REST_S = 50.0, 120.0
"""Nobody is asked again for so many times as long as it took: to count a large run is work for four databases."""
MOST_RUNS: Final = 12
"""Runs of a season that are shown; of more municipalities some, spread over all of them, stand for all."""
_PATIENCE_S: Final = 8.0
_LEDGER: Final = Text("the ledger", "台帳")
_OLDEST: Final = Text("the oldest cases", "最も古い案件")

T = TypeVar("T")


class Watch:
    """The one who looks (its ``run`` is the body of a background task)."""

    def __init__(
        self,
        settings: Settings,
        addresses: Addresses,
        gateway: Gateway,
        board: Board,
        forecaster: Forecaster,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._addresses = addresses
        self._processes = sources.Processes(addresses.metrics)
        self._gateway = gateway
        self._board = board
        self._forecaster = forecaster
        self._clock = clock
        self._ledger: dict[str, int] | None = None
        self._accounts: dict[RunKey, Ledger] = {}
        self._turn = 0
        self._alerts: list[dict[str, Any]] | None = None
        self._alerts_due_s = -UNWATCHED_EVERY_S
        self._oldest: list[dict[str, Any]] = []
        self._specs: list[RunSpec] = []
        self._listed_s = 0.0
        self._due_s: dict[Text, float] = {}
        self._trail = Trail()
        self._drive = Drive()
        self._missing: list[Text] = []
        self._unanswered: dict[Text, list[Text]] = {}
        self._shown: dict[str, Any] = {}

    async def run(self) -> None:
        """Looks until cancelled."""
        looked_s = -UNWATCHED_EVERY_S
        with contextlib.closing(self._processes):
            while True:
                every_s = LOOK_EVERY_S if self._board.readers else UNWATCHED_EVERY_S
                if self._clock.monotonic_s() - looked_s >= every_s:
                    looked_s = self._clock.monotonic_s()
                    await self._show()
                await sleep(LOOK_EVERY_S / 4)

    async def _season(self) -> list[RunSpec]:
        """The open runs; where there are many they are not read anew at every look."""
        if len(self._specs) <= MOST_RUNS or self._clock.monotonic_s() - self._listed_s > MANY_EVERY_S:
            self._specs = await asyncio.wait_for(self.open_runs(), _PATIENCE_S)
            self._listed_s = self._clock.monotonic_s()
        return self._specs

    async def open_runs(self) -> list[RunSpec]:
        """The runs that are open: those of the newest season, else standing runs."""
        runs = [run.spec for run in await self._gateway.list_runs() if not run.closed]
        driven = [spec for spec in runs if spec.pacing is Pacing.DRIVER]
        if not driven:
            return runs
        newest = max(driven, key=lambda spec: spec.run_id.rpartition("-")[2]).run_id
        return sorted((spec for spec in driven if spec.run_id == newest), key=lambda spec: spec.municipality)

    async def _show(self) -> None:
        try:
            self._shown = {**await self._look(), "at_ms": self._clock.now_ms(), "is_old": False}
            metrics.LOOKS.labels("done").inc()
        except Exception as error:  # noqa: BLE001 - whoever only watches goes on
            metrics.LOOKS.labels("failed").inc()
            log.warning("look_failed", error=describe(error))
            metrics.tell_nothing()
            self._drive = Drive()  # what was not seen for a while may have moved all the time
            last = self._shown or no_view(tuple(self._addresses.metrics))
            missing = both(_because(Text("the stack", "システム"), error))
            self._shown = {**last, "is_old": True, "missing": [missing]}
        self._board.put(json.dumps(self._shown, ensure_ascii=False))

    async def _look(self) -> dict[str, Any]:
        self._missing = []
        levels, alerts = await asyncio.gather(self._processes.levels(), self._newest_alerts())
        self._missing += [Text(name, name) for name in levels.away]
        specs = await self._season()
        if not specs:
            self._ledger, self._accounts, self._unanswered, self._oldest = None, {}, {}, []
            metrics.UNACCOUNTED.set(0)
            self._forecaster.watch({})
            return nothing_open(Seen(levels=levels, alerts=alerts, missing=self._missing), self._shown)
        shown = specs[:: -(-len(specs) // MOST_RUNS)]
        twins = [twin for twin in await asyncio.gather(*map(self._twin, shown)) if twin is not None]
        if not twins:
            raise ConnectionError("no run could be read")
        driven = [twin for twin in twins if twin.spec.pacing is Pacing.DRIVER]
        wished = wished_speed(self._settings.pace_file) if driven else None
        now = SimTime(min(twin.progress.returned for twin in twins))
        filed = SimTime(min(twin.progress.watermark for twin in twins))
        # Of a season that is still being opened nobody can tell how fast it will go.
        has_begun = not driven or wished == 0 or any(twin.spec.start < twin.progress.watermark for twin in driven)
        if has_begun:
            self._trail.reaches(filed, self._clock.monotonic_s())
        asked = {twin.key: (twin.question, twin.method) for twin in driven}
        self._forecaster.watch(asked, self._trail.lately if has_begun else None)
        await self._seldom(_LEDGER, LEDGER_EVERY_S, lambda: self._read_ledger(specs, shown))
        if self._unanswered.get(_LEDGER):
            self._ledger, self._accounts = None, {}
        metrics.tell_ledger(self._ledger)
        await self._seldom(_OLDEST, OLDEST_EVERY_S, lambda: self._read_oldest(shown, now))
        can_control = bool(self._settings.control_token)
        return look(
            Seen(
                levels=levels,
                alerts=alerts,
                twins=twins,
                of=len(specs),
                clock=clockface(twins, speed=self._trail.speed, wished=wished, can_control=can_control),
                is_left=self._drive.is_left(self._clock.monotonic_s(), driven, is_paused=wished == 0),
                ledger=self._ledger,
                oldest=self._oldest,
                line_down=_is_line_down(levels),
                missing=self._missing,
            )
        )

    async def _newest_alerts(self) -> list[dict[str, Any]] | None:
        """They change no more often than Prometheus judges."""
        now_s = self._clock.monotonic_s()
        if now_s >= self._alerts_due_s:
            self._alerts = await sources.alerts(self._addresses.prometheus)
            self._alerts_due_s = now_s + ALERTS_EVERY_S
        return self._alerts

    async def _twin(self, spec: RunSpec) -> Twin | None:
        async def read() -> Twin:
            progress = await self._gateway.progress(spec, after=SimTime(0), wait_ms=0)
            _, report = await self._gateway.office_report(spec)
            when = horizon(spec, progress.returned, self._settings.target_working_days)
            return Twin(
                spec=spec,
                progress=progress,
                report=decode_report(report),
                changes=await self._gateway.changes(spec),
                deadline=when.deadline,
                target=when.target,
                foreseen=self._forecaster.foreseen(key_of(spec)),
            )

        name = Text(f"the run of {spec.municipality}", f"{spec.municipality} の実行")
        return await self._ask(name, read, None)

    async def _ask(self, name: Text, call: Callable[[], Awaitable[T]], otherwise: T) -> T:
        try:
            return await asyncio.wait_for(call(), _PATIENCE_S)
        except Exception as error:  # noqa: BLE001 - it is named on the page
            self._missing.append(_because(name, error))
            return otherwise

    async def _seldom(self, name: Text, every_s: float, call: Callable[[], Awaitable[None]]) -> None:
        """Asks now and then; what did not answer is named until it is asked again."""
        began_s, known = self._clock.monotonic_s(), len(self._missing)
        if began_s < self._due_s.get(name, began_s):
            self._missing += self._unanswered.get(name, ())
            return
        await self._ask(name, call, None)
        took_s = self._clock.monotonic_s() - began_s
        self._due_s[name] = began_s + max(every_s, min(REST_SHARE * took_s, MOST_REST_S))
        self._unanswered[name] = self._missing[known:]

    async def _read_ledger(self, specs: Sequence[RunSpec], shown: Sequence[RunSpec]) -> None:
        """Of the runs that are shown, and of as many others at a time, in turn."""
        those = _keys(shown)
        others = [key for key in _keys(specs) if key not in those]
        now = others[self._turn : self._turn + MOST_RUNS]
        self._turn = self._turn + MOST_RUNS if self._turn + MOST_RUNS < len(others) else 0
        accounts = {key: (await read_ledger(self._gateway, key)).ledger for key in (*those, *now)}
        known = {key: self._accounts[key] for key in others if key in self._accounts}
        self._accounts = known | accounts
        lines = ("accepted", *ENDS, "in_flight", "unaccounted")
        self._ledger = {line: sum(getattr(accounts[key], line) for key in those) for line in lines}
        self._ledger["unaccounted"] = sum(one.unaccounted for one in self._accounts.values())

    async def _read_oldest(self, specs: Sequence[RunSpec], now: SimTime) -> None:
        self._oldest = await oldest(self._gateway, specs, now)


def _because(name: Text, error: Exception) -> Text:
    """What did not answer, and why, as the program says it."""
    why = describe(error)
    return Text(f"{name.en} ({why})", f"{name.ja} ({why})")


def _keys(specs: Sequence[RunSpec]) -> list[RunKey]:
    return [RunKey(run_id=spec.run_id, municipality=spec.municipality) for spec in specs]


def _is_line_down(levels: sources.Levels) -> bool | None:
    """Whether any municipality's newest committed poll found its line down; None where nobody says."""
    down = levels.total("shinsei_linkage_server_line_down", "linkage_server")
    return None if down is None else down > 0
