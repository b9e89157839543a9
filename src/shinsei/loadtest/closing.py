"""Closes the runs of a plan that the ordinary ``locust`` command has worked off, and accounts for its cases."""

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from shinsei.domain.errors import InvalidInputError, UnavailableError
from shinsei.loadtest.ending import close_runs, read_ledgers
from shinsei.loadtest.plan import Plan
from shinsei.loadtest.summary import ledger_of
from shinsei.loadtest.under_test import Target
from shinsei.season.gateway import Gateway


def plan_in(file: Path) -> Plan:
    """The plan in a file.

    Raises:
        InvalidInputError: there is none in it.
    """
    try:
        return Plan.model_validate_json(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise InvalidInputError(str(file), f"is no plan of a load test ({type(error).__name__})") from None


async def close(plan: Plan, target: Target) -> dict[str, Any]:
    """Closes the runs of a plan and returns their ledger: accepted, each end, in flight, unaccounted.

    Raises:
        UnavailableError: a service does not answer.
    """
    specs = plan.run_specs()
    async with Gateway(target.addresses) as gateway:
        ledgers, unread = await read_ledgers(gateway, specs)
        left_open = await close_runs(gateway, specs)
    if unread or left_open:
        raise UnavailableError(unread or left_open)
    return {"run_id": plan.run_id, "closed": len(specs), "ledger": ledger_of(ledgers)}
