import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import pytest

from shinsei.cli import dead_letters
from shinsei.cli.dead_letters import discard, list_, replay
from shinsei.contracts import headers as wire
from shinsei.contracts.headers import Headers
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.receipt_number import FIRST_ORDINAL, receipt_number
from shinsei.domain.simtime import SimTime
from shinsei.season.letters import Letter, Lying, letter_of

RECEIPT = receipt_number(FIRST_ORDINAL + 7)
CASES = ("482013-10-000000", "482013-10-000001", "482013-10-000002")

Listed = Callable[..., list[int]]
"""What is listed with some options, by the number of its case."""


def a_letter(number: int) -> Letter:
    """About the case of this number; buried so many hours after nine o'clock in Tokyo on the first of June."""
    event = Headers(
        type="shinsei.api.events.v1.ApplicationFetched",
        run_id="run-1",
        number=1,
        event_id=f"run-1/{CASES[number]}/FETCH/0",
        at=SimTime(0),
        sent_ms=0,
    )
    buried = datetime(2026, 6, 1, number, tzinfo=UTC)
    added = {
        "x-reason": "cannot be read",
        "x-orig-topic": "application.fetched",
        "x-orig-partition": "0",
        "x-orig-offset": str(number),
        "x-failed-at": str(int(buried.timestamp() * 1_000)),
    }
    headers = [*wire.encode(event), *((name, value.encode()) for name, value in added.items())]
    item: Any = SimpleNamespace(key=b"482013", value=b"", headers=headers)
    return letter_of(item)


class Portal:
    """Knows one receipt number, that of the second case."""

    def __init__(self, target: str) -> None:
        assert target == "the portal"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    async def status(self, receipt: str) -> Any:
        return SimpleNamespace(submission_id={RECEIPT: CASES[1]}[receipt])


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Listed:
    """``shinsei dead-letters list`` where three letters lie."""

    async def lying(_: str) -> Lying:
        return Lying(letters=tuple(a_letter(number) for number in range(3)), strangers=0)

    stack = SimpleNamespace(home=tmp_path, addresses=SimpleNamespace(kafka_bootstrap=""))
    monkeypatch.setattr(dead_letters, "require_stack", lambda _: stack)
    monkeypatch.setattr(dead_letters, "targets_of", lambda _: {"portal_sim": "the portal"})
    monkeypatch.setattr(dead_letters, "read_letters", lying)
    monkeypatch.setattr(dead_letters, "Applicant", Portal)

    def run(**options: Any) -> list[int]:
        list_(as_json=True, **options)
        return [CASES.index(letter["submission_id"]) for letter in json.loads(capsys.readouterr().out)]

    return run


def test_nothing_is_settled_by_default() -> None:
    for command in (discard, replay):
        with pytest.raises(InvalidInputError, match="LETTER: say which are to be"):
            command(why="because")


def test_what_is_settled_is_settled_for_a_reason() -> None:
    with pytest.raises(InvalidInputError, match="--why: say why"):
        discard(["application.fetched/0/1"])


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({}, [0, 1, 2]),
        ({"since": "2026-06-01T10:00"}, [1, 2]),
        ({"until": "2026-06-01T10:00"}, [0]),
        ({"since": "2026-06-01T10:00", "until": "2026-06-01T10:00:01"}, [1]),
        ({"since": "2026-06-01"}, [0, 1, 2]),
        ({"since": "2026-06-02"}, []),
        ({"since": "2026-06-01T01:00+00:00"}, [1, 2]),
        ({"since": "2026-06-01T02:00Z"}, [2]),
    ],
)
def test_times_are_tokyos_unless_they_say_another_zone(
    listed: Listed, options: dict[str, str], wanted: list[int]
) -> None:
    assert listed(**options) == wanted


@pytest.mark.parametrize("option", ["since", "until"])
@pytest.mark.parametrize("text", ["yesterday", "2026-06-31", "10:00"])
def test_what_is_no_time_is_told_with_its_option(listed: Listed, option: str, text: str) -> None:
    with pytest.raises(InvalidInputError, match=f"--{option}: '{text}' is no time such as"):
        listed(**{option: text})


def test_a_receipt_number_stands_for_its_case(listed: Listed) -> None:
    assert listed(receipt=RECEIPT) == [1]
    assert listed(receipt=RECEIPT, since="2026-06-01T11:00") == []


def test_a_receipt_number_with_a_wrong_digit_is_told_before_the_portal_is_asked(listed: Listed) -> None:
    with pytest.raises(InvalidInputError, match="has a wrong digit"):
        listed(receipt=f"{RECEIPT[:-1]}{(int(RECEIPT[-1]) + 1) % 10}")
