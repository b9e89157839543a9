"""``shinsei correct`` and ``shinsei withdraw``: what an applicant does by hand after filing."""

import asyncio
from typing import Annotated, Any

import typer

from shinsei.cli.applicant import Applicant
from shinsei.cli.options import HomeOption
from shinsei.cli.output import JsonOption, print_json
from shinsei.cli.targets import targets
from shinsei.domain.receipt_number import validate_receipt_number
from shinsei.domain.simtime import SimTime, to_datetime

ReceiptArgument = Annotated[str, typer.Argument(metavar="RECEIPT", help="Receipt number, 16 digits.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("correct")(correct)
    app.command("withdraw")(withdraw)


def correct(
    receipt: ReceiptArgument,
    *,
    request: Annotated[
        int | None, typer.Option(min=1, help="Which correction request it answers; default: the one that is open.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Reply to a correction request (補正) of an application filed by hand."""
    validate_receipt_number(receipt)
    answer = asyncio.run(_correct(targets(home)["portal_sim"], receipt, request))
    _print(receipt, answer, f"reply to correction request {answer['request']}", as_json=as_json)


def withdraw(receipt: ReceiptArgument, *, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Withdraw an application (取下げ) filed by hand; possible until it is registered."""
    validate_receipt_number(receipt)
    answer = asyncio.run(_withdraw(targets(home)["portal_sim"], receipt))
    _print(receipt, answer, "withdrawal", as_json=as_json)


async def _correct(portal: str, receipt: str, request: int | None) -> dict[str, Any]:
    async with Applicant(portal) as applicant:
        answer = await applicant.correct(receipt, None if request is None else request - 1)
    return {"request": answer.n + 1, **_filed(answer.filed_at_ms, duplicate=answer.duplicate)}


async def _withdraw(portal: str, receipt: str) -> dict[str, Any]:
    async with Applicant(portal) as applicant:
        answer = await applicant.withdraw(receipt)
    return _filed(answer.filed_at_ms, duplicate=answer.duplicate)


def _filed(at_ms: int, *, duplicate: bool) -> dict[str, Any]:
    at = to_datetime(SimTime(at_ms)).isoformat(timespec="seconds")
    return {"filed_at": at, "filed_at_ms": at_ms, "duplicate": duplicate}


def _print(receipt: str, answer: dict[str, Any], what: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"receipt_number": receipt, **answer})
        return
    known = " already" if answer["duplicate"] else ""
    typer.echo(f"{what} of {receipt} was{known} filed {answer['filed_at']}")
    typer.echo(f"see what becomes of it with: shinsei track {receipt} --watch")
