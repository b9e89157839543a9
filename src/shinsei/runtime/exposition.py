"""``/metrics``: what prometheus_client writes, byte for byte, at a fraction of its cost.

The library writes every label of every sample anew each time it is asked, though only values change, and packs the
answer as tightly as it can for a reader on the same machine. All of that keeps the event loop from its work.
"""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qs, urlsplit

from prometheus_client import REGISTRY
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.samples import Sample
from prometheus_client.utils import floatToGoString

Writer: TypeAlias = Callable[[Any], bytes]
"""Of the library: the whole text of whatever has ``collect``."""

_KINDS: Final = frozenset({"counter", "gauge", "histogram"})
_NO_EXPONENT: Final = 1e6
"""Below it Go writes a number as Python does."""
_END: Final = "# EOF\n"
_IDLE_S: Final = 60
"""After which a reader who asks nothing more is let go."""


def exposition(registry: Any, writer: Writer) -> bytes:
    """The text that ``writer`` would write of a registry."""
    parts: list[str] = []
    for family in registry.collect():
        if family.type in _KINDS and all(map(_is_plain, family.samples)):
            parts.append(_heading(writer, family.name, family.documentation, family.type, family.unit))
            parts += [f"{_series(one.name, *one.labels.items())} {_number(one.value)}\n" for one in family.samples]
        else:
            parts.append(_by_library(writer, family))
    parts.append(writer(_These(())).decode())
    return "".join(parts).encode()


class _These:
    """Families, as the library wants to be given them."""

    def __init__(self, families: Sequence[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _is_plain(sample: Sample) -> bool:
    """Whether there is nothing beside its value, and it stands where it is."""
    return (
        sample.exemplar is None
        and sample.timestamp is None
        and sample.native_histogram is None
        and not sample.name.endswith("_created")
    )


def _by_library(writer: Writer, family: Metric) -> str:
    return writer(_These([family])).decode().removesuffix(_END)


@lru_cache(maxsize=1_000)
def _heading(writer: Writer, name: str, documentation: str, kind: str, unit: str) -> str:
    return _by_library(writer, Metric(name, documentation, kind, unit))


@lru_cache(maxsize=20_000)
def _series(name: str, *labels: tuple[str, str]) -> str:
    """A series as it is named, which never changes; both formats do it alike."""
    if not labels:
        return name
    told = ",".join(f'{label}="{_escaped(value)}"' for label, value in sorted(labels))
    return f"{name}{{{told}}}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def _number(value: float) -> str:
    if -_NO_EXPONENT < value < _NO_EXPONENT:
        return repr(float(value))
    return str(floatToGoString(value))  # type: ignore[no-untyped-call]


@lru_cache(maxsize=16)
def _chosen(accepts: str) -> tuple[Writer, str]:
    """The library's writer for whoever accepts this, and what it writes; always the same one."""
    return choose_encoder(accepts)


class _Handler(BaseHTTPRequestHandler):
    """One reader, who may ask again and again on one connection."""

    protocol_version = "HTTP/1.1"
    server_version = "shinsei"
    sys_version = ""
    timeout = _IDLE_S
    wbufsize = -1
    """An answer goes out as a whole."""

    def handle(self) -> None:
        """Until the reader goes, in whatever way."""
        with contextlib.suppress(ConnectionError):
            super().handle()

    def do_GET(self) -> None:
        """Everything, or the families that are named by ``name[]``."""
        names = parse_qs(urlsplit(self.path).query).get("name[]")
        registry = REGISTRY.restricted_registry(names) if names else REGISTRY
        writer, kind = _chosen(self.headers.get("Accept", ""))
        body = exposition(registry, writer)
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
        """Says nothing: it is asked every few seconds."""


def serve(port: int, host: str) -> int:
    """Serve ``/metrics`` from a thread of its own; returns the port.

    Raises:
        OSError: the port is in use.
    """
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    kind = type("MetricsServer", (ThreadingHTTPServer,), {"address_family": family, "daemon_threads": True})
    server: ThreadingHTTPServer = kind(address[:2], _Handler)
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server.server_port
