"""The seasons that are simulated: a handful of cases each, so small that a thousand of them take a minute.

Together they pass every linkage method, correction requests with their replies and their absence, withdrawals, and
cases on paper. Each has a few variants, whose cases differ.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Final

from shinsei.domain.demand import filings
from shinsei.domain.distributions import Distribution
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.plan import VirtualRun
from shinsei.domain.run import Change, CorrectionSpec, DefectSpec, Filing, RunSpec, WithdrawalSpec
from shinsei.domain.simtime import DAY_MS, HOUR_MS, SimTime
from shinsei.domain.trace import TraceLine
from shinsei.testing.builders import JUNE_FIRST, a_run_spec

METHODS: Final = (
    LinkageMethod.TRANSCRIPTION,
    LinkageMethod.RPA,
    LinkageMethod.SCREEN_IMPORT,
    LinkageMethod.BATCH_IMPORT,
    LinkageMethod.STANDARD_API,
)
VARIANTS: Final = 8
"""Of each method."""
SEASONS: Final = len(METHODS) * VARIANTS
"""So many seeds further on the same season comes again."""

TWINS: Final = 4
"""Every so many seeds the season has a second city, which takes the next method: the services do two things at once."""

_CITIES: Final = ("482013", "482021")
_DAYS: Final = 12
_Key = tuple[tuple[str, ...], tuple[Change, ...]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class City:
    """One city of a season."""

    spec: RunSpec
    everything: tuple[Filing, ...]
    _planned: dict[_Key, tuple[TraceLine, ...]] = field(default_factory=dict)

    @property
    def online(self) -> tuple[Filing, ...]:
        """What is filed at the portal."""
        return tuple(filing for filing in self.everything if filing.online)

    def planned(self, filed: Iterable[Filing], changes: Sequence[Change] = ()) -> tuple[TraceLine, ...]:
        """The trace that the plan gives, if no more than this is filed at the portal and these changes are made."""
        key = (tuple(filing.case_id for filing in filed), tuple(changes))
        if key not in self._planned:
            wanted = frozenset(key[0])
            known = [filing for filing in self.everything if not filing.online or filing.case_id in wanted]
            run = VirtualRun(self.spec, changes, known)
            run.advance(self.spec.end)
            self._planned[key] = tuple(sorted(run.lines(self.spec.end), key=lambda line: line.sort_key))
        return self._planned[key]


def cities(seed: int) -> tuple[City, ...]:
    """The season of a seed: its cities, one or two."""
    number = seed % SEASONS
    return tuple(_city(number, place) for place in range(2 if seed % TWINS == TWINS - 1 else 1))


@cache
def _city(number: int, place: int) -> City:
    method = METHODS[(number + place) % len(METHODS)]
    spec = replace(_spec(method, number // len(METHODS)), municipality=_CITIES[place], partition=place)
    return City(spec=spec, everything=tuple(filings(spec)))


def _spec(method: LinkageMethod, variant: int) -> RunSpec:
    return a_run_spec(
        run_id="simulated",
        seed=variant,
        end=SimTime(JUNE_FIRST + _DAYS * DAY_MS),
        lookahead_ms=3 * DAY_MS,
        demand={
            "population": 120,
            "online_share": 0.8,
            "mailing_day": date(2021, 6, 1),
            "deadline_day": date(2021, 6, 4),
        },
        poll={"interval_ms": 6 * HOUR_MS},
        policy=replace(a_run_spec().policy, default=method),
        office={"examination_days": (("child_allowance", Distribution(mean=1.0, cv=0.5)),)},
        defects=DefectSpec(rate=0.35, found_by_format_check=0.4, rate_of_replies=0.7),
        corrections=CorrectionSpec(
            request_min=Distribution(mean=3.0, cv=0.5),
            p_reply=0.7,
            reply_delay_days=Distribution(mean=0.02, cv=0.5),
            deadline_ms=4 * DAY_MS,
            grace_ms=DAY_MS,
            max_requests=2,
        ),
        withdrawals=WithdrawalSpec(share=0.15, delay_days=Distribution(mean=1.5, cv=0.8)),
    )
