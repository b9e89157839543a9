"""Prometheus (Debian's package): scrapes the parts, evaluates the rules of ``deploy/prometheus``, keeps the history.

It watches and is never in the way: a stack without it is whole. Its configuration is made from the table of parts.
"""

import contextlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from shinsei.stack.errors import StackError
from shinsei.stack.paths import prometheus_files, prometheus_programs
from shinsei.stack.ports import LOOPBACK
from shinsei.stack.processes import Launch
from shinsei.stack.readiness import read_metrics

SCRAPE_EVERY = "5s"
JOB = "shinsei"
LOAD_JOB = "shinsei_loadtest"
"""Of load generators, which come and go: that one is away is no matter of the alerts on parts."""
_KEEP_FOR = "20y"
"""A season is kept at its simulated times, which are years ago."""
_KEEP_AT_MOST = "512MB"
_BACKFILL_WITHIN_S = 120


def program(name: str) -> str | None:
    """The path of ``prometheus``, ``promtool`` or ``amtool``; None where it is not installed."""
    return shutil.which(name) or shutil.which(str(prometheus_programs() / name))


def is_installed() -> bool:
    """Whether this machine has Prometheus."""
    return program("prometheus") is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrometheusServer:
    """One server with its data and configuration in a folder of the home."""

    directory: Path
    port: int
    log: Path
    targets: Mapping[str, str]
    """``/metrics`` by process."""

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://{LOOPBACK}:{self.port}"

    def prepare(self) -> None:
        """Make its folder and write its configuration.

        Raises:
            StackError: it is not installed.
        """
        if not is_installed():
            raise StackError("Prometheus is not installed: make setup, or apt-get install prometheus")
        self.directory.mkdir(parents=True, exist_ok=True)
        self._configuration.write_text(json.dumps(self.configuration(), indent=2), encoding="utf-8")

    def configuration(self) -> dict[str, object]:
        """What it scrapes and by which rules it judges; JSON is YAML too."""
        return {
            "global": {"scrape_interval": SCRAPE_EVERY, "evaluation_interval": SCRAPE_EVERY, "scrape_timeout": "4s"},
            "rule_files": [str(prometheus_files() / "*.rules.yml")],
            "scrape_configs": [
                {
                    "job_name": JOB,
                    "static_configs": [
                        {"targets": [urlsplit(url).netloc], "labels": {"part": part}}
                        for part, url in self.targets.items()
                    ],
                },
                {
                    "job_name": LOAD_JOB,
                    "file_sd_configs": [{"files": [str(_generator(self.directory))], "refresh_interval": SCRAPE_EVERY}],
                    # The port of one that was killed may be anybody's by now.
                    "metric_relabel_configs": [
                        {"source_labels": ["__name__"], "regex": f"{LOAD_JOB}_.*", "action": "keep"}
                    ],
                },
            ],
        }

    def launch(self) -> Launch:
        """How the server is run."""
        return Launch(
            command=[
                program("prometheus") or "prometheus",
                f"--config.file={self._configuration}",
                f"--storage.tsdb.path={self._data}",
                f"--storage.tsdb.retention.time={_KEEP_FOR}",
                f"--storage.tsdb.retention.size={_KEEP_AT_MOST}",
                f"--web.listen-address={LOOPBACK}:{self.port}",
                # For the trace behind a slow record.
                "--enable-feature=exemplar-storage",
                "--log.level=warn",
            ],
            log=self.log,
            environment={"GOMAXPROCS": "1"},
            directory=self.directory,
        )

    def has_data(self) -> bool:
        """Whether it runs here, or ran once."""
        return self._data.is_dir()

    def backfill(self, lines: Iterable[str]) -> None:
        """Put samples of the past, an OpenMetrics exposition, beside what it has scraped.

        The server, running or not, sees them within a minute. Once more the same samples change nothing.

        Raises:
            StackError: it is not installed, has never run here, or refuses the samples; or there is no room for them.
        """
        tool = program("promtool")
        if tool is None or not self.has_data():
            raise StackError(f"Prometheus keeps nothing in {self.directory}: shinsei up starts it")
        try:
            self._put(tool, lines)
        except OSError as error:
            raise StackError(f"the history cannot be written to {self.directory}: {error.strerror or error}") from error
        except subprocess.TimeoutExpired as error:
            raise StackError(f"promtool does not get done with the history within {error.timeout:g} s") from None

    def _put(self, tool: str, lines: Iterable[str]) -> None:
        with tempfile.TemporaryDirectory(dir=self.directory) as folder:
            text, blocks = Path(folder) / "history.om", Path(folder) / "blocks"
            text.write_text("\n".join(lines) + "\n", encoding="utf-8")
            done = subprocess.run(
                [tool, "tsdb", "create-blocks-from", "openmetrics", "--quiet", str(text), str(blocks)],
                capture_output=True,
                text=True,
                timeout=_BACKFILL_WITHIN_S,
                check=False,
            )
            if done.returncode:
                raise StackError(f"promtool refuses the history: {(done.stderr or done.stdout).strip()}")
            # Whole blocks appear under their names: the server never sees one half written. No sample makes no block.
            for block in sorted(blocks.glob("*")):
                if block.is_dir():
                    block.rename(self._data / block.name)

    def answers(self) -> bool:
        """Whether it is ready for queries."""
        return read_metrics(f"{self.address}/-/ready") is not None

    @property
    def _data(self) -> Path:
        return self.directory / "data"

    @property
    def _configuration(self) -> Path:
        return self.directory / "prometheus.yml"


@contextlib.contextmanager
def scraped(directory: Path, port: int) -> Iterator[None]:
    """Has the server of this directory scrape a load generator meanwhile; where none has ever run, nobody is told.

    What one that was killed leaves behind is replaced by the next one.
    """
    file, text = _generator(directory), json.dumps([{"targets": [f"{LOOPBACK}:{port}"]}])
    with contextlib.suppress(OSError):  # it is no reason not to measure
        partial = file.with_suffix(".partial")
        partial.write_text(text, encoding="utf-8")
        partial.replace(file)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            if file.read_text(encoding="utf-8") == text:
                file.unlink()


def _generator(directory: Path) -> Path:
    """Where it looks for the address of a load generator."""
    return directory / "loadtest.json"
