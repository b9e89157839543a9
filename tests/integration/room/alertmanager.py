"""An Alertmanager of a test's own, with the configuration of operation: what it groups and keeps quiet, by its word."""

import asyncio
import json
import subprocess
import urllib.request
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shinsei.stack.paths import prometheus_files, prometheus_programs
from shinsei.stack.ports import free_port
from shinsei.stack.prometheus import program
from shinsei.stack.readiness import read_metrics
from shinsei.testing.waiting import eventually

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alertmanager:
    """A running server."""

    address: str

    async def fire(self, alerts: Sequence[Labels]) -> None:
        """From now on these fire."""
        await self._ask("alerts", json.dumps([{"labels": labels} for labels in alerts]).encode())

    async def quiet(self) -> list[tuple[Labels, bool]]:
        """All that fires, and whether another alert keeps it quiet."""
        found = await self._ask("alerts")
        return [(one["labels"], bool(one["status"]["inhibitedBy"])) for one in found]

    async def groups(self) -> list[tuple[str, Labels, int]]:
        """What is told together: to whom, by which labels, and how many alerts it is."""
        found = await self._ask("alerts/groups")
        return [(one["receiver"]["name"], one["labels"], len(one["alerts"])) for one in found]

    async def _ask(self, what: str, body: bytes | None = None) -> Any:
        kind = {"Content-Type": "application/json"}
        asked = urllib.request.Request(f"{self.address}/api/v2/{what}", data=body, headers=kind)  # noqa: S310 - loopback

        def read() -> Any:
            with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310 - loopback
                return json.loads(answer.read() or b"null")

        return await asyncio.to_thread(read)


def _program() -> Sequence[str]:
    """Debian's own looks for its templates in a folder of the system, where those that it came with are put for it."""
    found = program("prometheus-alertmanager") or program("alertmanager") or "alertmanager"
    if Path(found).parent != prometheus_programs():
        return (found,)
    put = 'mount --bind "$0" /usr/share && exec "$@"'
    share = prometheus_programs().parent / "share"
    return ("unshare", "--map-root-user", "--mount", "sh", "-c", put, str(share), found)


@asynccontextmanager
async def alerting(folder: Path) -> AsyncIterator[Alertmanager]:
    """Runs one that calls nobody, with its files in a folder."""
    listen = f"127.0.0.1:{free_port()}"
    command = [
        *_program(),
        f"--config.file={prometheus_files() / 'alertmanager.yml'}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address={listen}",
        "--cluster.listen-address=",
        "--log.level=error",
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)

    async def is_ready() -> bool:
        return await asyncio.to_thread(read_metrics, f"http://{listen}/-/ready") is not None

    try:
        await eventually(is_ready, within_s=30, every_s=0.1, what="an Alertmanager")
        yield Alertmanager(address=f"http://{listen}")
    finally:
        process.terminate()
        process.wait()
