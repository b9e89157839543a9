"""What a linkage method costs, in yen, on one time basis: a year.

Capital spending is spread evenly over the horizon (five years by default), upkeep and licences are a year's,
and labour is what the season's books say, taken as the year's: the season happens once a year. So
``TCO = labour + capex / horizon + opex``. What every method needs (connection, registry modification,
application management) is in ``shared_cost`` and appears once beside the comparison, never in a method.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from shinsei.domain.linkage_method import LinkageMethod

LAST_SUBSIDISED_FISCAL_YEAR = 2022
"""The national half subsidy of the source document is for investments up to this fiscal year."""

NEEDS_MODIFICATION: Mapping[LinkageMethod, bool] = MappingProxyType(
    {
        LinkageMethod.TRANSCRIPTION: False,
        LinkageMethod.RPA: False,
        LinkageMethod.SCREEN_IMPORT: True,
        LinkageMethod.BATCH_IMPORT: True,
    }
)
"""Whether the core system must be modified (改修要否), from the source document; the baseline is not in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostSpec:
    """Prices; each with its mark in the scenario."""

    staff_hour_yen: float
    overtime_hour_yen: float
    horizon_years: float
    rpa_licence_yen: float
    """Per robot and year."""
    rpa_build_yen: float
    """Building the robot's scenario, once."""
    rpa_upkeep_yen: float
    """Repairing it after changes of the core screen, per year."""
    screen_import_modification_yen: float
    batch_import_modification_yen: float
    standard_api_modification_yen: float
    upkeep_share: float
    """Yearly upkeep of a modification as a share of its price."""
    connection_yen: float
    """Shared: linkage server and boundary firewall."""
    registry_modification_yen: float
    """Shared: the resident registry's serial-number mapping."""
    app_mgmt_yen: float
    """Shared: the application management system."""
    app_mgmt_upkeep_yen: float
    """Shared, per year."""
    subsidy: bool
    """Whether the half subsidy is counted; it needs an investment in its fiscal years too."""
    subsidy_share: float
    investment_fiscal_year: int
    temporary_hour_yen: float | None = None
    """Of a temporary clerk's presence, on duty or not; None: what he does is priced as everybody's work."""
    wrong_record_yen: float = 0.0
    """What an undetected wrong record costs at last; counted apart, never in a method's cost."""

    @property
    def subsidised_share(self) -> float:
        """Share of an investment that the state pays under these assumptions."""
        in_time = self.investment_fiscal_year <= LAST_SUBSIDISED_FISCAL_YEAR
        return self.subsidy_share if self.subsidy and in_time else 0.0

    def modification_yen(self, method: LinkageMethod) -> float:
        """Price of modifying the core system for a method; 0 where none is needed."""
        prices = {
            LinkageMethod.SCREEN_IMPORT: self.screen_import_modification_yen,
            LinkageMethod.BATCH_IMPORT: self.batch_import_modification_yen,
            LinkageMethod.STANDARD_API: self.standard_api_modification_yen,
        }
        return prices.get(method, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What an office's accounts say about a season."""

    staff_hours: float
    """In regular hours."""
    overtime_hours: float
    """Beside the regular hours."""
    robots: int = 0
    temporary_hours: float = 0.0
    """Presence of temporary clerks, at cases and on duty."""
    temporary_staff_hours: float = 0.0
    """The part of ``staff_hours`` that they did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostBreakdown:
    """A method's yearly cost in whole yen, without what all methods share."""

    method: LinkageMethod
    labour_yen: int
    temporary_yen: int
    """Temporary staff, where they have a price of their own."""
    overtime_yen: int
    licences_yen: int
    modification_yen: int
    """Core-system modification or robot building, net of a subsidy, per year of the horizon."""
    upkeep_yen: int

    @property
    def total_yen(self) -> int:
        """The sum of the lines."""
        people = self.labour_yen + self.temporary_yen + self.overtime_yen
        return people + self.licences_yen + self.modification_yen + self.upkeep_yen


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedCost:
    """What every method needs alike, per year; shown once."""

    connection_yen: int
    registry_modification_yen: int
    app_mgmt_yen: int
    upkeep_yen: int

    @property
    def total_yen(self) -> int:
        """The sum of the lines."""
        return self.connection_yen + self.registry_modification_yen + self.app_mgmt_yen + self.upkeep_yen


def cost(spec: CostSpec, method: LinkageMethod, books: Books) -> CostBreakdown:
    """A year's cost of one method: the season's labour, licences, spread investment and upkeep."""
    is_rpa = method is LinkageMethod.RPA
    modification = spec.modification_yen(method)
    # A robot's scenario is no modification of the core system, and the subsidy is for those.
    net = spec.rpa_build_yen if is_rpa else modification * (1.0 - spec.subsidised_share)
    # A temporary clerk is hired for weeks and paid for his presence; the division's people are paid by the case.
    is_hired = spec.temporary_hour_yen is not None
    own_hours = max(0.0, books.staff_hours - books.temporary_staff_hours) if is_hired else books.staff_hours
    return CostBreakdown(
        method=method,
        labour_yen=round(own_hours * spec.staff_hour_yen),
        temporary_yen=round(books.temporary_hours * (spec.temporary_hour_yen or 0.0)),
        overtime_yen=round(books.overtime_hours * spec.overtime_hour_yen),
        licences_yen=round(books.robots * spec.rpa_licence_yen) if is_rpa else 0,
        modification_yen=round(net / spec.horizon_years),
        upkeep_yen=round(spec.rpa_upkeep_yen if is_rpa else modification * spec.upkeep_share),
    )


def shared_cost(spec: CostSpec) -> SharedCost:
    """A year's cost of what every method needs, once."""
    factor = (1.0 - spec.subsidised_share) / spec.horizon_years
    return SharedCost(
        connection_yen=round(spec.connection_yen * factor),
        registry_modification_yen=round(spec.registry_modification_yen * factor),
        app_mgmt_yen=round(spec.app_mgmt_yen * factor),
        upkeep_yen=round(spec.app_mgmt_upkeep_yen),
    )
