"""The table of a scenario with very many municipalities: size classes with their rules instead of alike groups."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Self

from pydantic import model_validator

from shinsei.domain.linkage_method import COMPARED_METHODS, LinkageMethod
from shinsei.domain.municipality import is_prefecture, with_check_digit
from shinsei.scenario.municipalities_section import SEEDS_APART, Municipality, MunicipalityGroup
from shinsei.scenario.quantities import Count, Method, Population, PositiveAmount, PositiveCount, Section, Share
from shinsei.scenario.rank_size import sizes

_SHARE_TOLERANCE = 1e-6
_DIGITS = 5


class SizeClassSection(Section):
    """Municipalities from a size on: one of the tables [[rank_size.classes]], the largest first."""

    name: str
    name_ja: str
    count: PositiveCount
    from_people: Count = 0
    """Size of the smallest; of the last class that is ``rank_size.smallest``."""
    methods: dict[Method, Share]
    """Shares of its municipalities that have a method for the season's procedures."""
    people_per_clerk: PositiveAmount
    """At least one clerk each."""
    logins_per_clerk: PositiveAmount = 1.5
    """At least two each."""
    people_per_robot: PositiveAmount = 200_000.0
    """At least one each where there are robots."""
    productive_share: Share | None = None
    """None: as in the table [office]."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        total = sum(self.methods.values())
        if abs(total - 1.0) > _SHARE_TOLERANCE:
            message = f"the shares of the methods must sum to 1, not {total:g}"
            raise ValueError(message)
        return self


class RankSizeSection(Section):
    """Sizes along a rank-size curve (``rank_size``); all people are ``municipality.population``."""

    largest: Population
    smallest: Population
    every: PositiveCount = 1
    """1: all municipalities; 10: every tenth by size, for a quick look or a live season."""
    classes: tuple[SizeClassSection, ...]

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.classes:
            message = "classes is empty; give at least one size class"
            raise ValueError(message)
        bounds = [self.largest, *(one.from_people for one in self.classes[:-1]), self.smallest]
        if any(upper <= lower for upper, lower in pairwise(bounds)) or self.classes[-1].from_people > self.smallest:
            message = "sizes must fall from largest over the from_people of each class to smallest"
            raise ValueError(message)
        if len({one.name for one in self.classes}) < len(self.classes):
            message = "two of the classes have the same name"
            raise ValueError(message)
        return self

    def populations(self, total: int) -> tuple[int, ...]:
        """People by rank, all municipalities.

        Raises:
            UnreachableTotalError: the classes cannot hold so many people.
        """
        classes = tuple((one.count, one.from_people) for one in self.classes)
        return sizes(self.largest, self.smallest, classes, total)

    def groups(self, *, code: str, population: int, seed: int) -> tuple[MunicipalityGroup, ...]:
        """A group for each method of each class; code and seed of a municipality go by its rank alone."""
        people, codes = self.populations(population), _codes(code, sum(one.count for one in self.classes))
        first, found = 0, []
        for place, section in enumerate(self.classes):
            ranks = [rank for rank in range(first, first + section.count) if rank % self.every == self.every // 2]
            first += section.count
            members: dict[LinkageMethod, list[Municipality]] = {}
            for rank, method in zip(ranks, spread(section.methods, len(ranks)), strict=True):
                one = _member(section, people[rank], codes[rank], seed + rank * SEEDS_APART)
                members.setdefault(method, []).append(one)
            found += [
                _group(section, place, method, members[method]) for method in COMPARED_METHODS if method in members
            ]
        return tuple(found)


def spread(shares: Mapping[LinkageMethod, float], count: int) -> Sequence[LinkageMethod]:
    """Methods by rank within a class: each time the one furthest behind its share, so that all sizes get all."""
    given = dict.fromkeys((method for method in COMPARED_METHODS if shares.get(method)), 0)
    found = []
    for n in range(1, count + 1):
        method = max(given, key=lambda one: shares[one] * n - given[one])
        given[method] += 1
        found.append(method)
    return found


def _member(section: SizeClassSection, people: int, code: str, seed: int) -> Municipality:
    clerks = max(1, round(people / section.people_per_clerk))
    return Municipality(
        code=code,
        population=people,
        seed=seed,
        clerks=clerks,
        login_seats=max(2, round(clerks * section.logins_per_clerk)),
        robots=max(1, round(people / section.people_per_robot)),
        productive_share=section.productive_share,
    )


def _group(
    section: SizeClassSection, place: int, method: LinkageMethod, members: Sequence[Municipality]
) -> MunicipalityGroup:
    return MunicipalityGroup(
        name=section.name,
        name_ja=section.name_ja,
        method=method,
        size_class=place,
        members=tuple(members),
    )


def _codes(first: str, count: int) -> list[str]:
    """Codes from ``first`` on; those of prefectures are passed over."""
    found: list[str] = []
    number = int(first[:_DIGITS])
    while len(found) < count:
        code = with_check_digit(f"{number:05d}")
        if not is_prefecture(code):
            found.append(code)
        number += 1
    return found
