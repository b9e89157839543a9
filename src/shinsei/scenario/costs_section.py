"""The table of prices."""

from shinsei.domain.costs import CostSpec
from shinsei.scenario.quantities import Amount, PositiveAmount, PositiveCount, Section, Share


class CostsSection(Section):
    """Prices in yen."""

    staff_hour_yen: Amount
    overtime_hour_yen: Amount
    horizon_years: PositiveAmount
    rpa_licence_yen: Amount
    rpa_build_yen: Amount
    rpa_upkeep_yen: Amount
    screen_import_modification_yen: Amount
    batch_import_modification_yen: Amount
    standard_api_modification_yen: Amount
    upkeep_share: Share
    connection_yen: Amount
    registry_modification_yen: Amount
    app_mgmt_yen: Amount
    app_mgmt_upkeep_yen: Amount
    subsidy: bool
    subsidy_share: Share
    investment_fiscal_year: PositiveCount
    temporary_hour_yen: Amount | None = None
    wrong_record_yen: Amount = 0.0

    def spec(self) -> CostSpec:
        """The domain's value."""
        return CostSpec(**self.model_dump())
