"""``shinsei submit`` and ``shinsei track``: one application by hand, and its way on the simulated clock."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from shinsei.api.portal.v1 import portal_pb2 as pb
from shinsei.cli.applicant import Applicant, OpenRun, Wish, application, new_submission_id
from shinsei.cli.options import HomeOption
from shinsei.cli.output import JsonOption, print_json
from shinsei.cli.targets import cards_folder, targets
from shinsei.contracts.codec import transition_from_proto
from shinsei.domain.catalogue import procedure, procedure_by_key
from shinsei.domain.errors import InvalidInputError
from shinsei.domain.lifecycle import DECIDED, TRANSITIONS, Status
from shinsei.domain.receipt_number import validate_receipt_number
from shinsei.domain.run import case_id
from shinsei.domain.simtime import SimTime, to_datetime
from shinsei.runtime.citizens import Cards, open_cards

MAX_COUNT = 100_000

WatchOption = Annotated[bool, typer.Option("--watch", help="Follow the application until its decision.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("submit")(submit)
    app.command("track")(track)


def submit(
    *,
    procedure_name: Annotated[
        str, typer.Option("--procedure", metavar="NUMBER|KEY", help="Procedure of the catalogue: shinsei procedures.")
    ],
    municipality: Annotated[
        str, typer.Option(metavar="CODE", help="6-digit code; default: the city of the standing run.")
    ] = "",
    submission_id: Annotated[
        str, typer.Option(metavar="ID", help="CODE-CASE; the same id always gets the same receipt number.")
    ] = "",
    name: Annotated[str, typer.Option(help="The applicant's name; default: an invented one.")] = "",
    attach: Annotated[list[Path] | None, typer.Option(metavar="FILE", help="Attach a file; may be repeated.")] = None,
    unsigned: Annotated[
        bool, typer.Option("--unsigned", help="Without a signature, so without a serial number.")
    ] = False,
    defective: Annotated[
        bool, typer.Option("--defective", help="With a defect that a clerk finds: answer it with shinsei correct.")
    ] = False,
    count: Annotated[int, typer.Option(min=1, max=MAX_COUNT, help="How many applications.")] = 1,
    watch: WatchOption = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Submit an application by hand; opens a standing run if the municipality has none."""
    found = procedure_by_key(procedure_name)
    if count > 1 and (submission_id or watch or attach):
        raise InvalidInputError("--count", "goes with none of --submission-id, --attach and --watch")
    if defective and submission_id:
        raise InvalidInputError("--defective", "goes not with --submission-id, which decides it")
    wish = Wish(procedure=found, name=name, signed=not unsigned, files=tuple(attach or ()), defective=defective)
    portal, cards = targets(home)["portal_sim"], open_cards(cards_folder(home))
    asyncio.run(_submit((portal, cards), wish, municipality, submission_id, count=count, watch=watch, as_json=as_json))


