"""Who this process is to the others: a certificate that names its role, and what it means to gRPC and to Kafka.

A service has the one identity that ``SHINSEI_IDENTITY_DIR`` names. Whoever works on a local stack may be several (an
applicant, the driver of a season): ``introduce`` says for which addresses a folder has an identity for each role.
Without either, calls are plain, and a server takes them from anybody.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from shinsei.runtime.errors import StartError

if TYPE_CHECKING:
    import ssl

    import grpc

VARIABLE: Final = "SHINSEI_IDENTITY_DIR"
OWN_FILE: Final = "identity.pem"
"""Key and certificate of a role in one file, so that they are renewed as one."""
TRUSTED_FILE: Final = "ca.pem"
"""Certificate of the authority that has signed everybody's."""
DRIVER: Final = "season"
"""The role of the command line, where nothing else is said."""
ANYBODY: Final = "localhost"
"""A name that is in every certificate: for who asks a server of its own machine, whichever it is."""

_CERTIFICATE: Final = b"-----BEGIN CERTIFICATE-----"
_FOLDERS: Final[dict[str, Path]] = {}
"""Of stacks that this process has found: address -> folder with an identity for each role."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A folder with a role's key, its certificate, and whom it trusts."""

    folder: Path

    def for_server(self) -> "grpc.ServerCredentials":
        """For a server that takes nobody without a certificate."""
        import grpc  # noqa: PLC0415 - slow to import, and not there in a small install

        key, certificate, trusted = self._read()
        return grpc.ssl_server_credentials([(key, certificate)], trusted, require_client_auth=True)

    def for_calls(self) -> "grpc.ChannelCredentials":
        """For a channel."""
        import grpc  # noqa: PLC0415

        key, certificate, trusted = self._read()
        return grpc.ssl_channel_credentials(trusted, key, certificate)

    def for_kafka(self) -> "ssl.SSLContext":
        """For a connection to Kafka."""
        import ssl  # noqa: PLC0415 - most commands need none

        self._read()
        context = ssl.create_default_context(cafile=self.folder / TRUSTED_FILE)
        context.load_cert_chain(self.folder / OWN_FILE)
        return context

    def _read(self) -> tuple[bytes, bytes, bytes]:
        """Key, certificate, and the authority's certificate.

        Raises:
            StartError: they cannot be read.
        """
        try:
            own, trusted = (self.folder / OWN_FILE).read_bytes(), (self.folder / TRUSTED_FILE).read_bytes()
        except OSError as error:
            problem = f"the certificate in {self.folder} cannot be read ({error.strerror})"
            raise StartError(problem, remedy=f"set {VARIABLE} to the folder of an identity") from error
        key, mark, certificate = own.partition(_CERTIFICATE)
        return key, mark + certificate, trusted


def own_identity() -> Identity | None:
    """That of this process, if it has one."""
    folder = os.environ.get(VARIABLE, "")
    return Identity(Path(folder)) if folder else None


def introduce(addresses: Iterable[str], folder: Path | None) -> None:
    """From now on this process has an identity for each role there; with no folder, it has none any more."""
    for address in addresses:
        if folder is None:
            _FOLDERS.pop(address, None)
        else:
            _FOLDERS[address] = folder


@contextmanager
def a_stranger() -> Iterator[None]:
    """Meanwhile this process is introduced nowhere: for a world of its own, whose addresses a stack may have, too."""
    kept = dict(_FOLDERS)
    _FOLDERS.clear()
    try:
        yield
    finally:
        _FOLDERS.update(kept)


def identity_towards(address: str, role: str = DRIVER) -> Identity | None:
    """Who this process is to an address; the role counts only where it has several."""
    folder = _FOLDERS.get(address)
    return own_identity() if folder is None else Identity(folder / role)


def open_channel(
    target: str, to: str = ANYBODY, *, role: str = DRIVER, options: Sequence[tuple[str, Any]] = ()
) -> "grpc.aio.Channel":
    """A channel to whoever ``to`` is: nobody else's certificate is taken there."""
    import grpc  # noqa: PLC0415

    from shinsei.runtime.makers import MAKERS  # noqa: PLC0415 - needs every client library

    identity = identity_towards(target, role)
    if identity is None:
        opened: grpc.aio.Channel = MAKERS.get().channel(target, options=options)
        return opened
    return grpc.aio.secure_channel(target, identity.for_calls(), options=[*options, named(to)])


def named(name: str) -> tuple[str, str]:
    """The option of a channel that says who has to be at the other end, whatever the address."""
    return "grpc.ssl_target_name_override", name


def kafka_options(bootstrap: str, role: str = DRIVER) -> dict[str, Any]:
    """What a client of Kafka has to be told to be let in; nothing where everybody is."""
    identity = identity_towards(bootstrap, role)
    return {} if identity is None else {"security_protocol": "SSL", "ssl_context": identity.for_kafka()}
