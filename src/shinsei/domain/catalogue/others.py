"""Procedure 27, the disaster damage certificate (被災者支援関係), and 28 to 31, vehicles (自動車保有関係)."""

from shinsei.domain.catalogue import seasons
from shinsei.domain.catalogue.model import CoreSystem, Group, Level, Procedure, Signature
from shinsei.domain.catalogue.row import row

_BURST = ("A", "only where a scenario says so; 20 to 30 % of the households in 30 days in a town that is hit")
_PREFECTURE = ("A", "order of magnitude only, per 100,000 people of a prefecture")

_DISASTER = (Group.DISASTER, Level.MUNICIPAL, CoreSystem.DISASTER_VICTIMS, Signature.VARIES)
_VEHICLE_TAX = (Group.VEHICLE, Level.PREFECTURAL, CoreSystem.VEHICLE_TAX, Signature.VARIES)
_PARKING = (Group.VEHICLE, Level.PREFECTURAL, CoreSystem.PARKING_POLICE, Signature.VARIES)

DISASTER_AND_VEHICLE: tuple[Procedure, ...] = (
    row(
        (27, "disaster_certificate", "罹災証明書の発行申請", "罹災証明書", "Disaster damage certificate"),
        _DISASTER,
        (seasons.PHOTOS, seasons.BURST),
        (0, *_BURST),
    ),
    row(
        (
            28,
            "vehicle_environment_tax",
            "自動車税環境性能割の申告納付",
            "自動車税環境性能割",
            "Vehicle environmental performance tax return",
        ),
        _VEHICLE_TAX,
        (seasons.NO_ATTACHMENT, seasons.MARCH),
        (4_000, *_PREFECTURE),
    ),
    row(
        (
            29,
            "vehicle_tax_declaration",
            "自動車税の賦課徴収に関する事項の申告又は報告",
            "自動車税 申告・報告",
            "Vehicle tax assessment declaration",
        ),
        _VEHICLE_TAX,
        (seasons.NO_ATTACHMENT, seasons.MARCH),
        (4_000, *_PREFECTURE),
    ),
    row(
        (
            30,
            "vehicle_tax_address_change",
            "自動車税住所変更届",
            "自動車税 住所変更届",
            "Vehicle tax change of address",
        ),
        _VEHICLE_TAX,
        (seasons.NO_ATTACHMENT, seasons.MARCH),
        (500, *_PREFECTURE),
    ),
    row(
        (31, "parking_space_certificate", "自動車の保管場所証明の申請", "車庫証明", "Parking-space certificate"),
        _PARKING,
        (seasons.NO_ATTACHMENT, seasons.MARCH),
        (5_000, *_PREFECTURE),
    ),
)
"""The 1 of disaster relief and the 4 of vehicles."""
