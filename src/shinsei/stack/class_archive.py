"""Has Java write down what it works out about Kafka's classes, so that a broker need not do so at every start.

A broker runs for it once and does what one of a stack does. What Java keeps (class data sharing is its name for it) is
good for these jars and this Java only; with others it does without. ``deploy/local/setup`` runs this.
"""

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from shinsei.contracts.topics import WORK_REQUESTED
from shinsei.runtime.identity import kafka_options
from shinsei.runtime.observability import configure_logging
from shinsei.stack import kafka, processes
from shinsei.stack.errors import StackError
from shinsei.stack.home import Home
from shinsei.stack.launching import choose_ports
from shinsei.stack.parts import PARTS
from shinsei.stack.paths import kafka_classes
from shinsei.stack.site import Site
from shinsei.stack.waiting import run_apart, until_ready

_WRITTEN_WITHIN_S = 180.0


def write_archive(archive: Path) -> None:
    """Make it anew.

    Raises:
        StackError: the broker does not start, or this Java keeps nothing.
    """
    archive.unlink(missing_ok=True)
    with TemporaryDirectory(prefix="classes-", dir=archive.parent) as folder:
        site = Site(home=Home(path=Path(folder)), ports=choose_ports("free"))
        written = site.home.temporary / archive.name
        _run_broker(site, written)
        if not written.is_file():
            lines = site.kafka.log.read_text(encoding="utf-8", errors="replace").splitlines()
            raise StackError(f"Java keeps no classes of Kafka: {lines[-1] if lines else '?'}")
        written.replace(archive)


def _run_broker(site: Site, written: Path) -> None:
    site.home.make()
    site.addresses.introduce()
    site.certify("kafka")
    site.kafka.prepare()
    usual = site.kafka.launch()
    java, *rest = usual.command
    command = [java, f"-XX:ArchiveClassesAtExit={written}", *rest]
    launch = replace(usual, command=command, stop_grace_s=_WRITTEN_WITHIN_S)
    process = processes.start(launch)
    try:
        is_ready = partial(kafka.probe, site.kafka.bootstrap)
        until_ready("kafka", process, lambda: run_apart(is_ready()), launch.log, kafka.READY_WITHIN_S)
        run_apart(_use(site))
    finally:
        processes.stop(process, launch)


async def _use(site: Site) -> None:
    """As the stack and its services do: topics and rights, a record of an idempotent producer, read in a group."""
    await next(part for part in PARTS if part.name == "kafka").furnish(site)
    options = {"bootstrap_servers": site.kafka.bootstrap, **kafka_options(site.kafka.bootstrap, kafka.ADMINISTRATOR)}
    async with AIOKafkaProducer(enable_idempotence=True, **options) as producer:
        await producer.send_and_wait(WORK_REQUESTED.name, b"record")
    async with AIOKafkaConsumer(
        WORK_REQUESTED.name, group_id=kafka.ADMINISTRATOR, auto_offset_reset="earliest", **options
    ) as consumer:
        await consumer.getone()
        await consumer.commit()


def main() -> int:
    """The archive beside the jars."""
    try:
        write_archive(kafka_classes())
    except (StackError, OSError) as error:
        sys.stderr.write(f"setup: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    configure_logging("setup", "console", "critical")  # what its clients say before a broker is ready is no news
    sys.exit(main())
