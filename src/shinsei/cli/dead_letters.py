"""``shinsei dead-letters``: what services could not use, and what somebody decided about it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from shinsei.cli.applicant import Applicant
from shinsei.cli.options import HomeOption
from shinsei.cli.output import JsonOption, console, print_json, say
from shinsei.cli.targets import require_stack, targets_of
from shinsei.contracts.topics import TOPICS
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.receipt_number import validate_receipt_number
from shinsei.domain.simtime import TOKYO, isoformat
from shinsei.season.letters import Audit, Decision, Letter, Verb, Wanted, read_letters, send_again
from shinsei.stack.home import Home

_app = typer.Typer(help="List, show, replay and discard dead letters.", no_args_is_help=True)
_BYTES_SHOWN = 64

Letters = Annotated[
    list[str] | None, typer.Argument(metavar="[LETTER]...", help="topic/partition/offset, as list shows them.")
]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Only those whose reason has this text.")]
TopicOption = Annotated[str, typer.Option("--topic", metavar="TOPIC", help=f"Only of this one: {', '.join(TOPICS)}.")]
SinceOption = Annotated[str, typer.Option("--since", metavar="TIME", help="Only those buried from this Tokyo time on.")]
UntilOption = Annotated[str, typer.Option("--until", metavar="TIME", help="Only those buried before this Tokyo time.")]
ReceiptOption = Annotated[str, typer.Option("--receipt", metavar="RECEIPT", help="Only those about this application.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]
WhyOption = Annotated[str, typer.Option("--why", metavar="TEXT", help="Why; stands in the audit record.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Filters:
    """The options that say which letters are meant, as they were typed."""

    names: Sequence[str] = ()
    reason: str = ""
    topic: str = ""
    since: str = ""
    until: str = ""
    receipt: str = ""


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(_app, name="dead-letters")


@_app.command("list")
def list_(
    *,
    everything: Annotated[bool, typer.Option("--all", help="Settled ones too.")] = False,
    reason: ReasonOption = "",
    topic: TopicOption = "",
    since: SinceOption = "",
    until: UntilOption = "",
    receipt: ReceiptOption = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List dead letters, the oldest first; those that somebody has decided about only with --all."""
    filters = _Filters(reason=reason, topic=topic, since=since, until=until, receipt=receipt)
    found, decisions = _find(filters, home)
    shown = [letter for letter in found if everything or letter.name not in decisions]
    if as_json:
        print_json([_values(letter, decisions) for letter in shown])
        return
    settled = len(found) - len(shown)
    if shown:
        console().print(_table(shown, decisions))
    say(f"{len(shown)} dead letters" + (f"; {settled} settled ones: --all" if settled else ""))


