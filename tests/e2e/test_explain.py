"""One case's story on the real parts: steps as the trace has them, messages as Kafka has them."""

import json
from dataclasses import replace

import asyncpg

from shinsei.domain.simtime import isoformat
from shinsei.season.story.reading import read_story
from shinsei.season.trace_file import TRACE, read_trace
from shinsei.stack import Stack
from shinsei.stack.ports import free_port
from shinsei.testing.command_line import CommandLine

NEVER_GIVEN = "9999999999999995"


async def a_registered_case(stack: Stack) -> str:
    """Its receipt number, of the newest season."""
    connection = await asyncpg.connect(stack.addresses.dsns["app_mgmt"])
    receipt: str = await connection.fetchval(
        "SELECT receipt_number FROM tracked_case WHERE ledger_line = 'registered' AND method = 'RPA'"
        " ORDER BY run_key DESC, stored_at_ms LIMIT 1"
    )
    await connection.close()
    return receipt


async def test_the_story_of_a_registered_case_is_whole(stack: Stack, shinsei: CommandLine) -> None:
    summary = await shinsei.season("smoke", "--methods", "RPA")
    receipt = await a_registered_case(stack)
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
    away = f"127.0.0.1:{free_port()}"
    known = await read_story(replace(stack.addresses, kafka_bootstrap=away), receipt)
    assert (known.messages, known.missing) == ((), (f"Kafka (Kafka at {away} does not answer (KafkaConnectionError))",))
    trace = read_trace(shinsei.out / summary["run_id"] / TRACE)
    lines = [line for line in trace if line.submission_id == known.submission_id]
    assert [(step.at, step.action, step.status, step.n) for step in known.steps] == [
        (line.at, line.action, line.status, line.n) for line in lines
    ]
    assert [step["at"] for step in story["steps"]] == [isoformat(line.at) for line in lines]


async def test_a_number_that_was_never_given_is_one_clear_line(shinsei: CommandLine) -> None:
    await shinsei.run("explain", NEVER_GIVEN, code=1)
    await shinsei.run("explain", "12", code=2)
