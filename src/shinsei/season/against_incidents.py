"""What is different about an incident: when it was found, and for how long its cases stood wrong until then."""

from collections.abc import Iterator, Sequence

from shinsei.domain.office.report import IncidentReport
from shinsei.domain.simtime import DAY_MS
from shinsei.season.figures import MethodFindings
from shinsei.season.text import Text
from shinsei.season.words import INCIDENT_NAMES


def incidents_against(name: Text, pairs: Sequence[tuple[MethodFindings, MethodFindings]]) -> list[Text]:
    """A clause for each incident that both seasons have; ``name`` is how the other season is called."""
    found = [clause for before, one in pairs for clause in _clauses(before, one)]
    if not found:
        return []
    return [
        Text(
            f"against {name.en}, " + "; ".join(one.en for one in found),
            f"{name.ja}に比べ、" + "。".join(one.ja for one in found),
        )
    ]


def _clauses(before: MethodFindings, one: MethodFindings) -> Iterator[Text]:
    for old, new in zip(before.office.incidents, one.office.incidents, strict=False):
        if old.kind is new.kind:
            what, then, now = INCIDENT_NAMES[new.kind], _found(old), _found(new)
            yield Text(
                f"{what.en} under {one.name.en} is found {now.en}, against {then.en}, and its cases stand wrong until "
                f"then for {new.exposure_h:,.0f} case-hours, against {old.exposure_h:,.0f}",
                f"{one.name.ja}での{what.ja}の判明は{then.ja}から{now.ja}に変わり、誤ったまま置かれる延べ時間は"
                f"{old.exposure_h:,.0f}件・時間から{new.exposure_h:,.0f}件・時間になります",
            )


def _found(incident: IncidentReport) -> Text:
    if incident.found_at is None:
        return Text("by nobody until the end", "終了時まで未判明")
    days = (incident.found_at - incident.began_at) / DAY_MS
    return Text(f"after {days:,.1f} days", f"{days:,.1f}日後")
