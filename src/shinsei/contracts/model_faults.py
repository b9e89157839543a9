"""The one table of model faults: what can go wrong in the simulated world, and how a run is told.

They have simulated times, belong to the run, are kept with it and appear in its plan. Some are control changes of a run
that is open; the others stand in the scenario from which it is made.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from shinsei.domain.errors import InvalidInputError
from shinsei.domain.run import ChangeKind, RunSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """How a fault begins and ends in an open run."""

    kind: ChangeKind
    unit: str
    """Of its value; empty: it has none."""
    usual: int
    after: Callable[[RunSpec], int] | None = None
    """Value of the change that ends it; None: its value is its length in minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFault:
    """One fault of the simulated world."""

    name: str
    hop: str
    """Where it strikes."""
    about: str
    """What happens; ``{value}`` stands for the value with its unit."""
    scenario: str
    """Where a scenario's file has it."""
    switch: Switch | None = None
    """None: it is set in the scenario alone."""

    @property
    def switchable(self) -> Switch:
        """How it is switched.

        Raises:
            InvalidInputError: it is set in the scenario alone.
        """
        if self.switch is None:
            raise InvalidInputError("fault", f"{self.name} is set in the scenario's file, by {self.scenario}")
        return self.switch

    def begins(self, value: int) -> Mapping[str, object]:
        """The change with which it begins."""
        return {"kind": self.switchable.kind, "value": value}

    def ends(self, spec: RunSpec) -> Mapping[str, object]:
        """The change with which it ends.

        Raises:
            InvalidInputError: it ends by itself.
        """
        after = self.switchable.after
        if after is None:
            raise InvalidInputError("fault", f"{self.name} ends by itself, after the minutes for which it was set")
        return {"kind": self.switchable.kind, "value": after(spec)}

    def told(self) -> str:
        """What happens, with its usual value."""
        switch = self.switch
        return self.about.format(value=f"{switch.usual:,} {switch.unit}".rstrip()) if switch else self.about


_TABLE: Final = (
    ModelFault(
        name="line-outage",
        hop="the LGWAN line between portal and municipality",
        about="every poll and push fails for {value} of simulated time",
        scenario="[[line.outages]]",
        switch=Switch(kind=ChangeKind.LINE, unit="min", usual=60),
    ),
    ModelFault(
        name="narrow-line",
        hop="the LGWAN line",
        about="{value} of its bandwidth are left",
        scenario="line.bandwidth_mbps",
        switch=Switch(kind=ChangeKind.NARROW_LINE, unit="%", usual=10, after=lambda _: 100),
    ),
    ModelFault(
        name="scanner-slow",
        hop="the virus check behind the line",
        about="a file takes {value} as long",
        scenario="line.scan",
        switch=Switch(kind=ChangeKind.SLOW_SCANNER, unit="times", usual=20, after=lambda _: 1),
    ),
    ModelFault(
        name="registry-feed-stopped",
        hop="the refreshes of the serial-number mapping",
        about="none comes, and new certificates are not found",
        scenario="registry.refresh_every",
        switch=Switch(kind=ChangeKind.REGISTRY_FEED, unit="", usual=0, after=lambda _: 1),
    ),
    ModelFault(
        name="robot-broken",
        hop="the robots of method 2",
        about="{value} are left, from the next robot run",
        scenario="methods.rpa.stops_per_h, [methods.rpa.ui_drift]",
        switch=Switch(
            kind=ChangeKind.ROBOTS, unit="robots", usual=0, after=lambda spec: spec.office.methods.rpa.robots
        ),
    ),
    ModelFault(
        name="core-offline",
        hop="the core systems",
        about="they fail for {value}, and every method that needs them stands still",
        scenario="[[office.core_offline]]",
        switch=Switch(kind=ChangeKind.CORE_OFFLINE, unit="min", usual=120),
    ),
    ModelFault(
        name="batch-file-aborted",
        hop="the import file of method 4",
        about="the next {value} are aborted and run again later, behind what is imported",
        scenario="methods.batch_import.p_abort_per_run",
        switch=Switch(kind=ChangeKind.BATCH_ABORTS, unit="imports", usual=2, after=lambda _: 0),
    ),
    ModelFault(
        name="batch-file-twice",
        hop="the import file of method 4",
        about="the next {value} are handed over twice",
        scenario="[methods.batch_import.handed_over_twice]",
        switch=Switch(kind=ChangeKind.BATCH_TWICE, unit="files", usual=2, after=lambda _: 0),
    ),
    ModelFault(
        name="batch-file-shifted",
        hop="the import file of method 4",
        about="its columns are shifted, and every record that it registers is wrong",
        scenario="[methods.batch_import.misaligned]",
    ),
    ModelFault(
        name="corrupt-payload",
        hop="attachments behind the line; by the scenario at the portal too",
        about="of {value} of the cases with files one is held back by the scanner and asked for again",
        scenario="[attachment_faults]",
        switch=Switch(kind=ChangeKind.CORRUPT_PAYLOAD, unit="%", usual=20, after=lambda _: 0),
    ),
    ModelFault(
        name="portal-outage",
        hop="the portal, as applicants meet it",
        about="filings fail and come back later, or never",
        scenario="[[demand.portal_outages]]",
    ),
)

MODEL_FAULTS: Final[Mapping[str, ModelFault]] = MappingProxyType({fault.name: fault for fault in _TABLE})
"""Every model fault, by its name."""
