"""One stack as it stands: its home and its ports, and what follows from them (addresses, connection strings)."""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from shinsei.contracts.zones import ZONE_OF
from shinsei.domain.errors import InvalidInputError
from shinsei.runtime.identity import VARIABLE, introduce
from shinsei.runtime.private_file import is_kept, keep
from shinsei.stack.home import Home
from shinsei.stack.kafka import KafkaNode
from shinsei.stack.ports import LOOPBACK
from shinsei.stack.postgres import PostgresServer
from shinsei.stack.postgres_roles import READER
from shinsei.stack.prometheus import PrometheusServer

SERVICES = ("portal_sim", "linkage_server", "app_mgmt", "core_systems")
"""The four services; each has a database of its own of the same name."""
CLIENT_ID = "linkage_server"
"""Under this name the linkage server logs in at the portal."""
SIGNATURES: Final = "SHINSEI_SIGNATURES"
"""``off``: nobody signs applications, and the portal checks no signature, to measure what they cost."""
PEOPLE: Final = ("applicant", "season")
"""Roles of whoever is at the keyboard, and of the programs of theirs."""
ROOM_CONTROL: Final = "SHINSEI_ROOM_CONTROL_TOKEN"
"""What whoever starts a stack may choose, so that he who knows it controls its season from the operations room."""
SECURITY: Final = "SHINSEI_SECURITY"
"""``off`` runs a stack without certificates, to measure what they cost."""


def signs() -> bool:
    """Whether citizens sign what they file."""
    return _is_on(SIGNATURES)


def _is_secured() -> bool:
    return _is_on(SECURITY)


def _is_on(variable: str) -> bool:
    return os.environ.get(variable, "").lower() not in {"off", "0", "no"}


def _reach_directly() -> None:
    """Have gRPC and urllib ask no proxy for this machine, whatever the environment says of the world outside."""
    known = os.environ.get("no_proxy") or os.environ.get("NO_PROXY", "")
    if LOOPBACK not in known.split(","):
        os.environ["no_proxy"] = ",".join(filter(None, (known, LOOPBACK)))


