"""The two ways of filing: online at any hour, and on paper when the office is open.

Paper comes by mail, a few days after it was posted and with the morning's delivery, or to the counter during
office hours; both only on open days. The same clerks key it in.
"""

from dataclasses import dataclass

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.demand.curve import WeightedChoice, hour_choice, round_half_up
from shinsei.domain.draws import draw
from shinsei.domain.run import DemandSpec
from shinsei.domain.simtime import HOUR_MS, SimTime, day_start

_MAIL_DELIVERY_MS = HOUR_MS
"""Length of the morning delivery after opening; it shapes nothing but the order of the paper pile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One filing before it has a case id."""

    at: SimTime
    online: bool
    subject: str
    """Key of the draws about this filer, independent of order and channel."""


class Clockwork:
    """Turns a day into a moment, by channel, with keyed draws."""

    def __init__(self, seed: int, demand: DemandSpec, calendar: BusinessCalendar) -> None:
        self._seed = seed
        self._demand = demand
        self._calendar = calendar
        self._hours = hour_choice(demand, deadline=False)
        self._deadline_hours = hour_choice(demand, deadline=True)

    def online(self, subject: str, day: int, *, deadline: int | None) -> Arrival:
        """An online filing on this day, at an hour drawn by the hour weights, which are others on the deadline day."""
        hours = self._deadline_hours if day == deadline else self._hours
        hour, within = hours.pick(draw(self._seed, subject, "hour"))
        at = SimTime(day_start(day) + hour * HOUR_MS + int(within * HOUR_MS))
        return Arrival(at=at, online=True, subject=subject)

    def paper(self, subject: str, day: int) -> Arrival:
        """A paper filing written on this day: when it reaches the office."""
        by_mail = draw(self._seed, subject, "by-mail") < self._demand.paper_mail_share
        if by_mail:
            day += max(1, round_half_up(self._demand.paper_mail_days.sample(draw(self._seed, subject, "mail-days"))))
        hours = self._calendar.hours(self._calendar.open_day_from(day))
        if hours is None:
            message = "an open day has hours"
            raise AssertionError(message)
        opens, closes = hours
        span = min(_MAIL_DELIVERY_MS, closes - opens) if by_mail else closes - opens
        at = SimTime(opens + int(draw(self._seed, subject, "moment") * span))
        return Arrival(at=at, online=False, subject=subject)

    def arrivals(
        self, subjects: list[str], days: WeightedChoice, online_share: float, *, deadline: int | None
    ) -> list[Arrival]:
        """One arrival for each filer, on days drawn from a curve."""
        picked = [(subject, days.pick(draw(self._seed, subject, "day"))[0]) for subject in subjects]
        return self.on_days(picked, online_share, deadline=deadline)

    def on_days(self, picked: list[tuple[str, int]], online_share: float, *, deadline: int | None) -> list[Arrival]:
        """One arrival for each (filer, day)."""
        online = self._online_filers([subject for subject, _ in picked], online_share)
        return [
            self.online(subject, day, deadline=deadline) if subject in online else self.paper(subject, day)
            for subject, day in picked
        ]

    def _online_filers(self, subjects: list[str], share: float) -> frozenset[str]:
        """Exactly the rounded share of the filers; a higher share adds filers and removes none."""
        ranked = sorted(subjects, key=lambda subject: draw(self._seed, subject, "channel"))
        return frozenset(ranked[: round_half_up(len(ranked) * share)])
