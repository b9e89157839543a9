"""The table of the counter's times, which no run reads."""

from shinsei.domain.flows import CounterTimes
from shinsei.domain.simtime import MINUTE_MS
from shinsei.scenario.quantities import DurationMs, Section


class FlowsSection(Section):
    """Means per case on paper, for the comparison of reception flows."""

    counter_acceptance: DurationMs
    counter_identity: DurationMs
    counter_content: DurationMs
    counter_notice: DurationMs

    def times(self) -> CounterTimes:
        """The domain's value."""
        return CounterTimes(
            acceptance=self.counter_acceptance / MINUTE_MS,
            identity=self.counter_identity / MINUTE_MS,
            content=self.counter_content / MINUTE_MS,
            notice=self.counter_notice / MINUTE_MS,
        )