@_app.command("show")
def show(
    letter: Annotated[str, typer.Argument(metavar="LETTER", help="topic/partition/offset, as list shows them.")],
    *,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one dead letter: reason, headers, the first bytes, and what was decided about it."""
    (found,), decisions = _find(_Filters(names=(letter,)), home)
    values = {
        **_values(found, decisions),
        "headers": {name: value.decode(errors="replace") for name, value in found.raw.headers},
        "bytes": len(found.raw.value),
        "first_bytes": found.raw.value[:_BYTES_SHOWN].hex(" "),
    }
    if as_json:
        print_json(values)
        return
    for name, value in values.items():
        if isinstance(value, Mapping):
            say(f"{name}:")
            for key, inner in value.items():
                say(f"  {key}: {inner}")
        else:
            say(f"{name}: {'' if value is None else value}")


@_app.command("replay")
def replay(
    letters: Letters = None,
    *,
    reason: ReasonOption = "",
    topic: TopicOption = "",
    since: SinceOption = "",
    until: UntilOption = "",
    receipt: ReceiptOption = "",
    why: WhyOption = "",
    dry_run: DryRunOption = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send dead letters to their topics once more, as they were: when what could not read them can.

    Refused for every letter about an application: its reader has taken its number, its case has ended, and what it
    carried has to be filed anew.
    """
    filters = _Filters(names=letters or (), reason=reason, topic=topic, since=since, until=until, receipt=receipt)
    _decide(Verb.REPLAY, filters, why, home, dry_run=dry_run, as_json=as_json)


@_app.command("discard")
def discard(
    letters: Letters = None,
    *,
    reason: ReasonOption = "",
    topic: TopicOption = "",
    since: SinceOption = "",
    until: UntilOption = "",
    receipt: ReceiptOption = "",
    why: WhyOption = "",
    dry_run: DryRunOption = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Settle dead letters about which nothing is to be done; they stay in Kafka."""
    filters = _Filters(names=letters or (), reason=reason, topic=topic, since=since, until=until, receipt=receipt)
    _decide(Verb.DISCARD, filters, why, home, dry_run=dry_run, as_json=as_json)


def _decide(verb: Verb, filters: _Filters, why: str, home: Path | None, *, dry_run: bool, as_json: bool) -> None:
    if filters == _Filters():
        raise InvalidInputError("LETTER", f"say which are to be {_PAST[verb]}: by name or by an option")
    if not why.strip() and not dry_run:
        raise InvalidInputError("--why", "say why: it stands in the audit record")
    found, decisions = _find(filters, home)
    meant = [letter for letter in found if filters.names or letter.name not in decisions]
    if verb is Verb.REPLAY:
        for letter in meant:
            letter.check_replay()
    made: list[Decision] = []
    if meant and not dry_run:
        where = require_stack(home)
        if verb is Verb.REPLAY:
            asyncio.run(send_again(where.addresses.kafka_bootstrap, meant))
        made = _audit(where.home).record(meant, verb, why, datetime.now(UTC))
    if as_json:
        print_json(
            {"dry_run": dry_run, "letters": [letter.name for letter in meant], "audit": [d.values() for d in made]}
        )
        return
    for letter in meant:
        say(f"{letter.name}  {letter.reason}")
    say(f"{len(meant)} {'would be ' if dry_run else ''}{_PAST[verb]}")


_PAST: Mapping[Verb, str] = {Verb.REPLAY: "replayed", Verb.DISCARD: "discarded"}


def _find(filters: _Filters, home: Path | None) -> tuple[list[Letter], Mapping[str, Decision]]:
    stack = require_stack(home)
    wanted = Wanted(
        names=tuple(filters.names),
        reason=filters.reason,
        topic=_topic(filters.topic),
        since=_moment("--since", filters.since),
        until=_moment("--until", filters.until),
        submission_id=_submission(targets_of(stack.addresses)["portal_sim"], filters.receipt),
    )
    read = asyncio.run(read_letters(stack.addresses.kafka_bootstrap))
    if read.strangers:
        say(f"{read.strangers} records on the dead-letter topics are no letters, and are left out", stderr=True)
    return wanted.of(read.letters), _audit(stack.home).decisions()


def _audit(home: Path) -> Audit:
    return Audit(Home(path=home).audit)


def _topic(name: str) -> str:
    if name and name not in TOPICS:
        raise InvalidInputError("--topic", f"{name!r} is none of {', '.join(TOPICS)}")
    return name


def _moment(option: str, text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInputError(option, f"{text!r} is no time such as 2021-06-01T09:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=TOKYO)


def _submission(portal: str, receipt: str) -> str:
    if not receipt:
        return ""
    validate_receipt_number(receipt)

    async def ask() -> str:
        async with Applicant(portal) as applicant:
            return str((await applicant.status(receipt)).submission_id)

    return asyncio.run(ask())


def _values(letter: Letter, decisions: Mapping[str, Decision]) -> dict[str, Any]:
    record, decision = letter.record, decisions.get(letter.name)
    return {
        "letter": letter.name,
        "buried_at": letter.failed_at.astimezone(TOKYO).isoformat(timespec="seconds"),
        "reason": letter.reason,
        "type": record.type if record else None,
        "submission_id": letter.submission_id or None,
        "happened_at": isoformat(record.at) if record else None,
        "decision": decision.values() if decision else None,
    }


def _table(letters: Sequence[Letter], decisions: Mapping[str, Decision]) -> Table:
    table = Table(box=None, pad_edge=False)
    for head in ("letter", "buried", "about", "reason", "settled"):
        table.add_column(head)
    for letter in letters:
        values, decision = _values(letter, decisions), decisions.get(letter.name)
        settled = f"{_PAST[decision.verb]} by {decision.who}: {decision.why}" if decision else ""
        table.add_row(letter.name, values["buried_at"], values["submission_id"] or "–", letter.reason, settled)
    return table