def track(
    receipt: Annotated[str, typer.Argument(metavar="RECEIPT", help="Receipt number, 16 digits.")],
    *,
    watch: WatchOption = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what an applicant can see: each status, when it came about and when it became visible."""
    validate_receipt_number(receipt)
    asyncio.run(_track(targets(home)["portal_sim"], receipt, watch=watch, as_json=as_json))


async def _submit(
    to: tuple[str, Cards | None],
    wish: Wish,
    municipality: str,
    submission_id: str,
    *,
    count: int,
    watch: bool,
    as_json: bool,
) -> None:
    portal, cards = to
    async with Applicant(portal, cards=cards) as applicant:
        run = await applicant.run_of(municipality)
        ids = [
            submission_id or new_submission_id(run.spec, wish.procedure, n, defective=wish.defective)
            for n in range(count)
        ]
        made = [application(run, wish, one, case_id(one)) for one in ids]
        if wish.files:
            await applicant.upload(made[0], wish.files)
        outcomes = await applicant.submit(run, made)
        values = [_outcome(run, one, outcome) for one, outcome in zip(ids, outcomes, strict=True)]
        if watch:
            if not as_json:
                _print_outcomes(values)
            await _follow(applicant, values[0]["receipt_number"], as_json=as_json)
        elif as_json:
            print_json(values if count > 1 else values[0])
        else:
            _print_outcomes(values)
    refused = [value for value in values if value["error"]]
    if refused:
        raise InvalidInputError("", f"{len(refused)} of {count} were refused: {refused[0]['error']}")


async def _track(portal: str, receipt: str, *, watch: bool, as_json: bool) -> None:
    async with Applicant(portal) as applicant:
        if watch:
            await _follow(applicant, receipt, as_json=as_json)
            return
        status = await applicant.status(receipt)
        if as_json:
            print_json(_status(status))
            return
        _print_head(status)
        rows = [_row(row) for row in status.history]
        for row in rows:
            typer.echo(_line(row))
        if rows[-1]["status"] == Status.CORRECTION_REQUESTED:
            typer.echo(f"reply with: shinsei correct {receipt}")


async def _follow(applicant: Applicant, receipt: str, *, as_json: bool) -> None:
    """Prints each transition as it becomes visible, until the decision; as JSON, everything at the end."""
    if not as_json:
        _print_head(await applicant.status(receipt))
    async for visible in applicant.watch(receipt):
        row = _row(visible)
        if not as_json:
            typer.echo(_line(row))
        status = Status(row["status"])
        if status in DECIDED or not TRANSITIONS[status]:
            break
    if as_json:
        print_json(_status(await applicant.status(receipt)))


def _outcome(run: OpenRun, submission: str, outcome: pb.SubmitOutcome) -> dict[str, Any]:
    return {
        "receipt_number": outcome.receipt_number,
        "submission_id": submission,
        "run_id": run.spec.run_id,
        "municipality": run.spec.municipality,
        "submitted_at": _moment(outcome.submitted_at_ms) if outcome.receipt_number else None,
        "submitted_at_ms": outcome.submitted_at_ms,
        "duplicate": outcome.duplicate,
        "error": outcome.error,
    }


def _status(answer: pb.GetStatusResponse) -> dict[str, Any]:
    history = [_row(row) for row in answer.history]
    return {
        "receipt_number": answer.receipt_number,
        "submission_id": answer.submission_id,
        "municipality": answer.municipality,
        "procedure": answer.procedure,
        "status": history[-1]["status"],
        "history": history,
    }


def _row(visible: pb.VisibleTransition) -> dict[str, Any]:
    transition = transition_from_proto(visible.transition)
    return {
        "at": _moment(transition.at),
        "at_ms": transition.at,
        "visible_from": _moment(visible.visible_from_ms),
        "visible_from_ms": visible.visible_from_ms,
        "action": str(transition.action),
        "status": str(transition.status),
        "method": str(transition.method) if transition.method else None,
        "detail": transition.detail,
    }


def _moment(at_ms: int) -> str:
    """Simulated time, to the second."""
    return to_datetime(SimTime(at_ms)).isoformat(timespec="seconds")


def _print_outcomes(values: Sequence[dict[str, Any]]) -> None:
    accepted = [value for value in values if not value["error"]]
    if len(accepted) > 1:
        first, last = accepted[0], accepted[-1]
        typer.echo(
            f"{len(accepted)} accepted in {first['municipality']} (run {first['run_id']}), "
            f"receipt numbers {first['receipt_number']} to {last['receipt_number']}"
        )
        return
    for value in accepted:
        known = ", which was known already" if value["duplicate"] else ""
        typer.echo(f"receipt number {value['receipt_number']} for {value['submission_id']}{known}")
        typer.echo(f"accepted {value['submitted_at']} by {value['municipality']} (run {value['run_id']})")
        typer.echo(f"follow it with: shinsei track {value['receipt_number']} --watch")


def _print_head(answer: pb.GetStatusResponse) -> None:
    found = procedure(answer.procedure)
    typer.echo(f"{answer.receipt_number}  {answer.submission_id}  {found.number} {found.short_ja} ({found.name_en})")
    typer.echo(f"{'happened':<25}  {'visible from':<25}  status")


def _line(row: dict[str, Any]) -> str:
    extras = "  ".join(text for text in (row["method"], row["detail"]) if text)
    return f"{row['at']:<25}  {row['visible_from']:<25}  {row['status']:<21}  {extras}".rstrip()
