"""The answer is honest about ties, about cases left over and about a run that was cut short."""

from collections.abc import Mapping
from dataclasses import replace

from shinsei.domain.costs import CostBreakdown
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.simtime import DAY_MS, SimTime
from shinsei.season.findings import Findings, MethodFindings
from shinsei.season.verdict import verdict


def with_methods(season: Findings, **changes: Mapping[str, object]) -> Findings:
    """The season with some methods' findings changed, by the lower-case name of the method."""
    changed = [
        replace(one, **changes.get(one.method.value.lower(), {}))  # type: ignore[arg-type]
        for one in season.methods
    ]
    return replace(season, methods=tuple(changed))


def clear_on(season: Findings, **days: int | None) -> Findings:
    """Methods are through so many days after the deadline; None for not at all."""
    return with_methods(
        season,
        **{
            name: {
                "cleared_at": None if day is None else SimTime(season.deadline + day * DAY_MS),
                "backlog_at_end": 0 if day is not None else 77,
            }
            for name, day in days.items()
        },
    )


def hours(one: MethodFindings, total: float) -> dict[str, object]:
    return {"office": replace(one.office, hours={"keying": total})}


def test_a_clear_winner_is_named_with_its_day_and_its_hours(season: Findings) -> None:
    told = verdict(clear_on(season, transcription=20, rpa=3, screen_import=5, batch_import=1)).en
    assert told.startswith("Batch import is through first")
    assert "Transcription needs until" in told
    assert "19 days longer" in told


def test_the_baseline_is_no_choice(season: Findings) -> None:
    told = verdict(clear_on(season, transcription=9, rpa=8, screen_import=7, batch_import=6, standard_api=-1)).en
    assert told.startswith("Batch import is through first")


def test_on_one_day_it_is_the_work_that_decides(season: Findings) -> None:
    found = clear_on(season, transcription=9, rpa=2, screen_import=5, batch_import=2)
    by_name = {one.method: one for one in found.methods}
    found = with_methods(
        found,
        rpa=hours(by_name[LinkageMethod.RPA], 500),
        batch_import=hours(by_name[LinkageMethod.BATCH_IMPORT], 300),
    )
    told = verdict(found)
    assert "Batch import and RPA are both through on" in told.en
    assert "the work does, in staff hours: Batch import 300, RPA 500" in told.en
    assert "差は職員の作業時間" in told.ja


def test_where_neither_day_nor_work_differ_it_says_so(season: Findings) -> None:
    found = clear_on(season, transcription=9, rpa=2, screen_import=5, batch_import=2)
    by_name = {one.method: one for one in found.methods}
    found = with_methods(
        found,
        rpa=hours(by_name[LinkageMethod.RPA], 301),
        batch_import=hours(by_name[LinkageMethod.BATCH_IMPORT], 300),
    )
    assert "nor do staff hours" in verdict(found).en


def test_whoever_is_not_through_is_named(season: Findings) -> None:
    told = verdict(clear_on(season, transcription=None, rpa=2, screen_import=5, batch_import=1))
    assert "cases are still waiting when the run ends" in told.en
    assert "Transcription (77)" in told.en
    assert "画面からの転記(77件)" in told.ja


def test_where_nobody_is_through_it_says_so(season: Findings) -> None:
    told = verdict(clear_on(season, transcription=None, rpa=None, screen_import=None, batch_import=None)).en
    assert told.startswith("No method is through when the run ends")


def test_before_the_deadline_an_interrupted_season_gives_no_answer(season: Findings) -> None:
    told = verdict(replace(season, partial=True, end=SimTime(season.deadline - DAY_MS)))
    assert "there is no answer yet" in told.en
    assert "結論はまだ出ていません" in told.ja


def test_one_method_alone_is_not_compared(season: Findings) -> None:
    alone = replace(season, methods=season.methods[:1])
    told = verdict(clear_on(alone, transcription=4)).en
    assert told.startswith("Transcription is through: ")
    assert "cheapest" not in told


def test_the_cheapest_is_said_to_be_so_among_as_many_methods_as_were_compared(season: Findings) -> None:
    """The baseline may be cheaper, and is no choice."""
    found = clear_on(season, transcription=9, rpa=8, screen_import=7, batch_import=6, standard_api=-1)
    dear = priced(found, transcription=9e6, rpa=5e6, screen_import=8e6, batch_import=7e6, standard_api=1e6)
    assert "; of the four methods, the cheapest over a year is RPA (¥5.0 M)" in verdict(dear).en
    assert "4方式のうち年間費用が最も小さいのはRPA(" in verdict(dear).ja
    tied = priced(dear, screen_import=5e6)
    assert "; of the four methods, RPA and Screen import cost about the same and least" in verdict(tied).en
    assert "4方式のうち、RPA、画面取込の年間費用がほぼ同額で" in verdict(tied).ja
    two = replace(dear, methods=(dear.methods[0], dear.methods[1], dear.methods[-1]))
    assert "; of the two methods, the cheapest over a year is RPA" in verdict(two).en


def priced(season: Findings, **yen: float) -> Findings:
    """The methods cost so much, by the lower-case name of the method."""
    costs = {one.method.value.lower(): one.cost for one in season.methods}
    return with_methods(season, **{name: {"cost": costing(costs[name], int(each))} for name, each in yen.items()})


def costing(cost: CostBreakdown, yen: int) -> CostBreakdown:
    return replace(
        cost, labour_yen=yen, temporary_yen=0, overtime_yen=0, licences_yen=0, modification_yen=0, upkeep_yen=0
    )
