"""The page of a plan stands alone, in both languages, and has every figure."""

import re
from dataclasses import replace

import pytest

from shinsei.domain.linkage_method import LinkageMethod
from shinsei.planning import Study, Wanted, Workers, study
from shinsei.planning.answer import answer, precision_line
from shinsei.planning.content import content
from shinsei.planning.report.backlog_chart import backlog_chart
from shinsei.planning.report.page import PageContext, plan_html
from shinsei.planning.tables import figures_rows
from shinsei.planning.writing import replications_csv
from shinsei.scenario import Scenario

SECTIONS = ["answer", "intervals", "spread", "differences", "assumptions", "provenance"]


def test_the_page_fetches_nothing_and_says_everything_twice(found: Study) -> None:
    page = plan_html(found, PageContext(command="shinsei plan smoke"))
    assert re.findall(r'<section id="([^"]+)"', page) == SECTIONS
    assert not re.search(r'(?:src|href)="(?!#)', page)
    assert page.count('class="en"') == page.count('class="ja"') > 100
    assert "shinsei plan smoke" in page
    assert found.trace_hash in page


def test_the_answer_names_the_choice_and_how_many_seasons_agree(found: Study) -> None:
    said = answer(found)
    assert said.en.startswith("Over 6 seasons the choice is ")
    assert said.ja.startswith("6回のシーズンの計算で")
    assert "; of the four methods, the cheapest over a year is " in said.en
    assert "。4方式のうち年間費用が最も小さいのは" in said.ja


def test_one_method_alone_is_priced_and_not_compared(tiny: Scenario) -> None:
    alone = tiny.with_methods([LinkageMethod.RPA])
    said = answer(study(alone, Wanted(replications=1), Workers()))
    assert "; it costs ¥" in said.en
    assert "cheapest" not in said.en


@pytest.mark.parametrize(
    ("precision", "english", "japanese"),
    [
        (0.9, "6 replications: every headline interval is within ±90% of its mean", "すべて平均の±90%以内"),
        (0.0001, "6 replications were not enough for ±0.01%; still wider: ", "反復6回では±0.01%に達しない値が"),
    ],
)
def test_a_precision_is_said_as_it_was_asked_for(precision: float, english: str, japanese: str, found: Study) -> None:
    said = precision_line(replace(found, wanted=Wanted(precision=precision)))
    assert said.en.startswith(english)
    assert japanese in said.ja
    assert "left out" not in said.en


def test_a_figure_that_some_season_does_not_reach_is_not_said_to_be_within_it(found: Study) -> None:
    first, *others = found.seasons
    method, *rest = first.methods
    stuck = replace(first, methods=(replace(method, values={**method.values, "cleared_at": None}), *rest))
    said = precision_line(replace(found, wanted=Wanted(precision=0.9), seasons=(stuck, *others)))
    assert said.en.endswith("; left out, not reached in every season: Transcription: season cleared on")
    assert said.ja.endswith("(全回では得られず除外した値: 画面からの転記の滞留解消日)")


def test_programs_get_means_in_a_seasons_places_and_intervals_beside(found: Study) -> None:
    written = content(found, answer=answer(found))
    first = written["methods"][0]
    assert (written["schema"], written["kind"], written["replications"]) == (1, "plan", 6)
    estimate = found.estimate(0, "lead_time_h.p90")
    assert estimate.mean is not None
    assert first["lead_time_h"]["p90"] == round(estimate.mean, 4)
    interval = first["intervals"]["lead_time_h.p90"]
    assert interval["low"] <= first["lead_time_h"]["p90"] <= interval["high"]
    assert sum(one["recommended_in"] for one in written["methods"]) == 6
    assert len(written["differences"]) == 10


def test_every_replication_is_one_line_a_method(found: Study) -> None:
    lines = replications_csv([("", found)]).splitlines()
    assert len(lines) == 1 + 6 * 5
    assert lines[1].split(",")[1:4] == ["0", str(found.seasons[0].seed), "TRANSCRIPTION"]


def test_every_method_has_its_own_band(found: Study) -> None:
    chart = backlog_chart(found)
    assert chart.count("<polygon") == len(found.methods) == 5
    assert all(f">{one.name.ja}<" in chart for one in found.methods)


def test_the_day_of_the_peak_is_a_span_not_a_mean(found: Study) -> None:
    (row,) = [row for row in figures_rows(found) if row.label.en.startswith("… on")]
    assert all("±" not in shown.en for shown in row.cells)
