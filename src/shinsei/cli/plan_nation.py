"""``shinsei plan`` of a scenario with very many municipalities."""

from typing import TYPE_CHECKING

from shinsei.cli.planned import Asked, Made, context_of, finish, new_run_id
from shinsei.cli.progress import progress
from shinsei.domain.errors import InvalidInputError

if TYPE_CHECKING:
    from shinsei.scenario import Scenario

_TABLE = "municipalities.csv"


def plan_nation(scenario: "Scenario", replications: int, asked: Asked) -> None:
    """Plan every municipality by itself; one season unless more are asked for."""
    from shinsei.planning import Workers
    from shinsei.planning.nation import nation
    from shinsei.planning.nation.content import municipalities_csv, nation_content
    from shinsei.planning.nation.page import nation_html
    from shinsei.planning.nation.terminal import print_nation

    if asked.wanted.precision is not None:
        raise InvalidInputError("--precision", "is for one city or its twins; give --replications instead")
    if asked.wanted.until_clear:
        raise InvalidInputError("--until-clear", "is for one city or its twins; here all run to run.end")
    screen = asked.screen
    people = replications * sum(one.population for group in scenario.groups for one in group.members)
    with Workers(asked.jobs) as workers, progress(screen, "people planned for:", people) as told:
        found = nation(scenario, replications, workers, told)
    run_id, context = new_run_id(scenario.name), context_of(asked)
    made = Made(
        run_id=run_id,
        scenario=scenario,
        summary=nation_content(found, run_id=run_id, wall_s=context.wall_s, environment=context.environment),
        page=nation_html(found, context),
        studies=[],
        files={_TABLE: municipalities_csv(found)},
        tell=lambda: print_nation(screen, found),
    )
    finish(asked, made)
