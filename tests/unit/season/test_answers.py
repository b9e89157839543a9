"""What a scenario asks for beside days, hours and money is answered first, and only if there is an answer."""

from dataclasses import replace

import pytest

from shinsei.domain.demand import Echo
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.scenario import Answer
from shinsei.season.findings import Findings
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
