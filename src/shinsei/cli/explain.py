"""``shinsei explain``: the whole story of one case, its messages on the real clock, and where the time went."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table

from shinsei.cli.options import HomeOption
from shinsei.cli.output import JsonOption, console, print_json, say
from shinsei.cli.targets import require_stack
from shinsei.domain.catalogue import procedure
from shinsei.domain.lifecycle import TRANSITIONS
from shinsei.domain.receipt_number import validate_receipt_number
from shinsei.domain.simtime import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, SimTime, isoformat
from shinsei.season.story.model import Message, Story
from shinsei.season.story.reading import read_story

_TWO_DAYS_MS = 2 * DAY_MS


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("explain")(explain)


def explain(
    receipt: Annotated[str, typer.Argument(metavar="RECEIPT", help="Receipt number, 16 digits.")],
    *,
    messages: Annotated[
        bool, typer.Option("--messages/--no-messages", help="Read the case's messages from Kafka too.")
    ] = True,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell what happened to a case, what it waited for, who had it, which messages carried it, where the time went.

    All times are simulated but those of the messages, which are real: nothing else of a case is kept in real time.
    """
    validate_receipt_number(receipt)
    story = asyncio.run(read_story(require_stack(home).addresses, receipt, with_messages=messages))
    if as_json:
        print_json(story.values())
        return
    _print(story)


def _print(story: Story) -> None:
    kind = procedure(story.procedure)
    say(f"{story.receipt_number}  {story.submission_id}  {kind.number} {kind.short_ja} ({kind.name_en})")
    route = f", {story.method}" if story.method else ""
    say(f"run {story.run_id} of {story.municipality}{route}; {_state(story)}")
    if story.registration:
        say("registered in " + ", ".join(story.registration.values()))
    say("")
    screen = console()
    screen.print(_steps(story))
    if story.stretches:
        say("")
        screen.print(_time(story))
    if story.messages:
        say("")
        screen.print(_messages(story))
        again = f"; {story.sent_again} sent more than once and recognised" if story.sent_again else ""
        say(f"{len(story.messages)} messages{again}")
    for source in story.missing:
        say(f"not told: {source}", stderr=True)


def _state(story: Story) -> str:
    last = story.steps[-1]
    if story.lead_time_ms is not None:
        return f"{last.status}, lead time {_span(story.lead_time_ms)}"
    return f"{last.status} since {isoformat(last.at)}" if TRANSITIONS[last.status] else str(last.status)


def _steps(story: Story) -> Table:
    """Steps, with what was waited for between them."""
    table = Table(title="What happened (simulated time)", title_justify="left", box=None, padding=(0, 2, 0, 0))
    for name in ("when", "what", "", "visible to the applicant from"):
        table.add_column(name)
    waits = {stretch.since: stretch for stretch in story.stretches}
    for number, (step, seen) in enumerate(zip(story.steps, story.visible_from, strict=True)):
        detail = "  ".join(text for text in (step.method or "", step.detail) if text)
        table.add_row(isoformat(step.at)[:19].replace("T", " "), str(step.action), detail, _seen(seen))
        is_last_of_moment = number + 1 == len(story.steps) or story.steps[number + 1].at != step.at
        if is_last_of_moment and step.at in waits:
            stretch = waits[step.at]
            closed = f", of which the office was closed {_span(stretch.closed_ms)}" if stretch.closed_ms else ""
            table.add_row("", f"  {_span(stretch.took_ms)}", f"{stretch.wait.what.en}{closed}", "", style="dim")
    for fetch in story.fetches:
        what = "submission" if fetch.n == 0 else "withdrawal" if fetch.n < 0 else f"reply {fetch.n}"
        line = f"filed {_clock(fetch.filed_at)}, polled {_clock(fetch.poll_at)}, fetched {_clock(fetch.fetched_at)}"
        table.add_row("", f"  {what}", line, "", style="dim")
    return table


def _time(story: Story) -> Table:
    table = Table(title="Where the time went", title_justify="left", box=None, padding=(0, 2, 0, 0))
    table.add_column("whose turn it was")
    for name in ("in all", "office open", "office closed", "share"):
        table.add_column(name, justify="right")
    total = sum(stretch.took_ms for stretch in story.stretches)
    for name, (opened, closed) in story.time_by().items():
        share = (opened + closed) / total
        table.add_row(name, _span(opened + closed), _span(opened), _span(closed), f"{share:.0%}")
    return table


def _messages(story: Story) -> Table:
    table = Table(title="Messages (real time)", title_justify="left", box=None, padding=(0, 2, 0, 0))
    for name in ("written", "in Kafka after", "topic, partition, offset", "message", "of (simulated)"):
        table.add_column(name)
    for row in _message_rows(story.messages):
        table.add_row(*row)
    return table


def _message_rows(messages: tuple[Message, ...]) -> Iterator[tuple[str, ...]]:
    for message in messages:
        sent = datetime.fromtimestamp(message.sent_ms / 1000, UTC)
        yield (
            sent.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3] + "Z",
            f"{max(0, message.arrived_ms - message.sent_ms)} ms",
            f"{message.topic} {message.partition} @{message.offset}",
            message.type,
            isoformat(message.at)[:19].replace("T", " "),
        )


def _seen(at: SimTime | None) -> str:
    return "not yet" if at is None else isoformat(at)[:19].replace("T", " ")


def _clock(at: SimTime) -> str:
    return isoformat(at)[5:19].replace("T", " ")


def _span(ms: int) -> str:
    """``41 s``, ``12 min``, ``5.3 h``, ``3.1 d``."""
    if ms < MINUTE_MS:
        return f"{ms / SECOND_MS:.0f} s"
    if ms < HOUR_MS:
        return f"{ms / MINUTE_MS:.0f} min"
    return f"{ms / HOUR_MS:.1f} h" if ms < _TWO_DAYS_MS else f"{ms / DAY_MS:.1f} d"
