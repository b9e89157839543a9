"""The tables of a scenario with many municipalities: groups of them that are alike, instead of twin cities."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.municipality import with_check_digit
from shinsei.scenario.quantities import Method, PositiveCount, ProcedureNumber, Section, Share, Workforce

_SHARE_TOLERANCE = 1e-6
SEEDS_APART = 1_000_003
"""Between the seeds of neighbours, so that two seeds of a scenario do not share a municipality's."""
_DIGITS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Municipality:
    """One municipality of a group."""

    code: str
    population: int
    seed: int
    """Of its own: neighbours do not get the same filers."""
    clerks: int
    login_seats: int | None = None
    """None: as in the table [office]."""
    robots: int | None = None
    """None: as in the table [methods.rpa]."""
    productive_share: float | None = None
    """None: as in the table [office]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MunicipalityGroup:
    """Municipalities that are alike in size, staff and method; of a size class alike in method."""

    name: str
    name_ja: str
    method: LinkageMethod
    size_class: int | None = None
    """Place of the class that they belong to; None for municipalities that are alike."""
    by_procedure: Mapping[int, LinkageMethod] = field(default_factory=dict)
    """Methods of single procedures, instead of ``method`` and of the table [policy]."""
    members: tuple[Municipality, ...]

    @property
    def clerks(self) -> int:
        """Of each; on average in a size class."""
        return round(sum(one.clerks for one in self.members) / len(self.members))

    @property
    def population(self) -> int:
        """Of each; on average in a size class."""
        return round(sum(one.population for one in self.members) / len(self.members))


class GroupSection(Section):
    """Municipalities that are alike: one of the tables [[municipalities]]."""

    name: str
    name_ja: str
    count: Annotated[int, Field(strict=True, ge=1, le=200)]
    share: Share
    """Of the people, all municipalities of the group together."""
    method: Method
    """Of the season's procedures."""
    clerks: Workforce
    """Of each municipality."""
    login_seats: PositiveCount | None = None
    robots: Workforce | None = None
    by_procedure: dict[ProcedureNumber, Method] = Field(default_factory=dict)
    """Where a procedure takes another method than ``method`` or the table [policy] say."""


def check_groups(groups: tuple[GroupSection, ...]) -> None:
    """Whether the groups hold all people.

    Raises:
        ValueError: they do not, or two have the same name.
    """
    total = sum(group.share for group in groups)
    if groups and abs(total - 1.0) > _SHARE_TOLERANCE:
        message = f"the shares of the municipalities must sum to 1, not {total:g}"
        raise ValueError(message)
    if len({group.name for group in groups}) < len(groups):
        message = "two of the municipalities have the same name"
        raise ValueError(message)


def municipality_groups(
    sections: tuple[GroupSection, ...], *, code: str, population: int, seed: int
) -> tuple[MunicipalityGroup, ...]:
    """The groups with their municipalities: codes from ``code`` on, and a seed for each."""
    groups, place = [], 0
    for section in sections:
        people = max(1, round(population * section.share / section.count))
        members = tuple(
            Municipality(
                code=with_check_digit(f"{int(code[:_DIGITS]) + n:05d}"),
                population=people,
                seed=seed + n * SEEDS_APART,
                clerks=section.clerks,
                login_seats=section.login_seats,
                robots=section.robots,
            )
            for n in range(place, place + section.count)
        )
        place += section.count
        groups.append(
            MunicipalityGroup(
                name=section.name,
                name_ja=section.name_ja,
                method=section.method,
                by_procedure=section.by_procedure,
                members=members,
            )
        )
    return tuple(groups)
