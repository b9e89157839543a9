"""What a scenario asks for beside days, hours and money is answered first, and only if there is an answer."""

from dataclasses import replace

import pytest

from shinsei.domain.demand import Echo, filings
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.plan import run_all
from shinsei.scenario import Answer, Scenario
from shinsei.season.doubled import DoubleFigures
from shinsei.season.findings import Findings, findings
from shinsei.season.planned import planned
from shinsei.season.verdict import verdict


def asked(season: Findings, *answers: Answer, **changes: object) -> Findings:
    return replace(season, answers=answers, **changes)  # type: ignore[arg-type]


def test_a_scenario_that_asks_for_nothing_gets_days_hours_and_money(season: Findings) -> None:
    assert "linkage controls" not in verdict(season).en
    assert "highest backlogs" not in verdict(season).en


def test_the_share_that_linkage_controls_is_that_of_the_lead_times(season: Findings) -> None:
    methods = tuple(
        replace(one, linkage_share=share)
        for one, share in zip(season.methods, (0.04, 0.2, 0.1, 0.01, 0.0), strict=True)
    )
    told = verdict(asked(replace(season, methods=methods), Answer.LINKAGE_SHARE))
    assert told.en.startswith("Linkage controls at most 1.0% (Batch import) to 20% (RPA) of the time to the decision; ")
    assert "決定までの時間のたかだか1.0%(一括取込)から20%(RPA)" in told.ja


def test_a_share_that_no_case_decided_gives_is_not_told(season: Findings) -> None:
    methods = tuple(replace(one, linkage_share=None) for one in season.methods)
    assert "linkage controls" not in verdict(asked(replace(season, methods=methods), Answer.LINKAGE_SHARE)).en


def test_the_lead_times_of_a_real_season_make_the_share(season: Findings) -> None:
    for one in season.methods:
        assert one.linkage_share is not None
        assert 0 < one.linkage_share < 1
    shares = {one.method: one.linkage_share for one in season.methods}
    assert shares[LinkageMethod.STANDARD_API] == min(shares.values(), key=lambda share: share or 1)


def test_the_highest_backlog_is_told_for_each_method_but_the_baseline(season: Findings) -> None:
    told = verdict(asked(season, Answer.PEAK)).en
    assert told.startswith("The highest backlogs are Transcription ")
    assert "Standard API" not in told.partition(";")[0]


def test_decided_by_the_cut_off(season: Findings) -> None:
    methods = tuple(replace(one, decided_by_cutoff_share=n / 10) for n, one in enumerate(season.methods))
    told = verdict(asked(replace(season, methods=methods), Answer.CUTOFF)).en
    assert told.startswith("Decided by Fri 25 Jun: Transcription 0%, RPA 10%, Screen import 20%, Batch import 30%; ")
    assert "decided by" not in verdict(asked(season, Answer.CUTOFF, cutoff=None)).en.lower()


def test_a_share_that_is_the_same_under_every_method_is_told_once(season: Findings) -> None:
    methods = tuple(replace(one, decided_by_cutoff_share=0.851) for one in season.methods)
    told = verdict(asked(replace(season, methods=methods), Answer.CUTOFF)).en
    assert told.startswith("Decided by Fri 25 Jun: 85% under every method; ")


def test_where_nobody_can_be_late_nobody_comes_back_late(season: Findings) -> None:
    found = asked(season, Answer.ECHO, echo=Echo(failed=40, given_up=4, late=0), has_deadline=False)
    assert verdict(found).en.startswith("40 online filings fail at the portal: 4 are given up and 36 come back; ")


def test_an_outages_echo_is_told_with_those_who_gave_up_and_those_who_are_late(season: Findings) -> None:
    told = verdict(asked(season, Answer.ECHO, echo=Echo(failed=40, given_up=4, late=9)))
    assert told.en.startswith(
        "40 online filings fail at the portal: 4 are given up and 36 come back, 9 of them after the deadline; "
    )
    assert "期限を過ぎます" in told.ja


