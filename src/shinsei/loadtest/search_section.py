"""How a preset searches for the highest rate that is sustained, and what it asks about."""

from dataclasses import replace
from enum import StrEnum
from typing import Self

from pydantic import model_validator

from shinsei.domain.run import FetchMode
from shinsei.domain.simtime import SECOND_MS
from shinsei.loadtest.search import Limits, SearchSpec
from shinsei.scenario.quantities import PositiveAmount, PositiveCount, PositiveDurationMs, Section, Share


class Asks(StrEnum):
    """Which kind of capacity a search is about; the two must never be mixed."""

    INFRASTRUCTURE = "infrastructure"
    OFFICE = "office"


class SearchSection(Section):
    """The search for the highest rate that is sustained."""

    asks: Asks
    first_per_s: PositiveAmount
    growth: PositiveAmount = 2.0
    increase_share: Share = 0.1
    decrease: Share = 0.7
    resolution_share: Share = 0.05
    most_steps: PositiveCount = 12
    settle: PositiveDurationMs
    """Of each step, not judged."""
    hold: PositiveDurationMs
    """Of each step, judged."""
    recover: PositiveDurationMs
    """At most, until what a rate that was too high has left behind is done."""
    least_completed_share: Share = 0.95
    most_ageing: PositiveDurationMs
    most_p99: PositiveDurationMs
    most_refused_share: Share = 0.0
    most_lag: PositiveDurationMs = 1_000
    """By which the generator may be late in a step of ``hold`` (p99), and by more as a step is longer; behind that
    nothing is said of its rate."""
    fetch_modes: tuple[FetchMode, ...] = ()
    """Of infrastructure: each method is searched apart with each of these; none: all methods together."""
    within: PositiveDurationMs | None = None
    """Real time for all steps of a search apart; it is shared out evenly among what is left to search."""
    confirm: PositiveDurationMs | None = None
    """Of a search apart: the highest rate is held for so long once more, within the same time."""
    confirm_completed_share: Share = 0.95
    """In place of ``least_completed_share`` then: a longer step needs less allowance for its edges."""
    rehearsal: PositiveDurationMs | None = None
    """Of a search apart: so long, within the same time, a search that is thrown away comes before all others.

    It warms up what is cold and finds where the first one begins.
    """

    @model_validator(mode="after")
    def _check(self) -> Self:
        if len(set(self.fetch_modes)) != len(self.fetch_modes):
            message = "fetch_modes names a mode twice"
            raise ValueError(message)
        if bool(self.fetch_modes) != bool(self.within) or (self.fetch_modes and self.asks is Asks.OFFICE):
            message = 'fetch_modes and within go together, and with asks = "infrastructure"'
            raise ValueError(message)
        if (self.confirm or self.rehearsal) and not self.within:
            message = "confirm and rehearsal go with within"
            raise ValueError(message)
        return self

    def spec(self, first_per_s: float | None = None) -> SearchSpec:
        """How rates are tried, from another rate on where one is known."""
        return SearchSpec(
            first_per_s=first_per_s or self.first_per_s,
            growth=self.growth,
            increase_share=self.increase_share,
            decrease=self.decrease,
            resolution_share=self.resolution_share,
            most_steps=self.most_steps,
        )

    def limits(self) -> Limits:
        """What sustained means."""
        return Limits(
            least_completed_share=self.least_completed_share,
            most_ageing_s=self.most_ageing / SECOND_MS,
            most_p99_s=self.most_p99 / SECOND_MS,
            most_refused_share=self.most_refused_share,
            most_lag_s=self.most_lag / SECOND_MS,
        )

    def limits_to_confirm(self) -> Limits:
        """What it means of a rate that is held for longer, of which the generator may be late by as large a part."""
        longer = (self.confirm or self.hold) / self.hold
        return replace(
            self.limits(),
            least_completed_share=self.confirm_completed_share,
            most_lag_s=longer * self.most_lag / SECOND_MS,
        )
