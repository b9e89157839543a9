"""The section on incidents: what happened, when, when it was found and put right, and what it cost."""

from collections.abc import Sequence

from shinsei.domain.linkage.activity import Activity
from shinsei.domain.office.report import IncidentReport
from shinsei.domain.simtime import HOUR_MS, SimTime
from shinsei.season.findings import Findings, MethodFindings
from shinsei.season.report.markup import paragraph, section, table
from shinsei.season.text import Text, both, html
from shinsei.season.words import INCIDENT_NAMES, clock, short_day, yen

_SHOWN = 12
"""Rows of one method; the rest is summed in one row, as a season of small files can have a hundred."""
_HEAD = (
    Text("method", "方式"),
    Text("incident", "事故"),
    Text("began", "発生"),
    Text("found", "発覚"),
    Text("hours until found", "発覚まで(時間)"),
    Text("put right", "訂正完了"),
    Text("cases", "件数"),
    Text("case-hours exposed", "露出(件・時間)"),
    Text("paid twice", "二重払い"),
)
_NEVER = Text("not by the end", "終了時まで未判明")
_OPEN = Text("—", "—")


def incidents(season: Findings) -> str:
    """One row an incident, the largest first; nothing where none happened."""
    struck = [one for one in season.methods if one.office.incidents]
    if not struck:
        return ""
    rows = [row for one in struck for row in _rows(one)]
    about = Text(
        "Exposed: hours from the moment at which a case was struck until the incident was found, over its cases. "
        "What nobody finds is in no row; its price stands in the comparison.",
        "露出:各件が影響を受けてから発覚するまでの時間の合計。誰も気付かない誤りはこの表になく、損失は比較表にある。",
    )
    mending = [_mending(one) for one in struck if one.office.hours.get(Activity.ROLLBACK.value)]
    return section(
        "incidents",
        Text("Incidents", "事故"),
        table([html(cell) for cell in _HEAD], rows, "small"),
        *(paragraph(told) for told in mending),
        paragraph(about, "note"),
    )


def _rows(one: MethodFindings) -> list[Sequence[Text]]:
    ordered = sorted(one.office.incidents, key=lambda incident: (-incident.records, incident.began_at))
    rows = [_row(one, incident) for incident in ordered[:_SHOWN]]
    rest = ordered[_SHOWN:]
    if rest:
        label = Text(f"{len(rest)} smaller ones", f"ほか{len(rest)}件の事故")
        cases = f"{sum(incident.records for incident in rest):,}"
        exposed = f"{sum(incident.exposure_h for incident in rest):,.0f}"
        paid = yen(sum(incident.yen for incident in rest))
        rows.append((one.name, label, _OPEN, _OPEN, _OPEN, _OPEN, both(cases), both(exposed), paid))
    return rows


def _row(one: MethodFindings, incident: IncidentReport) -> Sequence[Text]:
    found = incident.found_at
    return (
        one.name,
        _kind(incident),
        _moment(incident.began_at),
        _NEVER if found is None else _moment(found),
        _OPEN if found is None else both(f"{(found - incident.began_at) / HOUR_MS:,.0f}"),
        _OPEN if incident.settled_at is None else _moment(incident.settled_at),
        both(f"{incident.records:,}"),
        both(f"{incident.exposure_h:,.0f}"),
        yen(incident.yen) if incident.yen else _OPEN,
    )


def _kind(incident: IncidentReport) -> Text:
    """The name as a cell has it: in a sentence some of them end with a comma."""
    name = INCIDENT_NAMES[incident.kind]
    return Text(name.en.rstrip(","), name.ja)


def _moment(at: SimTime) -> Text:
    return short_day(at) + both(f" {clock(at)}")


def _mending(one: MethodFindings) -> Text:
    hours = one.office.hours[Activity.ROLLBACK.value]
    return one.name + Text(
        f": {hours:,.1f} clerks' hours to put wrong records right.", f":誤った記録の訂正に{hours:,.1f}時間。"
    )
