"""How a season is followed while it runs: a live table at a terminal, plain lines elsewhere."""

import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from rich.console import Console, Group
from rich.live import Live
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text as Line

from shinsei.domain.errors import ShinseiError
from shinsei.domain.simtime import DAY_MS, HOUR_MS, SimTime
from shinsei.season.books import decode_report
from shinsei.season.drive import SeasonDriver
from shinsei.season.gateway import Gateway
from shinsei.season.ledger import RunKey, read_ledger
from shinsei.season.standing import Standing
from shinsei.season.words import clock, day, method_of, run_name

REFRESH_S = 0.5
LINE_EVERY_S = 10.0
INSPECT_EVERY_S = 5.0
FIRST_LOOK_S = 2.0
_SPEED_OVER_MS = 10_000
_TWO_DAYS = 2
_MOST_ROWS = 6
"""Twins and a prefecture; of more municipalities a screen has no room for each."""
_WIDE = 92
"""Columns that the whole table takes."""


@dataclass(slots=True)
class Inspected:
    """What is asked for less often: it costs the services some work."""

    oldest: dict[str, SimTime | None] = field(default_factory=dict)
    unaccounted: int = 0
    in_flight: int | None = None


class SeasonDisplay:
    """Follows a season on a console; ``quiet`` prints nothing at all."""

    def __init__(self, console: Console, sleep: Callable[[float], Awaitable[None]], now_ms: Callable[[], int]) -> None:
        self._console = console
        self._sleep = sleep
        self._now_ms = now_ms
        self._inspected = Inspected()
        self._history: list[tuple[int, SimTime]] = []

    async def follow(self, driver: SeasonDriver, gateway: Gateway) -> None:
        """Shows the season until cancelled."""
        shown = Live(console=self._console, auto_refresh=False, transient=True)
        with shown if self._console.is_terminal else contextlib.nullcontext():
            every_s = INSPECT_EVERY_S if self._console.is_terminal else LINE_EVERY_S
            waited_s = every_s - FIRST_LOOK_S
            while True:
                await self._sleep(REFRESH_S)
                if not driver.standings:
                    continue
                waited_s += REFRESH_S
                self._note(driver)
                if waited_s >= every_s:
                    waited_s = 0.0
                    await self._inspect(driver, gateway)
                    if not self._console.is_terminal:
                        self._console.print(self._line(driver), soft_wrap=True, highlight=False)
                if self._console.is_terminal:
                    shown.update(self._picture(driver), refresh=True)

    def _note(self, driver: SeasonDriver) -> None:
        now = self._now_ms()
        self._history.append((now, _lowest(driver)))
        self._history = [point for point in self._history if point[0] >= now - _SPEED_OVER_MS]

    def _speed(self) -> float:
        (first_ms, first), (last_ms, last) = self._history[0], self._history[-1]
        return (last - first) / (last_ms - first_ms) if last_ms > first_ms else 0.0

    async def _inspect(self, driver: SeasonDriver, gateway: Gateway) -> None:
        unaccounted = in_flight = 0
        for standing in driver.standings:
            spec = standing.spec
            with contextlib.suppress(ShinseiError):
                _, report = await gateway.office_report(spec)
                self._inspected.oldest[spec.municipality] = decode_report(report).oldest_submitted_at
                stages = await read_ledger(gateway, RunKey(run_id=spec.run_id, municipality=spec.municipality))
                unaccounted += stages.ledger.unaccounted
                in_flight += stages.ledger.in_flight
        self._inspected.unaccounted, self._inspected.in_flight = unaccounted, in_flight

    def _picture(self, driver: SeasonDriver) -> Group:
        first = driver.standings[0].spec
        lowest = _lowest(driver)
        head = Line.assemble(
            (f"{day(lowest).en} {clock(lowest)}", "bold"),
            f"  × {self._speed():,.0f}   ",
            (self._accounts(), "dim"),
        )
        bar = ProgressBar(total=max(1, driver.end - first.start), completed=lowest - first.start, width=60)
        return Group(head, Padding(bar, (0, 0, 1, 0)), self._table(driver))

    def _table(self, driver: SeasonDriver) -> Table:
        is_narrow = self._console.width < _WIDE
        table = Table(box=None, pad_edge=False, padding=(0, 1 if is_narrow else 2, 0, 0))
        rows = [self._row(standings) for standings in _rows(driver.standings)]
        for name in rows[0]:
            if not (is_narrow and name == "decided"):
                table.add_column(name, justify="left" if name == "method" else "right", no_wrap=True)
        for row in rows:
            table.add_row(*[row[str(column.header)] for column in table.columns])
        return table

    def _row(self, standings: Sequence[Standing]) -> dict[str, str]:
        accepted = sum(one.progress.accepted for one in standings)
        registered = sum(one.progress.registered for one in standings)
        return {
            "method": _name(standings),
            "submitted": f"{accepted:,}",
            "registered": f"{registered:,}",
            "decided": f"{sum(one.progress.decided for one in standings):,}",
            "waiting": f"{accepted - registered:,}",
            "oldest": self._oldest(standings),
            "filed to": _moment(SimTime(min(one.watermark for one in standings))),
            "came back": _moment(SimTime(min(one.returned for one in standings))),
        }

    def _line(self, driver: SeasonDriver) -> str:
        lowest = _lowest(driver)
        methods = "  ".join(
            f"{_name(row)} {sum(one.progress.registered for one in row):,}/"
            f"{sum(one.progress.accepted for one in row):,}"
            for row in _rows(driver.standings)
        )
        when = f"{day(lowest).en} {clock(lowest)}  x{self._speed():,.0f}"
        return f"{when}  registered/submitted: {methods}  {self._accounts()}"

    def _oldest(self, standings: Sequence[Standing]) -> str:
        known = [(one, self._inspected.oldest.get(one.spec.municipality)) for one in standings]
        ages = [
            one.returned - submitted
            for one, submitted in known
            if submitted is not None and one.progress.registered < one.progress.accepted
        ]
        if not ages:
            return "-"
        age = max(ages)
        return f"{age / DAY_MS:.1f} d" if age >= _TWO_DAYS * DAY_MS else f"{max(0, age) / HOUR_MS:.0f} h"

    def _accounts(self) -> str:
        inspected = self._inspected
        if inspected.in_flight is None:
            return ""
        return f"in flight {inspected.in_flight:,}, unaccounted {inspected.unaccounted}"


def _lowest(driver: SeasonDriver) -> SimTime:
    return SimTime(min(standing.returned for standing in driver.standings))


def _moment(at: SimTime) -> str:
    return f"{day(at).en[4:]} {clock(at)}"


def _rows(standings: Sequence[Standing]) -> list[list[Standing]]:
    """One row a twin; of many municipalities one a method."""
    if len(standings) <= _MOST_ROWS:
        return [[one] for one in standings]
    rows: dict[str, list[Standing]] = {}
    for one in standings:
        rows.setdefault(_method(one), []).append(one)
    return list(rows.values())


def _name(standings: Sequence[Standing]) -> str:
    count = f" ×{len(standings)}" if len(standings) > 1 else ""
    return _method(standings[0]) + count


def _method(standing: Standing) -> str:
    spec = standing.spec
    return run_name(method_of(spec), is_compared=spec.twin_method is not None).en
