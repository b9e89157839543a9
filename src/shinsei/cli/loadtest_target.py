"""What the commands of load tests work on: the stack that is up, or one elsewhere."""

import os
from pathlib import Path
from typing import Any

from shinsei.cli.targets import cards_folder, named_elsewhere, require_stack, targets_of
from shinsei.contracts.zones import Zone
from shinsei.domain.errors import InvalidInputError
from shinsei.loadtest.preset import CallersSection, Preset

KAFKA = "KAFKA_BOOTSTRAP_SERVERS"
"""Kafka of a stack elsewhere, beside ``SHINSEI_TARGETS``."""
PULL_SECRET_FILE = "SHINSEI_PULL_SECRET_FILE"  # noqa: S105 - the name of a variable
"""File with the secret of the pull interface elsewhere; only presets with linkage servers need it."""
ZONE = "SHINSEI_LOADTEST_ZONE"
"""Where the workers of the generator stand: ``internet`` is the one that limits whom they can play."""


def target_of(home: Path | None) -> Any:
    """The stack under test, a ``Target``.

    Raises:
        InvalidInputError: the environment names one elsewhere, wrongly.
        UnavailableError: no stack is up.
    """
    from shinsei.loadtest.running import Target

    elsewhere, cards = named_elsewhere(), str(cards_folder(home) or "")
    if elsewhere is not None:
        kafka = os.environ.get(KAFKA, "")
        if not kafka:
            raise InvalidInputError(KAFKA, "is not set; the status feed is read from Kafka")
        return Target(addresses=elsewhere, kafka=kafka, secret_file=os.environ.get(PULL_SECRET_FILE, ""), cards=cards)
    stack = require_stack(home)
    return Target(
        addresses=targets_of(stack.addresses),
        kafka=stack.addresses.kafka_bootstrap,
        secret_file=stack.status().credentials["pull interface, client"],
        cards=cards,
        certificates=stack.addresses.certificates,
    )


def within_reach(preset: Preset) -> Preset:
    """The preset without whom workers in the internet zone cannot play: clerks and linkage servers.

    Raises:
        InvalidInputError: the environment names another zone.
    """
    zone = os.environ.get(ZONE, "")
    if zone not in {"", Zone.INTERNET}:
        raise InvalidInputError(ZONE, f"{zone!r} is no zone of the generator; it is internet or not set")
    file = preset.file
    if not zone or not (file.clerks.per_s or file.linkage.per_s):
        return preset
    left_out = {"clerks": CallersSection(), "linkage": CallersSection()}
    text = f"{preset.text}\n# {ZONE}=internet: clerks and linkage servers were left out.\n"
    return Preset(preset.path, text, file.model_copy(update=left_out))
