"""What a service could not use, as a person deals with it: list, show, replay, discard."""

import json
from typing import Any

from shinsei.contracts.topics import APPLICATION_FETCHED
from shinsei.runtime.kafka import Producer
from shinsei.stack import Stack
from shinsei.testing.command_line import CommandLine
from shinsei.testing.waiting import eventually


async def test_a_letter_is_listed_shown_replayed_and_discarded_and_the_audit_says_who_and_why(
    shinsei: CommandLine, stack: Stack
) -> None:
    async def listed(*options: str) -> list[dict[str, Any]]:
        mine = ("--reason", "header missing", "--topic", APPLICATION_FETCHED.name)
        found: list[dict[str, Any]] = json.loads(await shinsei.run("dead-letters", "list", "--json", *mine, *options))
        return found

    audit = stack.home / "audit" / "dead-letters.jsonl"
    await shinsei.run("dead-letters", "discard", "--reason", "header missing", "--why", "put there by other tests")
    before = len(audit.read_text().splitlines()) if audit.exists() else 0
    producer = Producer(stack.addresses.kafka_bootstrap, "somebody")
    await producer.start()
    await producer.send_all(APPLICATION_FETCHED.name, 7, [(b"482013", b"no message", [("from", b"somebody")])])
    await producer.stop()
    (letter,) = await eventually(listed, within_s=60, what="it is buried")
    name = letter["letter"]
    assert name.startswith(f"{APPLICATION_FETCHED.name}/7/")
    shown = json.loads(await shinsei.run("dead-letters", "show", name, "--json"))
    assert (shown["headers"], shown["bytes"], shown["decision"]) == ({"from": "somebody"}, 10, None)

    assert "1 would be replayed" in await shinsei.run("dead-letters", "replay", name, "--dry-run")
    assert [one["letter"] for one in await listed()] == [name]
    assert "1 replayed" in await shinsei.run("dead-letters", "replay", name, "--why", "its reader has been repaired")
    # It has not: the record is buried again, as one that stood in another place.
    (again,) = await eventually(listed, within_s=60, what="it is buried again")
    assert again["letter"] != name
    assert "1 discarded" in await shinsei.run(
        "dead-letters", "discard", "--reason", "header missing", "--why", "from nobody we know"
    )
    assert await listed() == []
    settled = {one["letter"]: one["decision"] for one in await listed("--all")}
    assert [(settled[one]["verb"], settled[one]["why"]) for one in (name, again["letter"])] == [
        ("replay", "its reader has been repaired"),
        ("discard", "from nobody we know"),
    ]
    assert len(audit.read_text().splitlines()) == before + 2
