"""Many municipalities in one scenario: a column a group, as in a season."""

import pytest

from shinsei.planning import Study, Wanted, Workers, study
from shinsei.planning.answer import answer, choice
from shinsei.planning.content import content
from shinsei.planning.report.page import PageContext, plan_html
from shinsei.scenario import load
from shinsei.season.planned import plan_season
from shinsei.testing.seasons import SMALL

pytestmark = pytest.mark.slow

NAME = "incident-upstream-line"


@pytest.fixture(scope="module")
def found() -> Study:
    return study(load(NAME, SMALL[NAME]), Wanted(replications=2), Workers())


def test_a_group_is_measured_as_a_season_does(found: Study) -> None:
    season = plan_season(load(NAME, SMALL[NAME]))
    assert found.trace_hash == season.trace_hash
    assert [one.name for one in found.methods] == [one.name for one in season.methods]
    for one, other in zip(found.methods, season.methods, strict=True):
        assert one.group == other.group
        assert one.values["accepted"] == other.accepted
        assert one.values["backlog_peak"] == other.backlog_peak
        assert one.values["cleared_at"] == other.cleared_at
        assert one.values["staff_hours"] == pytest.approx(other.office.staff_hours)
        assert one.values["cost_yen"] == other.cost.total_yen


def test_nothing_is_recommended_among_groups(found: Study) -> None:
    assert choice(found) is None
    said = answer(found)
    assert all(f"{one.name.en}: backlog up to " in said.en for one in found.methods)
    assert found.asked is not None
    assert found.asked.en.startswith("In the season of seed 7: against ")
    assert " instead of " in found.asked.en
    assert f" in {found.methods[0].name.en}" in found.asked.en
    written = content(found, answer=said)
    assert all(one["group"]["municipalities"] > 1 for one in written["methods"])
    page = plan_html(found, PageContext())
    assert all(one.name.ja in page for one in found.methods)
    assert 'id="differences"' not in page
