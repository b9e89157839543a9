"""Who sits outside of the services: an applicant on the internet, and whoever drives seasons from the management.

usage: python -m tests.zones.people applicant CERTIFICATES | driver RUN RESULTS

SHINSEI_TARGETS says where the services are.
"""

import asyncio
import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Any

from shinsei.cli.__main__ import run
from shinsei.cli.targets import named_elsewhere
from shinsei.runtime.identity import introduce
from shinsei.testing.waiting import eventually

BY_HAND = 3
"""Applications that are filed by hand."""
WITHIN_S = 60.0
METHOD = "TRANSCRIPTION"
"""Of the season."""
SPEED = 28_000
"""Of the season: slow enough for the lines between all zones to be cut in it, one after the other."""


def typed(*arguments: str) -> Any:
    """What a command prints as JSON."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        code = run([*arguments, "--json"])
    if code:
        sys.exit(code)
    return json.loads(printed.getvalue())


def applicant(certificates: Path) -> list[dict[str, Any]]:
    """Files a few, in the role of an applicant; opens the run for them as who drives it."""
    introduce([(named_elsewhere() or {})["portal_sim"]], certificates)
    filed: list[dict[str, Any]] = typed("submit", "--procedure", "pregnancy_notification", "--count", str(BY_HAND))
    return filed


def driver(run_id: str, out: str) -> dict[str, Any]:
    """Runs a small season, and then waits until what was filed by hand has arrived."""

    def arrived() -> Any:
        (ledger,) = typed("ledger", "--run", run_id)
        return ledger if ledger["registered"] == BY_HAND else None

    season = typed("season", "smoke", "--methods", METHOD, "--speed", str(SPEED), "--out", out)
    return {"season": season, "by_hand": asyncio.run(_eventually(arrived))}


async def _eventually(condition: Any) -> Any:
    return await eventually(lambda: asyncio.to_thread(condition), within_s=WITHIN_S, every_s=0.5)


if __name__ == "__main__":
    who, *given = sys.argv[1:]
    print(json.dumps(applicant(Path(given[0])) if who == "applicant" else driver(*given)))
