"""Variants of a scenario on common random numbers."""

import pytest

from shinsei.domain.errors import InvalidInputError
from shinsei.planning import Study, Wanted, Workers
from shinsei.planning.grid import Grid, Variant, axis, grid, settings_of, varied
from shinsei.planning.grid_content import grid_content
from shinsei.planning.report.grid_page import grid_html
from shinsei.planning.report.page import PageContext
from shinsei.scenario import Scenario


def test_an_axis_is_split_at_commas_outside_brackets() -> None:
    found = axis('methods.batch_import.windows=["12:00","19:00"],["19:00"]')
    assert found.key == "methods.batch_import.windows"
    assert found.values == ('["12:00","19:00"]', '["19:00"]')


@pytest.mark.parametrize("text", ["office.clerks", "office.clerks=", "office.clerks=1,,2", "=1", "office.clerks=1,1"])
def test_another_form_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="--vary"):
        axis(text)


def test_several_axes_make_every_combination() -> None:
    found = settings_of([axis("a=1,2"), axis("b=3,4")])
    assert found == [
        (("a", "1"), ("b", "3")),
        (("a", "1"), ("b", "4")),
        (("a", "2"), ("b", "3")),
        (("a", "2"), ("b", "4")),
    ]


@pytest.mark.parametrize(
    "texts", [["a=1,2", "a=3"], ["a=" + ",".join(map(str, range(21))), "b=" + ",".join(map(str, range(20)))]]
)
def test_a_key_given_twice_and_a_grid_too_large_are_refused(texts: list[str]) -> None:
    with pytest.raises(InvalidInputError, match="--vary"):
        settings_of([axis(text) for text in texts])


def test_a_variant_keeps_seed_and_methods(tiny: Scenario) -> None:
    changed = tiny.with_seed(5).with_methods(tiny.methods[:2])
    made = varied(changed, [("office.clerks", "2")])
    assert (made.seed, made.methods, made.file.office.clerks) == (5, tiny.methods[:2], 2)
    assert made.file.municipality.population == 300, "what was set before stays set"


def test_a_wrong_key_is_told_by_its_name(tiny: Scenario) -> None:
    with pytest.raises(InvalidInputError, match=r"office\.clerk: unknown key 'clerk', did you mean 'clerks'"):
        varied(tiny, [("office.clerk", "2")])
    with pytest.raises(InvalidInputError, match=r"^--vary office\.clerk: unknown key 'clerk'"):
        grid(tiny, [axis("office.clerk=2,3")], Wanted(replications=1), Workers())


def test_variants_meet_the_same_seasons(tiny: Scenario, found: Study) -> None:
    made = grid(tiny, [axis("office.clerks=1,2")], Wanted(replications=2), Workers())
    one, two = (variant.study for variant in made.variants)
    assert one.seasons == found.seasons[:2], "the value of the scenario itself changes nothing"
    assert [season.seed for season in two.seasons] == [season.seed for season in one.seasons]
    assert two.values(0, "accepted") == one.values(0, "accepted")
    page, written = grid_html(made, PageContext()), grid_content(made)
    assert "clerks = 2" in page
    assert [each["settings"] for each in written["variants"]] == [{"office.clerks": "1"}, {"office.clerks": "2"}]


def test_a_line_joins_the_values_of_the_last_axis_alone(tiny: Scenario, found: Study) -> None:
    """Three clerks with two robots and four with one are no neighbours."""
    axes = (axis("office.clerks=1,2"), axis("methods.rpa.robots=1,2,3"))
    variants = tuple(Variant(settings=settings, study=found) for settings in settings_of(axes))
    page = grid_html(Grid(scenario=tiny, axes=axes, variants=variants), PageContext())
    charts = [part for part in page.split("<svg")[1:] if 'class="curve"' in part]
    assert charts
    assert {part.count('class="curve"') for part in charts} == {2 * len(found.methods)}
