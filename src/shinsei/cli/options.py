"""Options that several commands share, so that they read the same everywhere."""

from pathlib import Path
from typing import Annotated

import typer

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home",
        metavar="DIR",
        help="Home of the stack: its data and logs.",
        show_default="$SHINSEI_HOME, else var/ of the checkout",
    ),
]
