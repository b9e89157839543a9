"""The form of a row of the catalogue's table."""

from shinsei.domain.catalogue.model import (
    AttachmentProfile,
    CoreSystem,
    Group,
    Level,
    Procedure,
    SeasonProfile,
    Signature,
)

ASSUMED = ("A", "typical value, nobody published it")
"""Mark and source of a volume that is nothing but an assumption."""


def row(
    names: tuple[int, str, str, str, str],
    place: tuple[Group, Level, CoreSystem, Signature],
    profiles: tuple[AttachmentProfile, SeasonProfile],
    volume: tuple[float, str, str],
) -> Procedure:
    """A procedure from its names, its place, its profiles and its volume with mark and source."""
    number, key, name_ja, short_ja, name_en = names
    group, level, core_system, signature = place
    attachments, season = profiles
    volume_per_100k, volume_mark, volume_source = volume
    return Procedure(
        number=number,
        key=key,
        name_ja=name_ja,
        short_ja=short_ja,
        name_en=name_en,
        group=group,
        level=level,
        core_system=core_system,
        signature=signature,
        attachments=attachments,
        season=season,
        volume_per_100k=volume_per_100k,
        volume_mark=volume_mark,
        volume_source=volume_source,
    )
