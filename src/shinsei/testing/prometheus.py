"""A Prometheus of a test's own beside a stack, in a hurry: it asks each second, and real times are shortened.

Simulated quantities have no real time in their rules, so they are judged by the very rules of operation.
"""

import asyncio
import json
import re
import subprocess
import urllib.request
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from shinsei.stack.paths import prometheus_files
from shinsei.stack.ports import free_port
from shinsei.stack.prometheus import JOB, program
from shinsei.stack.readiness import read_metrics
from shinsei.testing.waiting import eventually

HURRY: Final = 20
"""Three seconds for a minute."""
_UNITS_MS: Final = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_DURATION: Final = re.compile(r"(\[|\bfor: |\boffset )(\d+)([smhd])\b")
_REAL_THRESHOLD: Final = re.compile(r"(shinsei_(?:outbox|kafka|season_forecast)\w*_seconds(?::max)?\)? > )(\d+)")
"""Limits of real seconds; those of simulated seconds, and of an event loop, stay what they are."""


def hurried(rules: str, factor: int = HURRY) -> str:
    """Rules with their real times shortened."""

    def shorter(found: re.Match[str]) -> str:
        return f"{found[1]}{int(found[2]) * _UNITS_MS[found[3]] // factor}ms"

    return _REAL_THRESHOLD.sub(lambda found: f"{found[1]}{int(found[2]) / factor:g}", _DURATION.sub(shorter, rules))


@dataclass(frozen=True, slots=True, kw_only=True)
class Watcher:
    """A running server."""

    address: str

    async def query(self, expression: str) -> list[Any]:
        """The samples of an expression now."""
        url = f"{self.address}/api/v1/query?{urlencode({'query': expression})}"

        def read() -> Any:
            with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - loopback
                return json.load(answer)["data"]["result"]

        return await asyncio.to_thread(read)

    async def fired(self) -> set[str]:
        """Alerts that have fired at any time."""
        found = await self.query('count by (alertname) (count_over_time(ALERTS{alertstate="firing"}[1h]))')
        return {one["metric"]["alertname"] for one in found}

    async def until_fired(self, *wanted: str, within_s: float = 60.0) -> None:
        """Returns when all of these have fired."""
        seen: set[str] = set()

        async def all_there() -> bool:
            seen.update(await self.fired())
            return set(wanted) <= seen

        try:
            await eventually(all_there, within_s=within_s, every_s=0.5)
        except AssertionError:
            raise AssertionError(f"not fired: {sorted(set(wanted) - seen)}; fired: {sorted(seen)}") from None


@asynccontextmanager
async def watching(folder: Path, targets: Mapping[str, str]) -> AsyncIterator[Watcher]:
    """Watches these ``/metrics`` (by part), with its files in an empty folder."""
    for file in prometheus_files().glob("*.rules.yml"):
        (folder / file.name).write_text(hurried(file.read_text(encoding="utf-8")), encoding="utf-8")
    groups = [{"targets": [urlsplit(url).netloc], "labels": {"part": part}} for part, url in targets.items()]
    configuration = {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "500ms"},
        "rule_files": [str(folder / "*.rules.yml")],
        "scrape_configs": [{"job_name": JOB, "static_configs": groups}],
    }
    (folder / "prometheus.yml").write_text(json.dumps(configuration), encoding="utf-8")
    listen = f"127.0.0.1:{free_port()}"
    command = [
        program("prometheus") or "prometheus",
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={listen}",
        "--log.level=error",
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: ASYNC220, S603 - found, and soon begun

    async def is_ready() -> bool:
        return await asyncio.to_thread(read_metrics, f"http://{listen}/-/ready") is not None

    try:
        await eventually(is_ready, within_s=30, every_s=0.1, what=(folder / "log").read_text("utf-8"))
        yield Watcher(address=f"http://{listen}")
    finally:
        process.terminate()
        process.wait()