def _control_token() -> str:
    """What whoever starts the stack has chosen; a browser sends nothing else in a header."""
    token = os.environ.get(ROOM_CONTROL, "").strip()
    if not (token.isascii() and token.isprintable()):
        raise InvalidInputError(ROOM_CONTROL, "must be of printable ASCII characters: it is sent in a header of HTTP")
    return token


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where the parts listen."""

    portal: str
    """gRPC of ``portal_sim``."""
    linkage: str
    """gRPC of ``linkage_server``."""
    app_mgmt: str
    """gRPC of ``app_mgmt``."""
    core: str
    """gRPC of ``core_systems``."""
    kafka_bootstrap: str
    postgres: str
    dsns: Mapping[str, str] = field(default_factory=dict)
    """Connection string of each service's database, for reading; it names the password file and not the password."""
    metrics: Mapping[str, str] = field(default_factory=dict)
    """``/metrics`` by process."""
    prometheus: str = ""
    """Where Prometheus answers, if it is there."""
    room: str = ""
    """The operations room, for a browser."""
    certificates: str = ""
    """Folder with an identity for each role, without which nobody is let in; empty: everybody is."""

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """From the form in which the supervisor reports them."""
        return cls(**values)

    def values(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        return asdict(self)

    def introduce(self) -> None:
        """Let this process in: from now on it has identities at these addresses, if any are asked for.

        No proxy is in the way, in this process and those that it starts: none could reach another machine's loopback.
        """
        _reach_directly()
        called = (self.portal, self.linkage, self.app_mgmt, self.core, self.kafka_bootstrap)
        introduce(called, Path(self.certificates) if self.certificates else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A home and the port of every purpose."""

    home: Home
    ports: Mapping[str, int]
    """By purpose: ``kafka``, ``kafka.controller``, ``postgres``, ``portal_sim.grpc``, ``portal_sim.metrics``, …"""
    secured: bool = field(default_factory=_is_secured)
    """Whether everybody has to have a certificate."""

    @property
    def kafka(self) -> KafkaNode:
        """The broker."""
        return KafkaNode(
            directory=self.home.kafka,
            port=self.ports["kafka"],
            controller_port=self.ports["kafka.controller"],
            log=self.home.log("kafka"),
            identity=self.certificates / "kafka" if self.secured else None,
        )

    @property
    def postgres(self) -> PostgresServer:
        """The database server."""
        return PostgresServer(
            directory=self.home.postgres,
            port=self.ports["postgres"],
            log=self.home.log("postgres"),
            password_file=self.home.credentials / "pgpass",
        )

    @property
    def prometheus(self) -> PrometheusServer:
        """The server of metrics."""
        return PrometheusServer(
            directory=self.home.prometheus,
            port=self.ports["prometheus"],
            log=self.home.log("prometheus"),
            targets=self.addresses.metrics,
        )

    @property
    def addresses(self) -> Addresses:
        """Where everything listens."""
        processes = (*SERVICES, "app_mgmt_streams", "room")
        return Addresses(
            portal=self.grpc("portal_sim"),
            linkage=self.grpc("linkage_server"),
            app_mgmt=self.grpc("app_mgmt"),
            core=self.grpc("core_systems"),
            kafka_bootstrap=self.kafka.bootstrap,
            postgres=self.postgres.address,
            dsns={name: self.postgres.dsn(name, READER) for name in SERVICES},
            metrics={name: f"http://{LOOPBACK}:{self.ports[f'{name}.metrics']}/metrics" for name in processes},
            prometheus=f"http://{LOOPBACK}:{self.ports['prometheus']}",
            room=f"http://{LOOPBACK}:{self.ports['room.web']}/",
            certificates=str(self.certificates) if self.secured else "",
        )

    @property
    def certificates(self) -> Path:
        """Folder of the identities."""
        return self.home.credentials / "certificates"

    def identity(self, role: str) -> dict[str, str]:
        """Environment of a process that has this role."""
        return {VARIABLE: str(self.certificates / role)} if self.secured else {}

    def certify(self, *names: str) -> None:
        """Give each of them that has a role a new certificate.

        Raises:
            StackError: That cannot be, and it has none that is still good.
        """
        roles = [name for name in names if name in ZONE_OF]
        if self.secured and roles:
            from shinsei.stack.certificates import issue  # noqa: PLC0415 - planning needs no cryptography

            issue(self.certificates, roles)

    def grpc(self, service: str) -> str:
        """Where a service answers."""
        return f"{LOOPBACK}:{self.ports[f'{service}.grpc']}"

    def make_credentials(self) -> None:
        """Make what is secret: citizens' cards; for the pull interface a file for its client and one for the portal.

        What is there stays, but for the room's token: that is good for one start.

        Raises:
            InvalidInputError: no such token can be sent.
        """
        from shinsei.runtime.citizens import make_cards  # noqa: PLC0415 - only a stack that runs needs the library

        make_cards(self.home.citizens)
        client_file = self.home.credentials / "linkage_server.secret"
        portal_file = self.home.credentials / "portal_clients.toml"
        if not (is_kept(portal_file) and is_kept(client_file)):
            client_file.unlink(missing_ok=True)  # the last that is written: what is there goes with the portal's
            secret = secrets.token_urlsafe(24)
            keep(portal_file, f'[{CLIENT_ID}]\nsecret = {json.dumps(secret)}\nmunicipalities = ["*"]\n')
            keep(client_file, f"{secret}\n")
        if token := _control_token():
            keep(self.control_token_file, f"{token}\n")
        else:
            self.control_token_file.unlink(missing_ok=True)

    @property
    def control_token_file(self) -> Path:
        """Absent where the operations room is for reading only."""
        return self.home.credentials / "room.token"

    def credential_files(self) -> dict[str, str]:
        """What is secret, and where."""
        return {
            "postgres": str(self.postgres.password_file),
            "pull interface, client": str(self.home.credentials / "linkage_server.secret"),
            "pull interface, portal": str(self.home.credentials / "portal_clients.toml"),
            "citizens' cards": str(self.home.citizens),
            **({"operations room": str(self.control_token_file)} if self.control_token_file.exists() else {}),
            **({"certificates": str(self.certificates)} if self.secured else {}),
        }
