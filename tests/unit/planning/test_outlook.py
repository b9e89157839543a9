"""What a plan adds to a live season: means with intervals in its table, and what would change its answer."""

from collections.abc import Sequence
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from shinsei.planning import Workers
from shinsei.planning.background import BackgroundForecast
from shinsei.planning.outlook import candidates, outlook
from shinsei.planning.probing import Point, Probe
from shinsei.planning.ranges import Range
from shinsei.planning.turning import Judge, Turning
from shinsei.scenario import Scenario
from shinsei.season.comparison import comparison
from shinsei.season.findings import Findings
from shinsei.season.outlook import Outlook, outlook_content
from shinsei.season.planned import plan_season
from shinsei.season.report.page import report_html
from shinsei.season.terminal import comparison_table, print_outlook
from shinsei.season.verdict import verdict
from shinsei.season.writing import report_context

pytestmark = pytest.mark.slow

FEW = {"demand.online_share", "methods.rpa.p_exception", "costs.rpa_licence_yen"}
"""The first changes the answer."""


@pytest.fixture(scope="module")
def two(tiny: Scenario) -> Scenario:
    """Two methods, and three assumptions that are tried."""
    kept = tuple(one for one in tiny.parameters if one.path in FEW)
    return replace(tiny.with_methods(tiny.methods[1:4:2]), parameters=kept)


@pytest.fixture(scope="module")
def made(two: Scenario) -> Outlook:
    return outlook(two, 2, Workers())


@pytest.fixture(scope="module")
def season(two: Scenario) -> Findings:
    return plan_season(two)


def test_the_main_figures_are_followed_by_their_means(made: Outlook, season: Findings) -> None:
    rows = comparison(season, made)
    labels = [row.label.en for row in rows]
    after = labels[labels.index("Staff hours") + 1]
    assert after == "  mean of 2 seasons"
    assert all("±" in cell.en for cell in rows[labels.index("Staff hours") + 1].cells)
    assert len(comparison(season)) < len(rows)
    assert comparison_table(season, 120, made).row_count == len(rows)


def test_an_outlook_of_other_methods_is_not_mixed_in(made: Outlook, season: Findings) -> None:
    assert comparison(season, replace(made, methods=made.methods[::-1])) == comparison(season)


def test_the_report_says_what_would_change_the_answer(made: Outlook, season: Findings, two: Scenario) -> None:
    context = report_context(two, verdict(season), environment={}, command="", wall_s=0)
    page = report_html(season, replace(context, outlook=made))
    assert made.agreement.en in page
    assert made.tried.en.startswith("Tried one at a time within their ranges: 2 assumptions for Batch import against ")
    assert made.tried.en.endswith(" (cheapest of the two over a year).")
    assert "(2方式のうち年間費用が最小)" in made.tried.ja
    (change,) = made.conditions
    assert change.en.startswith("if demand.online_share (assumed 60 %) falls below ")
    assert change.en in page
    nothing = "No single assumption tried changes the recommendation."
    assert nothing not in page
    assert nothing in report_html(season, replace(context, outlook=replace(made, conditions=())))
    assert "Tried one at a time" not in report_html(season, context)


def test_conditions_stand_in_the_order_of_how_much_they_matter(two: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    def both_turn(_probe: Probe, parameters: Sequence[Range], _judge: Judge, _base: Point) -> list[Turning]:
        """The first half of the way to the end, every further one half of what is left."""
        return [
            Turning(
                parameter=each,
                value=each.base + (each.high - each.base) / 2 ** (1 + index),
                rises=True,
                before=two.methods[0],
                after=two.methods[1],
            )
            for index, each in enumerate(parameters)
        ]

    monkeypatch.setattr("shinsei.planning.outlook.turnings", both_turn)
    changes = outlook(two, 1, Workers()).conditions
    assert ", the cheapest of the two would be " in changes[-1].en
    assert "場合、2方式のうち最も安いのは" in changes[-1].ja
    paths = [change.en.split()[1] for change in changes]
    work, prices = candidates(two, two.methods)
    assert paths == [each.path for each in (*reversed(work), *reversed(prices))]
    assert len(work) == 2


@pytest.mark.parametrize("width", [80, 160])
def test_the_terminal_says_what_would_change_the_answer(made: Outlook, width: int) -> None:
    console = Console(record=True, width=width, file=StringIO())
    print_outlook(console, made)
    shown = console.export_text()
    assert "The recommendation would change:\n- if demand.online_share (assumed 60 %) falls below " in shown
    assert "No single assumption" not in shown
    print_outlook(console, replace(made, conditions=()))
    shown = console.export_text()
    assert "The recommendation would change" not in shown
    assert "No single assumption tried changes the recommendation. Tried one at a time" in shown


def test_programs_get_it_too(made: Outlook) -> None:
    written = outlook_content(made)
    assert written is not None
    assert written["replications"] == 2
    assert "±" in written["means"]["staff_hours"]["RPA"]
    assert outlook_content(None) is None


async def test_it_is_worked_out_beside_the_season(tiny: Scenario) -> None:
    one = tiny.with_methods(tiny.methods[1:2])
    forecast = BackgroundForecast(2, 1)
    assert await forecast.result() is None, "nothing was started"
    forecast.start(one)
    assert await forecast.result() == outlook(one, 2, Workers())
    assert forecast.done == 2


async def test_a_season_needs_no_outlook_and_may_give_it_up(tiny: Scenario) -> None:
    forecast = BackgroundForecast(1000, 1)
    forecast.stop()
    forecast.start(tiny)
    assert await forecast.result() is None
