"""Tokens of the pull interface: a municipality's client logs in and gets a short-lived one.

They live in memory; after a restart of the portal every client logs in again, as after an expiry.
"""

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from portal_sim.handlers.model import ForbiddenError, UnauthenticatedError
from portal_sim.handlers.ports import RealClock

_ANY = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client of the pull interface."""

    client_id: str
    secret: str
    municipalities: frozenset[str]
    """Codes that it may speak for; ``*`` for all."""

    def may(self, municipality: str) -> bool:
        """Whether it may speak for a municipality."""
        return _ANY in self.municipalities or municipality in self.municipalities


class Sessions:
    """Who holds which token."""

    def __init__(
        self,
        clients: Mapping[str, Client],
        ttl_s: int,
        real: RealClock,
        expires_early: Callable[[], bool] = lambda: False,
    ) -> None:
        """``expires_early`` is asked with every call whether its token is good no longer, whatever its time."""
        self._clients = clients
        self.ttl_s = ttl_s
        self._real = real
        self._expires_early = expires_early
        self._tokens: dict[str, tuple[Client, int]] = {}

    def login(self, client_id: str, secret: str) -> str:
        """A new token.

        Raises:
            UnauthenticatedError: unknown client or wrong secret.
        """
        client = self._clients.get(client_id)
        if client is None or not hmac.compare_digest(client.secret.encode(), secret.encode()):
            raise UnauthenticatedError(f"client {client_id!r} is unknown or its secret is wrong")
        now = self._real.now_ms()
        self._tokens = {token: held for token, held in self._tokens.items() if held[1] > now}
        token = secrets.token_urlsafe(32)
        self._tokens[token] = (client, now + self.ttl_s * 1000)
        return token

    def client(self, authorization: str) -> Client:
        """Whose token this is.

        Raises:
            UnauthenticatedError: no token, or it has expired.
        """
        kind, _, token = authorization.partition(" ")
        if self._expires_early():
            self._tokens.pop(token, None)
        client, expires = self._tokens.get(token, (None, 0))
        if kind.lower() != "bearer" or client is None or expires <= self._real.now_ms():
            raise UnauthenticatedError("no valid token; log in again")
        return client

    def speak_for(self, authorization: str, municipality: str) -> Client:
        """Whose token this is, if it speaks for the municipality.

        Raises:
            ForbiddenError: it does not.
        """
        client = self.client(authorization)
        if not client.may(municipality):
            raise ForbiddenError(f"client {client.client_id!r} does not speak for municipality {municipality}")
        return client
