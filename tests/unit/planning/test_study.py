"""Replications: the first is the scenario's own season, all are measured as a season is, and precision stops them."""

import pytest

from shinsei.domain.errors import InvalidInputError
from shinsei.planning import Study, Wanted, Workers, study
from shinsei.planning.figures import FIGURES
from shinsei.planning.grid import varied
from shinsei.planning.seasons import plan_season_of, seed_of
from shinsei.planning.study import LEAST
from shinsei.scenario import Scenario, load
from shinsei.season.findings import Findings
from shinsei.season.planned import plan_season
from shinsei.season.summary import summary
from shinsei.season.text import Text

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def season(tiny: Scenario) -> Findings:
    return plan_season(tiny)


def test_replication_0_is_the_scenarios_own_season(found: Study, season: Findings) -> None:
    assert found.trace_hash == season.trace_hash
    assert [one.trace_hash for one in found.methods] == [one.trace_hash for one in season.methods]
    assert found.seasons[0].seed == season.seed


def test_a_plan_measures_what_a_season_finds(found: Study, season: Findings) -> None:
    """Two ways to the same numbers: the lean one of a plan, and a season's findings with everything."""
    written = summary(season, answer=Text("", ""), wall_s=0, environment={})
    for one, other, told in zip(found.methods, season.methods, written["methods"], strict=True):
        assert one.values["cleared_at"] == other.cleared_at
        assert one.values["backlog_peak_at"] == other.backlog_peak_at
        assert one.values["lead_time_h.p90"] == other.lead_time_h.p90
        assert one.values["lead_time_working_days.p99"] == other.lead_time_working_days.p99
        assert one.values["staff_hours"] == other.office.staff_hours
        assert list(one.backlog_by_day) == [day.backlog for day in other.days]
        for key in (
            "accepted",
            "registered",
            "decided",
            "backlog_peak",
            "backlog_at_end",
            "undetected_errors",
            "cost_yen",
        ):
            assert one.values[key] == told[key]


def test_every_replication_has_its_own_seed_and_the_same_one_each_time(found: Study) -> None:
    seeds = [season.seed for season in found.seasons]
    assert len(set(seeds)) == len(seeds)
    assert seeds == [seed_of(seeds[0], n) for n in range(6)]
    assert max(seeds) < 2**53


def test_all_methods_of_a_replication_meet_the_same_filings(found: Study) -> None:
    for season in found.seasons:
        assert len({one.values["accepted"] for one in season.methods}) == 1


def test_a_precision_stops_as_soon_as_every_headline_interval_is_narrow(tiny: Scenario, found: Study) -> None:
    loose = study(tiny, Wanted(replications=6, precision=0.9), Workers())
    assert len(loose.seasons) == LEAST
    assert not loose.wide
    tight = study(tiny, Wanted(replications=6, precision=0.0001), Workers())
    assert tight.seasons == found.seasons
    assert tight.wide


def test_progress_counts_replications(tiny: Scenario) -> None:
    told: list[int] = []
    study(tiny, Wanted(replications=2), Workers(), told.append)
    assert told == [1, 2]


def test_a_season_that_is_cleared_can_end_there(tiny: Scenario) -> None:
    longer = varied(tiny, [("run.end", "2021-07-20")]).with_methods(tiny.methods[:1])
    fixed, cleared = (plan_season_of(longer, 0, until_clear=until) for until in (False, True))
    assert cleared.end < fixed.end
    assert cleared.methods[0].values["cleared_at"] == fixed.methods[0].values["cleared_at"]


def test_a_season_is_recommended_by_at_most_one_method(found: Study) -> None:
    assert sum(found.first_counts) == len(found.seasons)
    assert found.first_counts[-1] == 0, "the baseline is no choice"


def test_figures_that_are_0_everywhere_are_not_shown(found: Study) -> None:
    assert {figure.key for figure in found.figures} >= {"accepted", "staff_hours", "cost_yen", "cleared_at"}
    assert "corrections.requested" not in {figure.key for figure in found.figures}
    assert len({figure.key for figure in FIGURES}) == len(FIGURES)


@pytest.mark.parametrize(
    ("name", "overrides", "told"),
    [
        ("standing", (), "standing run without a season"),
        ("smoke", ("demand.recipients_share=0", "demand.background_scale=0"), "nobody files anything"),
    ],
)
def test_what_has_no_season_is_refused(name: str, overrides: tuple[str, ...], told: str) -> None:
    with pytest.raises(InvalidInputError, match=told):
        plan_season_of(load(name, overrides), 0)
