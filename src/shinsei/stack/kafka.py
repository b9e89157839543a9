"""Apache Kafka on this machine: one KRaft node from Maven's jars, loopback only where nothing else is said.

``running_kafka`` starts just this part, for a test session or a measurement.
"""

import contextlib
import os
import shutil
import signal
import string
import subprocess
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from shinsei.runtime.identity import kafka_options
from shinsei.stack import processes
from shinsei.stack.errors import StackError
from shinsei.stack.java import find_java
from shinsei.stack.paths import kafka_classes, kafka_files, kafka_jars, repository
from shinsei.stack.ports import LOOPBACK, free_port
from shinsei.stack.processes import Launch
from shinsei.stack.waiting import answers, run_apart, until_ready

READY_WITHIN_S = 180.0
ADMINISTRATOR = "kafka"
"""The broker's own role: under it the stack makes topics and the access list."""
_HEAP = ("-Xms96m", "-Xmx400m")
_LOCALE = {"LC_ALL": "C.UTF-8"}
"""So that Java finds a home whose path is not ASCII."""
_FORMAT_TIMEOUT_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaNode:
    """The one node: where it keeps its log and where it listens."""

    directory: Path
    """Holds data, configuration and whatever Java wants to write."""
    port: int
    controller_port: int
    log: Path
    identity: Path | None = None
    """Folder of its certificate; with one, it takes nobody without, and each role may do what the access list says."""
    host: str = LOOPBACK
    """Where it listens for clients."""

    @property
    def bootstrap(self) -> str:
        """What a client connects to."""
        return f"{self.host}:{self.port}"

    @property
    def _data(self) -> Path:
        return self.directory / "data"

    @property
    def _configuration(self) -> Path:
        return self.directory / "server.properties"

    def prepare(self) -> None:
        """Write the configuration, and format the storage if it is new."""
        jars = require_jars()
        temporary = self.directory / "tmp"
        temporary.mkdir(parents=True, exist_ok=True)
        files = ("server.properties", *(() if self.identity is None else ("security.properties",)))
        template = string.Template("".join((kafka_files() / file).read_text(encoding="utf-8") for file in files))
        configuration = template.substitute(
            host=self.host,
            port=self.port,
            controller_port=self.controller_port,
            data=self._data,
            protocol="PLAINTEXT" if self.identity is None else "SSL",
            identity=self.identity,
        )
        self._configuration.write_text("".join(map(_escaped, configuration)), encoding="ascii")
        if not (self._data / "meta.properties").exists():
            shutil.rmtree(self._data, ignore_errors=True)
            self._format(jars)

    def launch(self) -> Launch:
        """How the broker is run."""
        log_configuration = f"-Dlog4j2.configurationFile={(kafka_files() / 'log4j2.properties').as_uri()}"
        return Launch(
            command=[
                *_java(require_jars(), self.directory / "tmp"),
                *(*_HEAP, "-XX:+ExitOnOutOfMemoryError", log_configuration),
                *("kafka.Kafka", str(self._configuration)),
            ],
            log=self.log,
            environment=_LOCALE,
            directory=self.directory,
            stop_signal=signal.SIGTERM,
        )

    def _format(self, jars: Path) -> None:
        cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        done = subprocess.run(
            [
                *_java(jars, self.directory / "tmp"),
                *("kafka.tools.StorageTool", "format", "--standalone"),
                *(f"--cluster-id=q{cluster[1:]}", "--config", str(self._configuration)),
            ],
            capture_output=True,
            text=True,
            timeout=_FORMAT_TIMEOUT_S,
            check=False,
            env={**os.environ, **_LOCALE},
        )
        if done.returncode != 0:
            problem = (done.stderr or done.stdout).strip().splitlines()
            raise StackError(f"Kafka's storage in {self._data} cannot be formatted: {problem[-1] if problem else '?'}")


async def probe(bootstrap: str, timeout_s: float = 5.0) -> bool:
    """Whether the broker answers an administrator's request for the cluster's metadata."""
    from aiokafka.admin import AIOKafkaAdminClient  # noqa: PLC0415 - slow to import, and not needed by the planner
    from aiokafka.errors import KafkaError  # noqa: PLC0415

    if not await answers(bootstrap):
        return False
    options = kafka_options(bootstrap, ADMINISTRATOR)
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=int(timeout_s * 1000), **options)
    try:
        await admin.start()
        cluster = await admin.describe_cluster()
    except (KafkaError, OSError):
        return False
    finally:
        with contextlib.suppress(KafkaError, OSError):
            await admin.close()
    return bool(cluster.get("brokers"))


@contextlib.contextmanager
def running_kafka(directory: Path, *, port: int | None = None) -> Iterator[str]:
    """One broker for the time of the block, on a free port; yields its bootstrap address.

    Data of an earlier block in the same directory is still there. It makes no topics.
    """
    port = port or free_port()
    node = KafkaNode(
        directory=directory,
        port=port,
        controller_port=free_port(besides=(port,)),
        log=directory / "kafka.log",
    )
    node.prepare()
    launch = node.launch()
    process = processes.start(launch)
    try:
        until_ready("kafka", process, lambda: run_apart(probe(node.bootstrap)), launch.log, READY_WITHIN_S)
        yield node.bootstrap
    finally:
        processes.stop(process, launch)


def require_jars() -> Path:
    """Folder of the jars.

    Raises:
        StackError: They are not there; the text says how to fetch them.
    """
    folder = kafka_jars()
    if any(folder.glob("kafka_*.jar")):
        return folder
    raise StackError(f"Kafka's jars are not in {folder}: run `make setup`, or `{' '.join(fetch_command())}`")


def fetch_command() -> Sequence[str]:
    """The command that fetches the jars, once."""
    pom = kafka_files() / "pom.xml"
    return ["mvn", "--batch-mode", "--quiet", "--file", str(_near(pom)), "dependency:copy-dependencies"]


def _near(path: Path) -> Path:
    """The path as seen from the repository, if it is run from there."""
    return path.relative_to(repository()) if Path.cwd() == repository() else path


def _java(jars: Path, temporary: Path) -> list[str]:
    """Java with what both the formatter and the broker want: small, quick to start, and writing nowhere else.

    The quick compiler alone halves the processor time of a start (6.5 to 3.6 s) and takes 30 MiB less; the classes that
    set-up has had it keep (``class_archive``) halve it again.
    """
    kept = kafka_classes()
    return [
        *(find_java(), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Djava.awt.headless=true"),
        *([f"-XX:SharedArchiveFile={kept}"] if kept.is_file() else ()),
        *(f"-Djava.io.tmpdir={temporary}", "-cp", f"{jars}/*"),
    ]


def _escaped(letter: str) -> str:
    """A letter as a properties file has it: Java reads Latin-1, and anything else as units of UTF-16."""
    if letter.isascii():
        return letter
    units = letter.encode("utf-16-be").hex()
    return "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))
