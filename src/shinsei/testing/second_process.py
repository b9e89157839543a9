"""A second process of a service of a local stack, under a name of its own: it comes and goes as a pod does."""

import signal
import subprocess
from dataclasses import dataclass
from typing import Self

from prometheus_client.parser import text_string_to_metric_families

from shinsei.stack import Stack
from shinsei.stack.home import Home
from shinsei.stack.parts import PARTS
from shinsei.stack.ports import free_ports
from shinsei.stack.readiness import read_metrics
from shinsei.stack.site import Site

SCALED = ("linkage_server", "app_mgmt", "core_systems")
"""The portal is one process a database (ADR 11)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondProcess:
    """One more process of a service, with the environment of the first."""

    process: "subprocess.Popen[bytes]"
    metrics: str

    @classmethod
    def start(cls, stack: Stack, service: str) -> Self:
        """Starts it; it reads and joins its group in its own time."""
        ports = {purpose: port for part in stack.status().parts for purpose, port in part.ports.items()}
        (part,) = (part for part in PARTS if part.name == service)
        grpc, metrics = free_ports(2)
        own = {f"{service}.grpc": grpc, f"{service}.metrics": metrics}
        launch = part.launch(Site(home=Home(path=stack.home), ports={**ports, **own}))
        environment = {**launch.environment, f"{service.upper()}_INSTANCE": f"{service}-1"}
        with (stack.home / "log" / f"{service}-1.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - the stack's own command line
                launch.command, env=environment, cwd=stack.home, stdout=log, stderr=log
            )
        return cls(process=process, metrics=f"http://127.0.0.1:{metrics}/metrics")

    def has_partitions(self) -> bool:
        """Whether partitions have been dealt out to it."""
        return self._total("shinsei_kafka_rebalances_total") > 0

    def handled(self) -> float:
        """Records that it has handled."""
        return self._total("shinsei_kafka_messages_total", outcome="handled")

    def drain(self) -> int:
        """Ends it in good order; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def kill(self) -> None:
        """As ``kill -9``."""
        self.process.kill()
        self.process.wait()

    def _total(self, name: str, **labels: str) -> float:
        families = text_string_to_metric_families(read_metrics(self.metrics) or "")
        return sum(
            sample.value
            for family in families
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )
