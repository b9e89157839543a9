"""Many municipalities in one season: those of a group together as one column, and each of them as a row."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace

from shinsei.domain.costs import CostBreakdown
from shinsei.domain.demand import Refusals
from shinsei.scenario import MunicipalityGroup
from shinsei.season.books import OfficeDay, OfficeFigures
from shinsei.season.doubled import doubles_together
from shinsei.season.outcome import Ledger, TwinOutcome
from shinsei.season.text import Text
from shinsei.season.words import METHOD_NAMES


def name_of(group: MunicipalityGroup) -> Text:
    """What a group is called before people: its name, and its method where the class has several."""
    if group.size_class is None:
        return Text(group.name, group.name_ja)
    method = METHOD_NAMES[group.method]
    return Text(f"{group.name}: {method.en}", f"{group.name_ja}・{method.ja}")


def members_of(group: MunicipalityGroup, twins: Sequence[TwinOutcome]) -> list[TwinOutcome]:
    """The outcomes of a group's municipalities."""
    codes = {one.code for one in group.members}
    return [twin for twin in twins if twin.spec.municipality in codes]


def together(twins: Sequence[TwinOutcome]) -> TwinOutcome:
    """All cases and all offices of some municipalities as one; the run is that of the first."""
    first = twins[0]
    return replace(
        first,
        cases=tuple(case for twin in twins for case in twin.cases),
        office=_offices([twin.office for twin in twins]),
        changes=tuple(change for twin in twins for change in twin.changes),
        late=sum(twin.late for twin in twins),
    )


def ledger_together(ledgers: Iterable[Ledger]) -> Ledger:
    """The sum of the ledgers."""
    return sum(ledgers, Ledger())


def costs_together(costs: Sequence[CostBreakdown]) -> CostBreakdown:
    """The sum of the costs: each municipality pays for its own robots and modifications."""
    amounts = [field.name for field in fields(CostBreakdown) if field.name != "method"]
    return replace(costs[0], **{name: sum(getattr(one, name) for one in costs) for name in amounts})


def refusals_together(each: Sequence[Refusals]) -> Refusals:
    """The sum of what the portals' form check refused."""
    names = [field.name for field in fields(Refusals)]
    return Refusals(**{name: sum(getattr(one, name) for one in each) for name in names})


def _offices(offices: Sequence[OfficeFigures]) -> OfficeFigures:
    hours: Counter[str] = Counter()
    for office in offices:
        hours.update(office.hours)
    limits = [one for one in offices if one.first_saturated_on is not None]
    first = min(limits, key=lambda one: str(one.first_saturated_on), default=offices[0])
    summed = (
        "overtime_hours",
        "overtime_work_hours",
        "duty_hours",
        "temporary_hours",
        "temporary_duty_hours",
        "temporary_staff_hours",
        "robot_hours",
        "robots",
        "paper_cases",
        "paper_registered",
        "undetected_errors",
        "moved_out",
    )
    return replace(
        first,
        hours={name: hours[name] for name in offices[0].hours},
        doubles=doubles_together([one.doubles for one in offices]),
        days=_days(offices),
        incidents=tuple(incident for one in offices for incident in one.incidents),
        **{name: sum(getattr(one, name) for one in offices) for name in summed},
    )


def _days(offices: Sequence[OfficeFigures]) -> tuple[OfficeDay, ...]:
    days: dict[int, OfficeDay] = {}
    for page in (page for office in offices for page in office.days):
        before = days.get(page.day)
        days[page.day] = page if before is None else _day(before, page)
    return tuple(days[day] for day in sorted(days))


def _day(before: OfficeDay, page: OfficeDay) -> OfficeDay:
    amounts = [field.name for field in fields(OfficeDay) if field.name != "day"]
    return replace(before, **{name: getattr(before, name) + getattr(page, name) for name in amounts})
