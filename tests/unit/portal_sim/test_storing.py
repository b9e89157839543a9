"""How often the portal asks its database before it answers: all who have filed meanwhile wait for it."""

from collections.abc import AsyncIterator

import pytest
from tests.unit.portal_sim.test_intake import SPEC, a_submission

from portal_sim.handlers.model import Accepted, Stamped
from portal_sim.outbound.intake import PostgresIntake
from portal_sim.outbound.runs import PostgresRuns
from shinsei.contracts.codec import encode_run
from shinsei.runtime import postgres
from shinsei.runtime.postgres import Database
from shinsei.runtime.queries import load_sql
from shinsei.testing.flags import fault_flags
from shinsei.testing.simulated import World
from shinsei.testing.simulated.parts import Parts


class Said:
    """The first word of whatever the portal says to its database."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def __call__(self, _: object, sql: str, *__: object) -> None:
        self.words += [line.split()[0] for line in sql.splitlines() if line and not line.startswith("--")][:1]


@pytest.fixture
def said() -> Said:
    return Said()


@pytest.fixture
async def database(said: Said, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    world = World(0)
    makers = Parts(world, witness=said).makers(world.process)
    monkeypatch.setattr(postgres, "MAKERS", type("Fixed", (), {"get": staticmethod(lambda: makers)}))
    opened = Database("portal", load_sql("portal_sim", "schema.sql"))
    await opened.start()
    yield opened
    await opened.stop()
    world.loop.close()


@pytest.fixture
async def intake(database: Database) -> PostgresIntake:
    """One that has numbers at hand, and a run."""
    assert await PostgresRuns(database).open(SPEC, encode_run(SPEC), None)
    taking = PostgresIntake(database)
    await taking.store([a_stamped(0)])
    return taking


def a_stamped(n: int) -> Stamped:
    submission = a_submission(n)
    return Stamped(run_key=1, at=submission.wanted_at, submission=submission)


async def test_what_is_new_is_stored_listed_and_counted_by_one_statement(intake: PostgresIntake, said: Said) -> None:
    said.words.clear()
    outcomes = await intake.store([a_stamped(1), a_stamped(2)])
    assert all(isinstance(outcome, Accepted) and not outcome.duplicate for outcome in outcomes)
    assert said.words == ["WITH"]


async def test_only_for_what_was_there_before_a_second_is_asked(intake: PostgresIntake, said: Said) -> None:
    said.words.clear()
    known, new = await intake.store([a_stamped(0), a_stamped(1)])
    assert isinstance(known, Accepted)
    assert isinstance(new, Accepted)
    assert (known.duplicate, new.duplicate) == (True, False)
    assert said.words == ["WITH", "SELECT"]


async def test_a_fault_that_delays_commits_delays_this_one_too(intake: PostgresIntake, said: Said) -> None:
    with fault_flags("portal_sim") as board:
        board.set_flag("commit-delayed", 1)
        said.words.clear()
        await intake.store([a_stamped(1)])
        assert board.standing()[0].struck == 1
    assert said.words == ["BEGIN", "WITH", "COMMIT"]
