"""Writes the folder of one season: summary, report, series, scenario, changes, environment."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from shinsei.domain.catalogue import procedure
from shinsei.domain.flows import COVERED, Flow, flows
from shinsei.domain.run import Change, ChangeKind
from shinsei.domain.simtime import isoformat
from shinsei.scenario import Scenario
from shinsei.season.against import against
from shinsei.season.findings import Findings, findings
from shinsei.season.outcome import SeasonOutcome
from shinsei.season.outlook import Outlook, outlook_content
from shinsei.season.planned import plan_season
from shinsei.season.report.context import Assumption, ReportContext
from shinsei.season.report.page import report_html
from shinsei.season.results import CHANGES, ENVIRONMENT, REPORT, SCENARIO, SERIES, SUMMARY, Results, as_json
from shinsei.season.series import series_csv
from shinsei.season.summary import summary
from shinsei.season.text import Text
from shinsei.season.today import Today, today
from shinsei.season.trace_file import TRACE, trace_bytes
from shinsei.season.verdict import verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonResult:
    """A season and what was written about it."""

    findings: Findings
    answer: Text
    summary: Mapping[str, Any]
    folder: Path
    outlook: Outlook | None = None


def write_results(
    results: Results,
    scenario: Scenario,
    outcome: SeasonOutcome,
    *,
    environment: Mapping[str, Any],
    command: str,
    wall_s: float,
    outlook: Outlook | None = None,
) -> SeasonResult:
    """Writes every file of a season and points ``latest`` to it."""
    season = findings(
        outcome,
        procedures=scenario.compared_procedures,
        costs=scenario.costs,
        cutoff=scenario.cutoff,
        answers=scenario.report.answers,
        groups=scenario.groups,
    )
    answer = verdict(season, against(scenario, plan_season))
    modern = today(scenario)
    content = summary(season, answer=answer, wall_s=wall_s, environment=dict(environment))
    content["post2022"] = modern and {"filers": modern.filers, "online": modern.online, **asdict(modern.line)}
    changes = {twin.spec.municipality: twin.changes for twin in outcome.twins}
    content["outlook"] = outlook_content(outlook)
    context = report_context(
        scenario, answer, environment=environment, command=command, wall_s=wall_s, changes=_told(changes), modern=modern
    )
    context = replace(context, outlook=outlook)
    run = outcome.run_id
    results.write(run, SCENARIO, scenario.record())
    results.write(run, CHANGES, changes_toml(changes))
    results.write(run, ENVIRONMENT, as_json(dict(environment)))
    results.write(run, SERIES, series_csv(season))
    results.write(run, TRACE, trace_bytes(line for twin in outcome.twins for line in twin.lines))
    results.write(run, REPORT, report_html(season, context))
    results.write(run, SUMMARY, as_json(content))
    results.point_latest(run)
    return SeasonResult(findings=season, answer=answer, summary=content, folder=results.folder(run), outlook=outlook)


def report_context(
    scenario: Scenario,
    answer: Text,
    *,
    environment: Mapping[str, Any],
    command: str,
    wall_s: float,
    changes: Sequence[Text] = (),
    modern: Today | None = None,
) -> ReportContext:
    """What the report says beside the figures."""
    texts, city = scenario.report, scenario.file.municipality
    return ReportContext(
        title=Text(texts.title, texts.title_ja),
        question=Text(texts.question, texts.question_ja),
        statement=Text(texts.statement, texts.statement_ja),
        post2022=modern.line if modern else Text("", ""),
        city=Text(city.name, city.name_ja),
        clerks=sum(one.clerks for group in scenario.groups for one in group.members) or scenario.file.office.clerks,
        answer=answer,
        assumptions=[
            Assumption(path=one.path, value=one.value, unit=one.unit, mark=one.mark, source=one.source)
            for one in scenario.parameters
        ],
        changes=changes,
        flows=_flows(scenario),
        environment=environment,
        command=command,
        wall_s=wall_s,
    )


def _flows(scenario: Scenario) -> list[tuple[Flow, ...]]:
    """Those of the procedures under comparison that the source's appendix covers."""
    run = scenario.run_specs(scenario.name)[0]
    compared = [procedure(number) for number in scenario.compared_procedures]
    return [flows(run, item, scenario.counter_times) for item in compared if item.group in COVERED]


def changes_toml(changes: Mapping[str, Sequence[Change]]) -> str:
    """Every control change with its effective time: scenario, seed and this file give the trace again."""
    lines = ["# Control changes of this run by effective simulated time; scenario + seed + changes give the trace."]
    for municipality, made in changes.items():
        for change in made:
            lines += [
                "",
                "[[change]]",
                f'municipality = "{municipality}"',
                f"at = {isoformat(change.at)}  # {change.at} ms",
                f"at_ms = {change.at}",
                f'kind = "{change.kind}"',
                f"n = {change.n}",
                f"value = {change.value}",
            ]
            if change.procedure:
                lines.append(f"procedure = {change.procedure}")
            if change.method is not None:
                lines.append(f'method = "{change.method}"')
    return "\n".join(lines) + "\n"


def _told(changes: Mapping[str, Sequence[Change]]) -> list[Text]:
    return [
        Text(f"{municipality}: {told}", f"{municipality}: {told}")
        for municipality, made in changes.items()
        for change in made
        for told in [f"{isoformat(change.at)} {change.kind} {_value(change)}"]
    ]


def _value(change: Change) -> str:
    if change.kind is ChangeKind.POLICY:
        return f"{change.method} for procedure {change.procedure or 'all'}"
    return str(change.value)
