"""The stack that a load test is about, as it is reached from here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A stack under test."""

    addresses: Mapping[str, str]
    """``host:port`` by service."""
    kafka: str
    secret_file: str
    cards: str = ""
    """Folder with the citizens' cards; empty: nobody signs."""
    certificates: str = ""
    """Folder with an identity for each role, if the stack is here and asks for them."""
    prometheus: Path | None = None
    """Folder of the stack's own Prometheus, if the stack is here."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """How the stack is set up, as far as it can be seen from here."""

    @property
    def for_workers(self) -> Mapping[str, str]:
        """What a worker has to know of it."""
        known = {"secret_file": self.secret_file, "cards": self.cards, "certificates": self.certificates}
        return {**self.addresses, **known}
