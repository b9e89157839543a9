"""One case's story on the real parts: steps as the trace has them, messages as Kafka has them."""

import json

import asyncpg

from shinsei.stack import Stack
from shinsei.testing.command_line import CommandLine

NEVER_GIVEN = "9999999999999995"


async def test_the_story_of_a_registered_case_is_whole(stack: Stack, shinsei: CommandLine) -> None:
    await shinsei.season("smoke", "--methods", "RPA")
    connection = await asyncpg.connect(stack.addresses.dsns["app_mgmt"])
    receipt = await connection.fetchval(
        "SELECT receipt_number FROM tracked_case WHERE ledger_line = 'registered' AND method = 'RPA'"
        " ORDER BY run_key DESC, stored_at_ms LIMIT 1"
    )
    await connection.close()
    story = json.loads(await shinsei.run("explain", receipt, "--json"))
    actions = [step["action"] for step in story["steps"]]
    assert actions[:3] == ["SUBMIT", "FETCH", "STORE"]
    assert "REGISTER" in actions
    assert story["lead_time_h"] > 0
    assert story["registration"]["core_system"]
    assert [fetch["n"] for fetch in story["fetches"]] == [0]
    topics = {message["topic"] for message in story["messages"]}
    assert topics == {"application.fetched", "work.requested", "work.completed", "application.status-changed"}
    assert story["sent_again"] == 0
    assert story["missing"] == []
    told = await shinsei.run("explain", receipt)
    for words in ("What happened (simulated time)", "Where the time went", "Messages (real time)", "lead time"):
        assert words in told


async def test_a_number_that_was_never_given_is_one_clear_line(shinsei: CommandLine) -> None:
    await shinsei.run("explain", NEVER_GIVEN, code=1)
    await shinsei.run("explain", "12", code=2)
