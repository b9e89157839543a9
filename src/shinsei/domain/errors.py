"""The domain's errors: one small family, each carrying the data that a message needs.

They are translated to a gRPC status or an exit code once, at the boundary (``runtime.rpc``, ``cli``).
"""

from enum import StrEnum


class ShinseiError(Exception):
    """Base of every error that Shinsei raises on purpose; its text is one line for the user."""

    def __reduce__(self) -> tuple[object, ...]:
        """Travels between processes with its data and its text, whatever its constructor takes."""
        return _rebuilt, (type(self), self.args), self.__dict__


def _rebuilt(kind: type[ShinseiError], args: tuple[object, ...]) -> ShinseiError:
    error = kind.__new__(kind)
    error.args = args
    return error


class InvalidInputError(ShinseiError):
    """What was given cannot be used; the text says what is wrong and what to do."""

    def __init__(self, field: str, problem: str) -> None:
        self.field = field
        self.problem = problem
        super().__init__(f"{field}: {problem}" if field else problem)


class NotFoundError(ShinseiError):
    """Nothing is known under this name or number."""

    def __init__(self, kind: str, key: str) -> None:
        self.kind = kind
        self.key = key
        super().__init__(f"no {kind} {key!r}")


class ConflictError(ShinseiError):
    """What was asked contradicts what is already there (another run, another owner, another kernel)."""


class UnavailableError(ShinseiError):
    """Something needed is not there now; trying again later is right."""


class Flaw(StrEnum):
    """What is wrong with a signature."""

    MISSING = "missing"
    """Nobody has signed."""
    UNBOUND = "unbound"
    """What was signed names no run, so that it could be filed in another."""
    FORGED = "forged"
    """The certificate is none of the authority's."""
    ALTERED = "altered"
    """What came is not what was signed with this certificate's key."""
    NOT_YET_VALID = "not_yet_valid"
    """The certificate is not valid yet."""
    EXPIRED = "expired"
    """It is not valid any more."""
    REVOKED = "revoked"
    """It has been revoked."""
    OTHER_SERIAL = "other_serial"
    """It is another one than the application speaks of."""


class SignatureError(ShinseiError):
    """What should be signed is not, or not by whom it should be: refused as if it had come from nobody."""

    def __init__(self, flaw: Flaw, problem: str) -> None:
        self.flaw = flaw
        super().__init__(problem)


class ImpersonationError(SignatureError):
    """It is well signed, by somebody else than the one for whom it speaks."""


class IllegalTransitionError(ShinseiError):
    """The lifecycle table has no such transition."""

    def __init__(self, application_id: str, status: object, action: object) -> None:
        self.application_id = application_id
        self.status = status
        self.action = action
        super().__init__(f"application {application_id}: {action} is not possible in status {status}")
