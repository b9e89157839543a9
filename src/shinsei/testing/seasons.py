"""The smallest version of every shipped season: the same demand and tables, few people, over in seconds."""

from collections.abc import Mapping
from types import MappingProxyType

SMALL: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "annual-status-report-2022": ("municipality.population=20000", "run.end=2022-07-15"),
        "child-allowance-reform-2024": ("municipality.population=2000",),
        "disaster-certificates": ("municipality.population=800", "run.end=2024-09-01"),
        "large-city-ward": ("municipality.population=1500", "run.end=2021-07-15"),
        "line-outage": ("municipality.population=1500", "run.end=2021-07-15", "run.cutoff=2021-07-14"),
        "long-term-care-renewals": ("municipality.population=10000", "run.end=2023-08-01"),
        "nursery-entry": ("municipality.population=15000", "run.end=2020-12-10", "run.cutoff=2020-12-09"),
        "portal-outage": ("municipality.population=1500", "run.end=2021-07-15"),
        "special-cash-payment-2020": ("municipality.population=5000", "run.end=2020-08-01"),
        "village-of-500": ("run.end=2021-07-15",),
    }
)
"""Overrides by the name of the scenario."""
