"""An answer names the resource that was the limit first, and what came of sending the very same again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from shinsei.domain.demand import filings
from shinsei.domain.lifecycle import Action, next_status
from shinsei.domain.plan import VirtualRun
from shinsei.domain.run import DoubleSpec, Filing, RunSpec, submission_id
from shinsei.domain.trace import TraceLine
from shinsei.scenario import Answer, load
from shinsei.season.books import office_figures
from shinsei.season.findings import Findings
from shinsei.season.outcome import TwinOutcome, histories
from shinsei.season.resends import ResendFigures, resends_of
from shinsei.season.verdict import verdict


def limited(season: Findings, *resources: str | None) -> str:
    on = date(2021, 6, 4)
    methods = tuple(
        replace(
            one,
            office=replace(one.office, first_saturated_resource=name, first_saturated_on=None if name is None else on),
        )
        for one, name in zip(season.methods, resources, strict=False)
    )
    return verdict(replace(season, methods=methods, answers=(Answer.LIMIT,))).en


def test_each_resource_is_named_with_the_day_on_which_each_method_met_it(season: Findings) -> None:
    told = limited(season, "login_seats", "clerks", "login_seats", None)
    assert told.startswith(
        "Login seats are the limit first, from 4 Jun under Transcription and 4 Jun under Screen import; "
        "clerks are the limit first, from 4 Jun under RPA; "
    )


def test_where_nothing_was_the_limit_that_is_said(season: Findings) -> None:
    assert limited(season, None, None, None, None).startswith("No resource is the limit under any method; ")


def test_what_is_sent_again_is_counted_and_a_case_more_than_was_filed_is_a_second_case() -> None:
    spec = replace(load("smoke").run_specs("r")[0], doubles=DoubleSpec(p_resend=0.5))
    sent = [filing for filing in filings(spec) if filing.online]
    found = resends_of([left_behind(spec, sent), left_behind(spec, sent)])
    assert 0.3 * len(sent) < found.sent_again < 0.7 * len(sent)
    assert found.second_cases == 0
    assert resends_of([left_behind(spec, [*sent, replace(sent[0], case_id="10-999999")])]).second_cases == 1


def test_sending_again_is_told_only_where_it_is_asked_about(season: Findings) -> None:
    resends = ResendFigures(sent_again=168, second_cases=0)
    asked = replace(season, answers=(Answer.RESENDS,), resends=resends)
    assert verdict(asked).en.startswith("168 applications are sent again and make 0 second cases; ")
    assert "再送信は168件で、それによる二重の案件は0件です" in verdict(asked).ja
    assert "sent again" not in verdict(replace(season, answers=(Answer.RESENDS,))).en


def left_behind(spec: RunSpec, sent: Sequence[Filing]) -> TwinOutcome:
    """A run of which nothing is known but that each of these was submitted."""
    named = [(submission_id(spec.municipality, filing.case_id), filing.at) for filing in sent]
    lines = [
        TraceLine(submission_id=name, at=at, action=Action.SUBMIT, status=next_status(name, None, Action.SUBMIT))
        for name, at in named
    ]
    report = VirtualRun(spec).report()
    office = office_figures(report, end=spec.end, robots=0)
    return TwinOutcome(spec=spec, end=spec.end, cases=histories(lines), office=office)
