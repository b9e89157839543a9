"""The table of prices."""

from shinsei.domain.costs import CostSpec
from shinsei.scenario.quantities import PositiveCount, Section, Share, Years, Yen


class CostsSection(Section):
    """Prices in yen."""

    staff_hour_yen: Yen
    overtime_hour_yen: Yen
    horizon_years: Years
    rpa_licence_yen: Yen
    rpa_build_yen: Yen
    rpa_upkeep_yen: Yen
    screen_import_modification_yen: Yen
    batch_import_modification_yen: Yen
    standard_api_modification_yen: Yen
    upkeep_share: Share
    connection_yen: Yen
    registry_modification_yen: Yen
    app_mgmt_yen: Yen
    app_mgmt_upkeep_yen: Yen
    subsidy: bool
    subsidy_share: Share
    investment_fiscal_year: PositiveCount
    temporary_hour_yen: Yen | None = None
    wrong_record_yen: Yen = 0.0

    def spec(self) -> CostSpec:
        """The domain's value."""
        return CostSpec(**self.model_dump())
