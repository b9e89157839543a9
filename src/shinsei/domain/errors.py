"""The domain's errors: one small family, each carrying the data that a message needs.

They are translated to a gRPC status or an exit code once, at the boundary (``runtime.rpc``, ``cli``).
"""


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


class IllegalTransitionError(ShinseiError):
    """The lifecycle table has no such transition."""

    def __init__(self, application_id: str, status: object, action: object) -> None:
        self.application_id = application_id
        self.status = status
        self.action = action
        super().__init__(f"application {application_id}: {action} is not possible in status {status}")
