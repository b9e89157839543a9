"""The same city under the rules from 2022, in virtual time: the line that puts a stress scenario in its place."""

from dataclasses import dataclass

from shinsei.domain.plan import run_all
from shinsei.domain.run import PolicyYear
from shinsei.scenario import Scenario
from shinsei.season.findings import Findings, findings
from shinsei.season.planned import planned
from shinsei.season.text import Text
from shinsei.season.words import short_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """What is said about the rules from 2022."""

    filers: int
    online: int
    line: Text


def today(scenario: Scenario) -> Today | None:
    """The comparison with the rules from 2022; None where the scenario asks for none or has them already."""
    if not scenario.report.post2022 or scenario.file.demand.policy_year is PolicyYear.POST2022:
        return None
    modern = scenario.under_rules(PolicyYear.POST2022)
    filers, online = modern.filers()
    line = Text(scenario.post2022_line("en"), scenario.post2022_line("ja"))
    season = findings(
        planned(run_all(modern.run_specs("post2022")), modern.end),
        procedures=modern.compared_procedures,
        costs=modern.costs,
        cutoff=modern.cutoff,
    )
    return Today(filers=filers, online=online, line=line + _consequence(season))


def _consequence(season: Findings) -> Text:
    """How little the method matters then, or how much."""
    through = [one for one in season.methods if one.cleared_at is not None]
    if len(through) < len(season.methods) or not through:
        return Text("", "")
    slowest = max(through, key=lambda one: one.cleared_at or 0)
    highest = max(one.backlog_peak for one in through)
    hours = [one.office.staff_hours for one in through]
    cases = f"{highest:,} case{'' if highest == 1 else 's'}"
    name, when = slowest.name, short_day(slowest.cleared_at or season.end)
    return Text(
        f" Worked out without services: no backlog above {cases}, every method through by {when.en} "
        f"({name.en} last), and {max(hours) - min(hours):,.0f} staff hours between the most and the least.",
        f"サービスを使わない計算では、滞留は最大{highest:,}件、最も遅い{name.ja}でも{when.ja}に解消し、"
        f"職員作業時間の差は最大{max(hours) - min(hours):,.0f}時間である。",
    )
