"""One municipality's run as the room shows it: what it has, what it waits for, and how it will end."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.forecast import Forecast, Prospect, Question
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.office.report import OfficeReport
from shinsei.domain.run import Change, RunSpec
from shinsei.domain.simtime import HOUR_MS, SimTime, date_of, day_number, day_start, isoformat
from shinsei.room.forecasting import Foreseen
from shinsei.season.portal import Progress
from shinsei.season.report.style import METHOD_COLOURS, METHOD_MARKS
from shinsei.season.text import Text
from shinsei.season.words import RESOURCE_NAMES, day, method_of, run_name

_CURVE_DAYS = 120
OF_THE_PORTAL = ("accepted", "on_the_way", "registered", "decided")
OF_THE_OFFICE = ("backlog", "paper_waiting", "oldest_h", "clerks", "limit")
"""What the page reads of a run, by who tells it; what is on the way takes both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """One run with everything that was read about it."""

    spec: RunSpec
    progress: Progress
    report: OfficeReport | None
    """The books of its office; None where the core systems do not tell."""
    changes: tuple[Change, ...]
    deadline: SimTime
    """The moment after the last day of filing that matters now."""
    target: SimTime
    """The moment by which everything filed in time is to be registered."""
    foreseen: Foreseen
    is_alone: bool = True
    """No other run that is shown has its method."""

    @property
    def key(self) -> str:
        """Run and municipality."""
        return key_of(self.spec)

    @property
    def method(self) -> LinkageMethod:
        """The method under comparison, else the default of the policy."""
        return method_of(self.spec)

    @property
    def name(self) -> Text:
        """What it is called before people: by its method, and by its municipality where others have the same."""
        return self._name("" if self.is_alone else self.spec.municipality)

    @property
    def method_name(self) -> Text:
        """What its method is called."""
        return self._name("")

    def _name(self, municipality: str) -> Text:
        is_compared = self.spec.twin_method is not None
        return run_name(self.method, is_compared=is_compared, municipality=municipality)

    @property
    def waiting(self) -> int | None:
        """Accepted and neither registered nor ended before it; None where nobody tells."""
        report = self.report
        if report is None:
            return None
        ended = report.withdrawn + report.expired + report.not_accepted + report.transferred
        return max(0, self.progress.accepted - self.progress.registered - ended)

    @property
    def on_the_way(self) -> int | None:
        """Of these, not yet in the office: at the portal, on the line, or being taken in."""
        waiting = self.waiting
        return None if waiting is None or self.report is None else max(0, waiting - self.report.backlog)

    @property
    def question(self) -> Question:
        """What is to be foreseen of it."""
        return Question(
            spec=self.spec,
            changes=self.changes,
            now=self.progress.returned,
            deadline=self.deadline,
            target=self.target,
        )

    def forecast(self, *, line_down: bool) -> Forecast:
        """How it will end, or that it has: nothing filed in time waits, in the office or before it."""
        if self.report is None:
            return self.foreseen.forecast
        oldest = self.report.oldest_submitted_at
        all_fetched = self.progress.returned >= self.deadline + self.spec.lookahead_ms and not line_down
        if all_fetched and (oldest is None or oldest >= self.deadline):
            return replace(self.foreseen.forecast, prospect=Prospect.THROUGH, left_at_target=0)
        return self.foreseen.forecast


def told_apart(twins: Sequence[Twin]) -> list[Twin]:
    """The runs, each knowing whether another one has its name."""
    found = Counter(twin.method_name for twin in twins)
    return [replace(twin, is_alone=found[twin.method_name] == 1) for twin in twins]


def key_of(spec: RunSpec) -> str:
    """Run and municipality in one word."""
    return f"{spec.run_id}/{spec.municipality}"


def values(twin: Twin, forecast: Forecast) -> dict[str, Any]:
    """The run as the page reads it."""
    return {
        "key": twin.key,
        "municipality": twin.spec.municipality,
        "method": str(twin.method),
        "name": both(twin.name),
        "method_name": both(twin.method_name),
        "mark": METHOD_MARKS[twin.method] if twin.spec.twin_method else "C",
        "colour": METHOD_COLOURS[twin.method],
        "accepted": twin.progress.accepted,
        "on_the_way": twin.on_the_way,
        "registered": twin.progress.registered,
        "decided": twin.progress.decided,
        "forecast": {
            "prospect": str(forecast.prospect),
            "replays": forecast.replays,
            "met": forecast.met,
            **{name: _day(getattr(forecast, name)) for name in ("early", "likely", "late")},
        },
        **_books(twin.report),
    }


def _books(report: OfficeReport | None) -> dict[str, Any]:
    """What the office tells of itself."""
    if report is None:
        return {**dict.fromkeys(OF_THE_OFFICE), "curve": []}
    limit, oldest = report.first_saturated, report.oldest_submitted_at
    return {
        "backlog": report.backlog,
        "paper_waiting": report.paper_waiting,
        "oldest_h": None if oldest is None else round(max(0, report.until - oldest) / HOUR_MS, 1),
        "clerks": report.days[-1].clerks,
        "limit": None if limit is None else both(RESOURCE_NAMES[limit.resource]),
        "curve": [(page.day, page.backlog) for page in report.days[-_CURVE_DAYS:]],
    }


def untold(shown: Mapping[str, Any]) -> dict[str, Any]:
    """The run as the page read it before, without the numbers that nobody tells now."""
    return {**shown, **dict.fromkeys((*OF_THE_PORTAL, *OF_THE_OFFICE))}


def both(text: Text) -> dict[str, str]:
    """A text in both languages for the page."""
    return {"en": text.en, "ja": text.ja}


def office_now(spec: RunSpec, now: SimTime) -> dict[str, Any]:
    """Whether the office is open at this moment, and when it opens next."""
    calendar = BusinessCalendar(spec.calendar)
    if calendar.is_open_at(now):
        return {"open": True, "opens_at": None}
    today = day_number(now)
    hours = calendar.hours(today)
    if hours is None or now >= hours[0]:
        hours = calendar.hours(calendar.next_open_day(today))
    return {"open": False, "opens_at": None if hours is None else isoformat(hours[0])}


def _day(number: int | None) -> dict[str, str] | None:
    return None if number is None else {**both(day(day_start(number))), "day": date_of(number).isoformat()}