@pytest.mark.parametrize(("has_deadline", "words"), [(True, "in time"), (False, "of the season")])
def test_a_season_in_which_nobody_can_be_late_has_no_deadline(
    season: Findings, words: str, *, has_deadline: bool
) -> None:
    told = verdict(replace(season, has_deadline=has_deadline)).en
    assert ("deadline" in told) is has_deadline
    assert words in told or "both through" in told


def with_costs(season: Findings, *yen: int) -> Findings:
    methods = tuple(
        replace(
            one,
            cost=replace(one.cost, labour_yen=price, overtime_yen=0, licences_yen=0, modification_yen=0, upkeep_yen=0),
        )
        for one, price in zip(season.methods, yen, strict=True)
    )
    return replace(season, methods=methods)


def test_no_method_pays_where_transcription_costs_least(season: Findings) -> None:
    told = verdict(asked(with_costs(season, 1_000_000, 3_000_000, 2_000_000, 4_000_000, 1), Answer.PAYS)).en
    assert told.startswith(
        "No method but transcription pays: it costs ¥1.0 M a year, Screen import as the next ¥2.0 M; "
    )
    assert "cheapest" not in told


def test_every_method_that_costs_clearly_less_than_transcription_pays(season: Findings) -> None:
    told = verdict(asked(with_costs(season, 4_000_000, 2_000_000, 3_900_000, 1_000_000, 1), Answer.PAYS)).en
    assert told.startswith("Batch import (¥1.0 M) and RPA (¥2.0 M) pay, against ¥4.0 M a year for transcription; ")


def test_each_deadline_has_its_cases_and_its_day(season: Findings) -> None:
    (row,) = season.methods[0].deadlines
    assert row.filed == season.methods[0].filed_on_time
    assert row.cleared_at == season.methods[0].cleared_at
    told = verdict(asked(season, Answer.DEADLINES)).en
    assert told.startswith(f"The {row.filed} online cases filed for ")


def test_attachments_are_told_with_their_weight_and_their_way(smoke: Scenario) -> None:
    scenario = replace(smoke, file=smoke.file.model_copy(update={"twins": None}))
    outcome = planned(run_all(scenario.run_specs("line")), scenario.end)
    found = findings(outcome, procedures=(10,), costs=smoke.costs, cutoff=None, answers=(Answer.ATTACHMENTS,)).line
    declared = [one for one in filings(scenario.run_specs("line")[0]) if one.online]
    assert found is not None
    assert (found.cases, found.files) == (len(declared), sum(len(one.attachments) for one in declared))
    assert found.gigabytes * 1e9 == pytest.approx(sum(one.size for one in declared))
    assert 1 < found.stored_p99_min < 60


def test_doubles_are_told_with_when_they_were_found_and_what_the_others_cost(season: Findings) -> None:
    figures = DoubleFigures(found={"match": 7, "clerk": 2}, registered=3, check_hours=1.0)
    timed = replace(figures, found_after_h={"match": (2.4, 4.8, 96.0)})
    methods = tuple(
        replace(one, office=replace(one.office, doubles=doubles), doubles_yen=300_000)
        for one, doubles in zip(season.methods, [figures, timed, timed, timed, timed], strict=True)
    )
    told = verdict(asked(replace(season, methods=methods), Answer.DOUBLES))
    assert told.en.startswith(
        "9 second filings are noticed, half of them within 0.2 days of the filing, and 3 people are registered, and "
        "paid, twice, ¥0.3 M in all; "
    )
    assert "(半数は申請から0.2日以内)、気付かれずに二重に登録(支給)されるのは3人(計30万円)です" in told.ja
    free = tuple(replace(one, doubles_yen=0, office=replace(one.office, doubles=figures)) for one in methods)
    told = verdict(asked(replace(season, methods=free), Answer.DOUBLES))
    assert told.en.startswith("9 second filings are noticed, and 3 people are registered, and paid, twice; ")
