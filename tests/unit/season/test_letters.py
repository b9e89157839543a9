import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from shinsei.contracts import headers as wire
from shinsei.contracts.headers import Headers
from shinsei.contracts.topics import APPLICATION_FETCHED, STATUS_CHANGED
from shinsei.domain.errors import ConflictError, NotFoundError
from shinsei.domain.simtime import SimTime
from shinsei.season.letters import Audit, Letter, Verb, Wanted, letter_of, lying

FETCHED = "shinsei.api.events.v1.ApplicationFetched"
MAY = datetime(2026, 5, 1, tzinfo=UTC)


def a_letter(
    offset: int = 17,
    *,
    topic: str = APPLICATION_FETCHED.name,
    kind: str | None = FETCHED,
    reason: str = "cannot be read",
    at: datetime = MAY,
    case: str = "482013-10-000001",
) -> Letter:
    """As it lies on a dead-letter topic; ``kind`` None has no headers of its own."""
    own = []
    if kind is not None:
        own = wire.encode(
            Headers(type=kind, run_id="r", number=5, event_id=f"r/{case}/FETCH/0", at=SimTime(0), sent_ms=1)
        )
    added = [
        ("x-reason", reason.encode()),
        ("x-orig-topic", topic.encode()),
        ("x-orig-partition", b"3"),
        ("x-orig-offset", b"%d" % offset),
        ("x-failed-at", b"%d" % (at.timestamp() * 1000)),
    ]
    return letter_of(an_item([*own, *added]))


def an_item(headers: list[tuple[str, bytes]]) -> Any:
    """As Kafka hands it over."""
    return SimpleNamespace(key=b"482013", value=b"\xff", headers=headers)


def test_a_letter_is_known_by_the_place_of_its_record_and_gives_the_record_back_as_it_was() -> None:
    letter = a_letter()
    assert letter.name == "application.fetched/3/17"
    assert (letter.raw.key, letter.raw.value) == (b"482013", b"\xff")
    assert wire.decode(letter.raw.headers).number == 5
    assert not [name for name, _ in letter.raw.headers if name.startswith("x-")]
    assert (letter.submission_id, letter.reason, letter.failed_at) == ("482013-10-000001", "cannot be read", MAY)


@pytest.mark.parametrize("spoilt", [("x-reason", None), ("x-orig-offset", b"late"), ("x-failed-at", None)])
def test_what_nobody_of_ours_has_put_there_is_left_out_and_counted(spoilt: tuple[str, bytes | None]) -> None:
    letter = [
        ("x-reason", b"r"),
        ("x-orig-topic", b"t"),
        ("x-orig-partition", b"3"),
        ("x-orig-offset", b"1"),
        ("x-failed-at", b"5"),
    ]
    name, value = spoilt
    other = [(key, kept) for key, kept in letter if key != name] + ([(name, value)] if value else [])
    found = lying([an_item(other), an_item(letter), an_item([]), an_item(letter)])
    assert [one.name for one in found.letters] == ["t/3/1"]
    assert found.strangers == 2


def test_one_whose_number_has_been_taken_is_not_replayed() -> None:
    with pytest.raises(ConflictError, match=r"number 5 .* filed anew"):
        a_letter().check_replay()


@pytest.mark.parametrize("letter", [a_letter(kind=None), a_letter(topic=STATUS_CHANGED.name, kind="alien.v1.Message")])
def test_one_that_no_inbox_has_seen_may_be_replayed(letter: Letter) -> None:
    letter.check_replay()


def test_every_criterion_that_is_given_has_to_hold() -> None:
    first = a_letter(1, reason="type is unknown", at=datetime(2026, 5, 1, tzinfo=UTC))
    second = a_letter(2, reason="header missing", at=datetime(2026, 5, 2, tzinfo=UTC), case="482013-10-000002")
    third = a_letter(3, topic=STATUS_CHANGED.name, kind=None, at=datetime(2026, 5, 3, tzinfo=UTC))
    letters = [first, second, third]
    assert Wanted().of(letters) == letters
    assert Wanted(names=(second.name,)).of(letters) == [second]
    assert Wanted(reason="UNKNOWN").of(letters) == [first]
    assert Wanted(topic=STATUS_CHANGED.name).of(letters) == [third]
    assert Wanted(since=second.failed_at).of(letters) == [second, third]
    assert Wanted(until=second.failed_at).of(letters) == [first]
    assert Wanted(submission_id="482013-10-000002").of(letters) == [second]
    assert Wanted(reason="unknown", since=second.failed_at).of(letters) == []


def test_a_name_that_is_none_is_told() -> None:
    with pytest.raises(NotFoundError, match="no dead letter"):
        Wanted(names=("application.fetched/0/0",)).of([a_letter()])


def test_the_audit_keeps_who_when_and_why_and_the_last_decision_counts(tmp_path: Path) -> None:
    file = tmp_path / "audit" / "letters.jsonl"
    audit, letter = Audit(file), a_letter()
    assert audit.decisions() == {}
    audit.record([letter], Verb.REPLAY, "fixed", MAY)
    audit.record([letter, a_letter(18)], Verb.DISCARD, "二重", MAY)
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [(line["letter"][-2:], line["verb"], line["why"]) for line in lines] == [
        ("17", "replay", "fixed"),
        ("17", "discard", "二重"),
        ("18", "discard", "二重"),
    ]
    assert all(line["at"] == "2026-05-01T00:00:00+00:00" and "@" in line["who"] for line in lines)
    assert audit.decisions()[letter.name].verb is Verb.DISCARD
