"""Doubles (二重申請): the same person files the same once more, online or on paper, some time after the first.

In 2020 single persons filed more than ten times in bad cases (kintoneapp, on Kakogawa). A double has a case id
and a receipt number of its own, which is why the same submission id does not help against it; the person, the
certificate and the attachments are those of the original.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from shinsei.domain.business_calendar import BusinessCalendar
from shinsei.domain.draws import draw
from shinsei.domain.run import Filing, RunSpec, double_of
from shinsei.domain.simtime import DAY_MS, MINUTE_MS, SimTime, day_number


def doubles(spec: RunSpec, originals: Iterable[Filing]) -> Iterator[Filing]:
    """The doubles of the online filings that have one; those that would come behind the run's end are left out."""
    if not spec.doubles.p_online + spec.doubles.p_paper:
        return
    calendar = BusinessCalendar(spec.calendar)
    for original in originals:
        if original.online:
            double = _double(spec, calendar, original)
            if double is not None and double.at < spec.end:
                yield double


def is_sent_again(spec: RunSpec, filing: Filing) -> bool:
    """Whether an impatient applicant sends this very application a second time; the portal knows it by its id."""
    return draw(spec.seed, filing.case_id, "resend") < spec.doubles.p_resend


def _double(spec: RunSpec, calendar: BusinessCalendar, original: Filing) -> Filing | None:
    u = draw(spec.seed, original.case_id, "double")
    if u >= spec.doubles.p_online + spec.doubles.p_paper:
        return None
    days = spec.doubles.delay_days.sample(draw(spec.seed, original.case_id, "double-delay"))
    at = SimTime(original.at + max(MINUTE_MS, round(days * DAY_MS)))
    name = double_of(original.case_id)
    if u < spec.doubles.p_online:
        return replace(original, case_id=name, at=at, original=original)
    hours = calendar.hours(calendar.open_day_from(day_number(at) + 1))
    assert hours is not None, "an open day has hours"
    opens, closes = hours
    at = SimTime(opens + int(draw(spec.seed, original.case_id, "double-moment") * (closes - opens)))
    return replace(original, case_id=name, at=at, online=False, signed=False, attachments=(), original=original)
