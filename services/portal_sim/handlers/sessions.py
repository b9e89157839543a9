"""Tokens of the pull interface: a municipality's client logs in and gets a short-lived one.

They live in memory; after a restart of the portal every client logs in again, as after an expiry. There is no refresh.
"""

import hmac
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal_sim.handlers.model import ForbiddenError, UnauthenticatedError
from portal_sim.handlers.ports import RealClock
from portal_sim.handlers.rates import Rate

_ANY = "*"
_FEW = 64
"""Tokens among which nobody looks for expired ones."""


class Scope(StrEnum):
    """What a token is good for."""

    APPLICATIONS = "applications"
    """List, get, download, acknowledge."""
    STATUSES = "statuses"
    """Push what has become of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client of the pull interface."""

    client_id: str
    secret: str
    municipalities: frozenset[str]
    """Codes that it may speak for; ``*`` for all."""
    scopes: frozenset[Scope] = frozenset(Scope)
    calls_per_s: float | None = None
    """Of its own, in real time; None: what is usual here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What stands behind a token."""

    client_id: str
    municipalities: frozenset[str]
    scopes: frozenset[Scope]
    expires_ms: int
    """Real time."""
    rate: Rate
    """Shared by all tokens of a client."""

    def may(self, municipality: str) -> bool:
        """Whether it speaks for a municipality."""
        return municipality in self.municipalities or _ANY in self.municipalities


class Sessions:
    """Who holds which token."""

    def __init__(
        self,
        clients: Mapping[str, Client],
        ttl_s: int,
        calls_per_s: float,
        real: RealClock,
        expires_early: Callable[[], bool] = lambda: False,
    ) -> None:
        """``expires_early`` is asked with every call whether its token is good no longer, whatever its time."""
        self._clients = clients
        self.ttl_s = ttl_s
        self._real = real
        self._expires_early = expires_early
        self._tokens: dict[str, Session] = {}
        """By what a call with it says, ``Bearer`` included."""
        self._clean_at = _FEW
        self._rates = {name: Rate(one.calls_per_s or calls_per_s, real) for name, one in clients.items()}
        self._strangers = Rate(calls_per_s, real)

    def login(
        self, client_id: str, secret: str, municipality: str = "", scopes: Collection[Scope] = ()
    ) -> tuple[str, Session]:
        """A new token, for one municipality or for all of the client's, and for these scopes or all of its own.

        Raises:
            UnauthenticatedError: unknown client or wrong secret.
            ForbiddenError: it asks for more than it may.
            OverloadedError: it has called too often.
        """
        # Before anybody looks at the secret: whoever tries many is refused like whoever calls often.
        rate = self._rates.get(client_id, self._strangers)
        rate.take()
        client = self._clients.get(client_id)
        if client is None or not hmac.compare_digest(client.secret.encode(), secret.encode()):
            raise UnauthenticatedError(f"client {client_id!r} is unknown or its secret is wrong")
        now = self._real.now_ms()
        session = Session(
            client_id=client_id,
            municipalities=frozenset({municipality}) if municipality else client.municipalities,
            scopes=frozenset(scopes) or client.scopes,
            expires_ms=now + self.ttl_s * 1000,
            rate=rate,
        )
        _refuse_more(client, session)
        if len(self._tokens) >= self._clean_at:
            self._tokens = {token: held for token, held in self._tokens.items() if held.expires_ms > now}
            self._clean_at = max(_FEW, 2 * len(self._tokens))
        token = secrets.token_urlsafe(32)
        self._tokens[f"Bearer {token}"] = session
        return token, session

    def session(self, authorization: str, scope: Scope = Scope.APPLICATIONS) -> Session:
        """What stands behind the token of a call.

        Raises:
            UnauthenticatedError: no token, or it has expired.
            ForbiddenError: it is not for this.
            OverloadedError: its client has called too often.
        """
        held = authorization if authorization in self._tokens else _usual(authorization)
        if self._expires_early():
            self._tokens.pop(held, None)
        session = self._tokens.get(held)
        if session is None or session.expires_ms <= self._real.now_ms():
            raise UnauthenticatedError("no valid token; log in again")
        session.rate.take()
        if scope not in session.scopes:
            raise ForbiddenError(f"the token of client {session.client_id!r} is not for {scope}")
        return session

    def speak_for(self, authorization: str, municipality: str, scope: Scope = Scope.APPLICATIONS) -> Session:
        """What stands behind the token of a call, if it speaks for the municipality.

        Raises:
            ForbiddenError: it does not, or is not for this.
        """
        session = self.session(authorization, scope)
        if not session.may(municipality):
            problem = f"the token of client {session.client_id!r} does not speak for municipality {municipality}"
            raise ForbiddenError(problem)
        return session


def _usual(authorization: str) -> str:
    """As a token is kept: HTTP lets ``bearer`` be written in any case."""
    kind, _, token = authorization.partition(" ")
    return f"Bearer {token}" if kind.lower() == "bearer" else ""


def _refuse_more(client: Client, wanted: Session) -> None:
    """A client may ask for less than it has, and for nothing else."""
    if _ANY not in client.municipalities and not wanted.municipalities <= client.municipalities:
        (code, *_) = wanted.municipalities - client.municipalities
        raise ForbiddenError(f"client {client.client_id!r} does not speak for municipality {code}")
    if not wanted.scopes <= client.scopes:
        (scope, *_) = wanted.scopes - client.scopes
        raise ForbiddenError(f"client {client.client_id!r} has no scope {scope}")
