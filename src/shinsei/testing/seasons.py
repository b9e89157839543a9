"""The smallest version of every shipped season: the same demand and tables, few people, over in seconds."""

from collections.abc import Mapping
from types import MappingProxyType

_FEW_ROUND_TRIPS = "run.lookahead=3 d"
"""A live season takes one a lookahead; who reacts to a status waits longer, which few do here."""

SMALL: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "annual-status-report-2022": ("municipality.population=20000", "run.end=2022-07-15", _FEW_ROUND_TRIPS),
        "child-allowance-reform-2024": ("municipality.population=2000", "run.lookahead=20 d", "poll.interval=1 h"),
        "child-allowance-status-report": ("municipality.population=1500", "run.end=2021-07-15", _FEW_ROUND_TRIPS),
        "core-system-disturbances": ("municipality.population=1500", "run.end=2021-07-15", _FEW_ROUND_TRIPS),
        "corrections": ("municipality.population=3000", "run.end=2021-07-31", _FEW_ROUND_TRIPS),
        "disaster-certificates": ("municipality.population=800", "run.end=2024-09-01", _FEW_ROUND_TRIPS),
        "incident-cap-unnoticed": (_FEW_ROUND_TRIPS,),
        "incident-connection-cap": ("municipality.population=10000", "run.end=2021-07-15", _FEW_ROUND_TRIPS),
        "incident-file-twice": ("municipality.population=4000", _FEW_ROUND_TRIPS),
        "incident-found-late": ("municipality.population=4000", _FEW_ROUND_TRIPS),
        "incident-login-trouble": ("municipality.population=10000", "run.end=2021-07-15", _FEW_ROUND_TRIPS),
        "incident-rule-overlooked": (_FEW_ROUND_TRIPS,),
        "incident-shifted-rows": ("municipality.population=4000", _FEW_ROUND_TRIPS),
        "incident-upstream-line": ("municipality.population=4500", _FEW_ROUND_TRIPS),
        "large-city": ("municipality.population=6000", "run.end=2021-07-15", _FEW_ROUND_TRIPS),
        "large-city-ward": ("municipality.population=1500", "run.end=2021-07-15", _FEW_ROUND_TRIPS),
        "line-outage": (
            "municipality.population=1500",
            "run.end=2021-07-15",
            "run.cutoff=2021-07-14",
            _FEW_ROUND_TRIPS,
        ),
        "line-outage-past-retention": (
            "municipality.population=1500",
            "run.end=2021-07-15",
            "run.cutoff=2021-07-14",
            _FEW_ROUND_TRIPS,
        ),
        "long-term-care-renewals": ("municipality.population=10000", "run.end=2023-08-01", "run.lookahead=7 d"),
        "nationwide": (
            "rank_size.every=300",
            "demand.recipients_share=0.0005",
            "demand.background_scale=0",
            "poll.interval=1 h",
            "run.end=2021-07-15",
            "run.cutoff=2021-07-14",
            _FEW_ROUND_TRIPS,
        ),
        "nursery-entry": (
            "municipality.population=15000",
            "run.end=2020-12-10",
            "run.cutoff=2020-12-09",
            _FEW_ROUND_TRIPS,
        ),
        "portal-outage": ("municipality.population=1500", "run.end=2021-07-15", _FEW_ROUND_TRIPS),
        "special-cash-payment-2020": (
            "municipality.population=20000",
            "run.end=2020-08-01",
            "run.lookahead=10 d",
            "poll.interval=6 h",
        ),
        "village-of-500": ("run.end=2021-07-15", _FEW_ROUND_TRIPS),
    }
)
"""Overrides by the name of the scenario."""

SMALL_YEAR: tuple[str, ...] = (
    "municipality.population=15000",
    "prefecture.population=15000",
    "run.lookahead=45 d",
    "poll.interval=1 d",
)
"""``all-procedures``, in which nothing is compared: a whole year, city and prefecture, all procedures that come."""
