"""Where results are kept: each under the moment of its end, the last whole one as ``latest.json`` too."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shinsei.runtime.clock import RealClock

RESULTS = Path(__file__).parent / "results"
LATEST = RESULTS / "latest.json"
KEPT = RESULTS / "kept.json"
"""The whole result that later ones are held against, until somebody puts another in its place."""


def keep(result: Mapping[str, Any], out: Path | None, *, is_whole: bool) -> Path:
    """Writes a result to a file, or else to one in the folder of results; a whole one is the latest then."""
    text = json.dumps(result, indent=1) + "\n"
    if out is None:
        moment = datetime.fromtimestamp(RealClock().now_ms() / 1e3, UTC)
        out = RESULTS / f"ceiling-{moment:%Y%m%dT%H%M%SZ}.json"
        if is_whole:
            LATEST.write_text(text, encoding="utf-8")
    out.write_text(text, encoding="utf-8")
    return out


def read(file: Path) -> dict[str, Any]:
    """A result that was kept."""
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found
