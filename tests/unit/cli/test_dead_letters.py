import pytest

from shinsei.cli.dead_letters import discard, replay
from shinsei.domain.errors import InvalidInputError


def test_nothing_is_settled_by_default() -> None:
    for command in (discard, replay):
        with pytest.raises(InvalidInputError, match="LETTER: say which are to be"):
            command(why="because")


def test_what_is_settled_is_settled_for_a_reason() -> None:
    with pytest.raises(InvalidInputError, match="--why: say why"):
        discard(["application.fetched/0/1"])
