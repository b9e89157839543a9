"""What the commands of load tests work on: the stack that is up, or one elsewhere."""

import os
from pathlib import Path
from typing import Any

from shinsei.cli.targets import named_elsewhere, require_stack, targets_of
from shinsei.domain.errors import InvalidInputError

KAFKA = "KAFKA_BOOTSTRAP_SERVERS"
"""Kafka of a stack elsewhere, beside ``SHINSEI_TARGETS``."""
PULL_SECRET_FILE = "SHINSEI_PULL_SECRET_FILE"  # noqa: S105 - the name of a variable
"""File with the secret of the pull interface elsewhere; only presets with linkage servers need it."""


def target_of(home: Path | None) -> Any:
    """The stack under test, a ``Target``.

    Raises:
        InvalidInputError: the environment names one elsewhere, wrongly.
        UnavailableError: no stack is up.
    """
    from shinsei.loadtest.running import Target

    elsewhere = named_elsewhere()
    if elsewhere is not None:
        kafka = os.environ.get(KAFKA, "")
        if not kafka:
            raise InvalidInputError(KAFKA, "is not set; the status feed is read from Kafka")
        return Target(addresses=elsewhere, kafka=kafka, secret_file=os.environ.get(PULL_SECRET_FILE, ""))
    stack = require_stack(home)
    return Target(
        addresses=targets_of(stack.addresses),
        kafka=stack.addresses.kafka_bootstrap,
        secret_file=stack.status().credentials["pull interface, client"],
    )
