"""The page of a plan stands alone, in both languages, and has every figure."""

import re

from shinsei.planning import Study
from shinsei.planning.answer import answer
from shinsei.planning.content import content
from shinsei.planning.report.backlog_chart import backlog_chart
from shinsei.planning.report.page import PageContext, plan_html
from shinsei.planning.tables import figures_rows
from shinsei.planning.writing import replications_csv

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
    assert "the cheapest over a year is" in said.en


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
