"""What the catalogue says about a procedure.

The Ministry's document names the 31 procedures; whether a certificate is needed and what is attached is set
by each municipality in the portal's preset, so those columns are typical values, not rules.
"""

from dataclasses import dataclass
from enum import StrEnum


class Group(StrEnum):
    """The four groups of the source document."""

    CHILDCARE = "childcare"
    """子育て関係."""
    LONG_TERM_CARE = "long-term care"
    """介護関係."""
    DISASTER = "disaster"
    """被災者支援関係."""
    VEHICLE = "vehicle"
    """自動車保有関係."""


class Level(StrEnum):
    """Who receives the application."""

    MUNICIPAL = "municipal"
    """市区町村."""
    PREFECTURAL = "prefectural"
    """都道府県."""


class CoreSystem(StrEnum):
    """The core systems (基幹システム), one per business; the two prefectural ones end at a stub."""

    CHILD_ALLOWANCE = "child_allowance"
    """児童手当."""
    CHILDCARE_SUPPORT = "childcare_support"
    """子ども・子育て支援."""
    CHILD_REARING_ALLOWANCE = "child_rearing_allowance"
    """児童扶養手当."""
    HEALTH = "health"
    """健康管理(母子保健)."""
    LONG_TERM_CARE = "long_term_care"
    """介護保険."""
    DISASTER_VICTIMS = "disaster_victims"
    """被災者支援: outside the 20 standardised businesses."""
    VEHICLE_TAX = "vehicle_tax"
    """都道府県税, through the national one-stop service (OSS)."""
    PARKING_POLICE = "parking_police"
    """警察(自動車の保管場所証明), through the national one-stop service (OSS)."""


class Signature(StrEnum):
    """Whether the applicant signs with a My Number card (公的個人認証の署名)."""

    REQUIRED = "required"
    VARIES = "varies"
    """Each municipality decides; proxies of an applicant do not sign."""
    NONE = "none"


class MonthShape(StrEnum):
    """How a month's filings lie in the month."""

    EVEN = "even"
    EARLY = "early"
    """A wave from the first days on: notices of certificates that expire at a month's end go out together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonProfile:
    """A year's shape: relative weights of the months, January first, with a mean of 1."""

    key: str
    months: tuple[float, ...]
    shape: MonthShape = MonthShape.EVEN
    mark: str = "A"
    source: str = "which months: domain table, from memory; how much: assumption"

    def month_weight(self, month: int) -> float:
        """Weight of a month (1 to 12)."""
        return self.months[month - 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentProfile:
    """What is usually attached; factors on the scenario's attachment numbers."""

    documents: tuple[tuple[str, str], ...]
    """(English file stem, Japanese name) of the usual documents; empty: nothing is attached."""
    p_factor: float = 1.0
    files_factor: float = 1.0
    mb_factor: float = 1.0
    mark: str = "A"


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """A procedure (手続) of the source document."""

    number: int
    """1 to 31, in the order of the source document."""
    key: str
    """Name in scenario files."""
    name_ja: str
    """The source document's full wording."""
    short_ja: str
    """The everyday name."""
    name_en: str
    group: Group
    level: Level
    core_system: CoreSystem
    signature: Signature
    attachments: AttachmentProfile
    season: SeasonProfile
    volume_per_100k: float
    """Filings per 100,000 people and year, all channels."""
    volume_mark: str
    volume_source: str
