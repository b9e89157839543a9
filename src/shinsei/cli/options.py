"""Options that several commands share, so that they read the same everywhere."""

import os
from pathlib import Path
from typing import Annotated

import typer

from shinsei.domain.errors import InvalidInputError
from shinsei.domain.linkage_method import COMPARED_METHODS, LinkageMethod

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home",
        metavar="DIR",
        help="Home of the stack: its data and logs.",
        show_default="$SHINSEI_HOME, else var/ of the checkout",
    ),
]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Override one value, such as office.clerks=5.")
]
MethodsOption = Annotated[str, typer.Option(metavar="M,M", help=f"Only these methods: {', '.join(COMPARED_METHODS)}.")]


def chosen_methods(text: str) -> tuple[LinkageMethod, ...]:
    """The methods of ``--methods``.

    Raises:
        InvalidInputError: one is unknown or there twice, or there is none in the text.
    """
    if text and not text.strip(", "):
        raise InvalidInputError("--methods", f"{text!r} names no method; leave it out for all of them")
    names = [name.strip().upper().replace("-", "_") for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in COMPARED_METHODS]
    if unknown:
        raise InvalidInputError("--methods", f"{unknown[0]!r} is none of {', '.join(COMPARED_METHODS)}")
    if len(set(names)) != len(names):
        raise InvalidInputError("--methods", "names a method twice")
    return tuple(LinkageMethod(name) for name in names)


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
