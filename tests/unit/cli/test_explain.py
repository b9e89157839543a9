"""``shinsei explain``: what was sent twice is said, and a source that is away is a line, beside all that is known."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from tests.unit.season.test_story import a_story

from shinsei.cli import explain
from shinsei.cli.__main__ import run
from shinsei.domain.simtime import SimTime
from shinsei.season.story.model import Message, Story

AWAY = "Kafka (Kafka at 127.0.0.1:1 does not answer (KafkaConnectionError))"


def a_message(number: int) -> Message:
    return Message(
        topic="application.fetched",
        partition=3,
        offset=number - 1,
        number=number,
        type="ApplicationFetched",
        at=SimTime(0),
        sent_ms=1_700_000_000_000 + number,
        arrived_ms=1_700_000_000_009,
    )


def told(story: Story, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """What the command prints of a story, and what it says beside it; it has not failed."""

    async def read(*_: object, **__: object) -> Story:
        return story

    def up(_: Any) -> Any:
        return SimpleNamespace(addresses=None)

    monkeypatch.setattr(explain, "require_stack", up)
    monkeypatch.setattr(explain, "read_story", read)
    assert run(["explain", story.receipt_number]) == 0
    printed = capsys.readouterr()
    return printed.out, printed.err


def test_what_was_sent_more_than_once_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    story = replace(a_story(), messages=(a_message(1), a_message(2)), sent_again=1)
    out, err = told(story, monkeypatch, capsys)
    assert "\n2 messages; 1 sent more than once and recognised\n" in out
    assert (out.count("application.fetched 3 @0"), out.count("application.fetched 3 @1"), err) == (1, 1, "")


def test_a_source_that_is_away_is_a_line_and_the_rest_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out, err = told(replace(a_story(), missing=(AWAY,)), monkeypatch, capsys)
    assert err == f"not told: {AWAY}\n"
    for words in ("; REGISTERED, lead time ", "What happened (simulated time)", "Where the time went"):
        assert words in out
    assert "Messages" not in out
