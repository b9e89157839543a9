"""Looks at the stack and makes one value of it, which every open page gets.

However many pages are open, the stack is asked once, and less often while nobody looks. What costs the services work is
asked less often still. A source that is away is named on the page, and the rest is shown: what is asked of a service
that is known to be away is not waited for, so that the page does not stand still with it.
"""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

import structlog

from shinsei.domain.errors import NotFoundError
from shinsei.domain.horizon import horizon
from shinsei.domain.office.report import OfficeReport
from shinsei.domain.run import Change, Pacing, RunSpec
from shinsei.domain.simtime import SimTime
from shinsei.room import metrics, sources
from shinsei.room.board import Board
from shinsei.room.clockface import Drive, Returns, Trail, clockface
from shinsei.room.forecasting import Forecaster
from shinsei.room.ledgers import Ledgers
from shinsei.room.look import Seen, ageless, look, no_run_read, no_view, nothing_open
from shinsei.room.oldest import oldest
from shinsei.room.settings import Settings
from shinsei.room.twins import Twin, key_of
from shinsei.runtime.clock import Clock, sleep
from shinsei.runtime.retry import describe
from shinsei.season.books import decode_report
from shinsei.season.gateway import STAGES, Gateway
from shinsei.season.ledger import PORTAL, RunKey, read_ledger
from shinsei.season.outcome import Ledger
from shinsei.season.portal import Progress
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
_HARDLY_S: Final = 1.0
"""For a service whose process does not answer: its calls may go through all the same, and if so, at once."""
_PORTAL: Final = STAGES[PORTAL]
_SERVICES: Final = frozenset(STAGES.values())
_CORE: Final = "core_systems"
_STACK: Final = Text("the stack", "システム")
_OFFICES: Final = Text("the offices", "担当課")
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
        self._ledgers = Ledgers(self._account)
        self._alerts: list[dict[str, Any]] | None = None
        self._alerts_due_s = -UNWATCHED_EVERY_S
        self._oldest: list[dict[str, Any]] = []
        self._specs: list[RunSpec] = []
        self._listed_s = 0.0
        self._due_s: dict[Text, float] = {}
        self._trail = Trail()
        self._drive = Drive()
        self._returns = Returns()
        self._seen = self._nothing_seen()
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
            self._specs = await self.open_runs()
            self._listed_s = self._clock.monotonic_s()
        return self._specs

    async def open_runs(self) -> list[RunSpec]:
        """The runs that are open: those of the newest season, else standing runs."""
        runs = [run.spec for run in await self._gateway.list_runs() if not run.closed]
        driven = [spec for spec in runs if spec.pacing is Pacing.DRIVER]
        if not driven:
            return runs
        newest = driven[-1].run_id  # the portal lists them in the order of their start
        return sorted((spec for spec in driven if spec.run_id == newest), key=lambda spec: spec.municipality)

    def _nothing_seen(self) -> Seen:
        return Seen(levels=sources.Levels({}, tuple(self._addresses.metrics)), alerts=None)

    async def _show(self) -> None:
        self._missing, self._seen = [], self._nothing_seen()
        try:
            found = await self._look()
        except Exception as error:  # noqa: BLE001 - whoever only watches goes on
            self._missing.append(_because(_STACK, error))
            found = None
        metrics.LOOKS.labels("failed" if found is None else "done").inc()
        if found is None:
            shown = self._without_runs()
        else:
            shown = self._shown = {**found, "at_ms": self._clock.now_ms(), "is_old": False}
        self._board.put(json.dumps(shown, ensure_ascii=False))

    def _without_runs(self) -> dict[str, Any]:
        """What can be shown where no open run could be read."""
        log.warning("look_failed", missing=[one.en for one in self._missing])
        metrics.tell_nothing(self._ledgers.shown)
        self._drive, self._returns = Drive(), Returns()  # what was not seen for a while may have moved all the time
        last = self._shown or no_view(tuple(self._addresses.metrics))
        return {**no_run_read(replace(self._seen, missing=self._missing), last), "is_old": True}

    async def _look(self) -> dict[str, Any] | None:
        """What can be told of the open runs, or that there are none; None where they cannot be read."""
        levels, alerts = await asyncio.gather(self._processes.levels(), self._newest_alerts())
        self._missing += [Text(name, name) for name in levels.away]
        self._seen = Seen(levels=levels, alerts=alerts, line_down=_is_line_down(levels), missing=self._missing)
        specs = await self._ask(_STACK, self._season, None, of=_PORTAL)
        if specs is None:
            return None
        if not specs:
            self._ledgers.forget_all_but(())
            metrics.tell_no_ledger()
            self._unanswered, self._oldest = {}, []
            self._forecaster.watch({})
            return nothing_open(self._seen, self._shown)
        shown = specs[:: -(-len(specs) // MOST_RUNS)]
        twins = [twin for twin in await asyncio.gather(*map(self._twin, shown)) if twin is not None]
        return await self._look_at(twins, specs, shown) if twins else None

    async def _look_at(
        self, twins: Sequence[Twin], specs: Sequence[RunSpec], shown: Sequence[RunSpec]
    ) -> dict[str, Any]:
        """The look at what could be read of the open runs."""
        driven = [twin for twin in twins if twin.spec.pacing is Pacing.DRIVER]
        wished = wished_speed(self._settings.pace_file) if driven else None
        self._follow(twins, driven, wished)
        ledger = await self._newest_ledger(specs, shown)
        now = SimTime(min(twin.progress.returned for twin in twins))
        oldest_cases = await self._newest_oldest(shown, now)
        at_s = self._clock.monotonic_s()
        stalled = self._returns.stalled(at_s, driven)
        can_control = bool(self._settings.control_token)
        found = look(
            replace(
                self._seen,
                twins=twins,
                of=len(specs),
                clock=clockface(twins, speed=self._trail.speed, wished=wished, can_control=can_control),
                is_left=self._drive.is_left(at_s, driven, is_paused=wished == 0),
                # Of many, each goes on only now and then: they stand still where all of them do.
                stalled=stalled if len(specs) == len(shown) or len(stalled) == len(driven) else (),
                ledger=ledger,
                oldest=oldest_cases,
                missing=self._missing,
            )
        )
        history = {twin["key"]: twin["curve"] for twin in self._shown.get("twins", ())}
        for twin in found["twins"]:  # the days that are over stay what they were, whoever is away
            twin["curve"] = twin["curve"] or history.get(twin["key"], [])
        return found

    def _follow(self, twins: Sequence[Twin], driven: Sequence[Twin], wished: float | None) -> None:
        """How fast they go, and what is to be foreseen of them."""
        filed = SimTime(min(twin.progress.watermark for twin in twins))
        # Of a season that is still being opened nobody can tell how fast it will go.
        has_begun = not driven or wished == 0 or any(twin.spec.start < twin.progress.watermark for twin in driven)
        if has_begun:
            self._trail.reaches(filed, self._clock.monotonic_s())
        asked = {twin.key: (twin.question, twin.method) for twin in driven}
        self._forecaster.watch(asked, self._trail.lately if has_begun else None)

    async def _newest_alerts(self) -> list[dict[str, Any]] | None:
        """They change no more often than Prometheus judges."""
        now_s = self._clock.monotonic_s()
        if now_s >= self._alerts_due_s:
            self._alerts = await sources.alerts(self._addresses.prometheus)
            self._alerts_due_s = now_s + ALERTS_EVERY_S
        return self._alerts

    async def _twin(self, spec: RunSpec) -> Twin | None:
        """What was read of a run: none of it without the portal, all but the books without the core systems."""
        name = Text(f"the run of {spec.municipality}", f"{spec.municipality} の実行")
        portal, report = await asyncio.gather(
            self._ask(name, lambda: self._stand(spec), None, of=_PORTAL),
            self._ask(_OFFICES, lambda: self._books(spec), None, of=_CORE),
        )
        if portal is None:
            return None
        progress, changes = portal
        when = horizon(spec, progress.returned, self._settings.target_working_days)
        return Twin(
            spec=spec,
            progress=progress,
            report=report,
            changes=changes,
            deadline=when.deadline,
            target=when.target,
            foreseen=self._forecaster.foreseen(key_of(spec)),
        )

    async def _stand(self, spec: RunSpec) -> tuple[Progress, tuple[Change, ...]]:
        return await self._gateway.progress(spec, after=SimTime(0), wait_ms=0), await self._gateway.changes(spec)

    async def _books(self, spec: RunSpec) -> OfficeReport | None:
        try:
            return decode_report((await self._gateway.office_report(spec))[1])
        except NotFoundError:
            return None  # the office has not heard of this run yet

    async def _ask(self, name: Text, call: Callable[[], Awaitable[T]], otherwise: T, *, of: str = "") -> T:
        """The answer of a service; one that does not come is named, unless the service is named already."""
        is_away = of in self._seen.levels.away
        try:
            return await asyncio.wait_for(call(), _HARDLY_S if is_away else _PATIENCE_S)
        except Exception as error:  # noqa: BLE001 - it is named on the page
            why = _because(name, error)
            if not is_away and why not in self._missing:
                self._missing.append(why)
            return otherwise

    def _is_away(self, services: Collection[str]) -> bool:
        return not set(services).isdisjoint(self._seen.levels.away)

    async def _seldom(
        self, name: Text, every_s: float, call: Callable[[], Awaitable[None]], *, of: Collection[str]
    ) -> bool:
        """Asks now and then, and not at all where a service is away; whether all that was asked last was answered.

        What did not answer is named until it is asked again.
        """
        if self._is_away(of):
            self._due_s.pop(name, None)  # it is asked at once when they are back
            return False
        began_s, known = self._clock.monotonic_s(), len(self._missing)
        if began_s < self._due_s.get(name, began_s):
            self._missing += self._unanswered.get(name, ())
        else:
            await self._ask(name, call, None)
            took_s = self._clock.monotonic_s() - began_s
            self._due_s[name] = began_s + max(every_s, min(REST_SHARE * took_s, MOST_REST_S))
            self._unanswered[name] = self._missing[known:]
        return not self._unanswered.get(name)

    async def _newest_ledger(self, specs: Sequence[RunSpec], shown: Sequence[RunSpec]) -> dict[str, int | None] | None:
        """Of the runs that are shown, and of as many others at a time, in turn."""
        keys, those = _keys(specs), _keys(shown)
        others = [key for key in keys if key not in those]
        self._ledgers.forget_all_but(keys, those)
        if self._is_away(_SERVICES):
            self._ledgers.blind()
        await self._seldom(_LEDGER, LEDGER_EVERY_S, lambda: self._ledgers.read(others, MOST_RUNS), of=_SERVICES)
        metrics.tell_ledger(self._ledgers.told, self._ledgers.unread)
        return self._ledgers.told

    async def _account(self, key: RunKey) -> Ledger:
        return (await read_ledger(self._gateway, key)).ledger

    async def _newest_oldest(self, specs: Sequence[RunSpec], now: SimTime) -> list[dict[str, Any]]:
        async def read() -> None:
            self._oldest = await oldest(self._gateway, specs, now)

        is_told = await self._seldom(_OLDEST, OLDEST_EVERY_S, read, of=("app_mgmt",))
        return self._oldest if is_told else ageless(self._oldest)


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
