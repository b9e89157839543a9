"""What the commands of load tests work on: the stack that is up, or one elsewhere."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shinsei.cli.targets import cards_folder, named_elsewhere, require_stack, targets_of
from shinsei.contracts.zones import Zone
from shinsei.domain.errors import InvalidInputError
from shinsei.loadtest.preset import CallersSection, Preset
from shinsei.runtime.identity import VARIABLE
from shinsei.stack.home import Home
from shinsei.stack.status import StackStatus

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
    from shinsei.loadtest.under_test import Target

    elsewhere, cards = named_elsewhere(), str(cards_folder(home) or "")
    if elsewhere is not None:
        kafka = os.environ.get(KAFKA, "")
        if not kafka:
            raise InvalidInputError(KAFKA, "is not set; the status feed is read from Kafka")
        return Target(
            addresses=elsewhere,
            kafka=kafka,
            secret_file=os.environ.get(PULL_SECRET_FILE, ""),
            cards=cards,
            settings=_settings_elsewhere(elsewhere, cards),
        )
    stack = require_stack(home)
    status = stack.status()
    return Target(
        addresses=targets_of(stack.addresses),
        kafka=stack.addresses.kafka_bootstrap,
        secret_file=status.credentials["pull interface, client"],
        cards=cards,
        certificates=stack.addresses.certificates,
        prometheus=Home(path=stack.home).prometheus,
        settings=_settings_of(status),
    )


def _settings_of(status: StackStatus) -> dict[str, str]:
    """Of a local stack: which parts it has, one process each, and what whoever started it has chosen."""
    return {
        "parts": ", ".join(sorted(part.name for part in status.parts)),
        "certificates": _said(is_there=bool(status.addresses.certificates)),
        "signatures": _said(is_there=status.signatures),
        **status.settings,
    }


def _settings_elsewhere(addresses: Mapping[str, str], cards: str) -> dict[str, str]:
    """Of services elsewhere only this can be seen: who they are, and what they ask of the generator."""
    return {
        "services": ", ".join(f"{service}={target}" for service, target in sorted(addresses.items())),
        "certificates": _said(is_there=bool(os.environ.get(VARIABLE))),
        "signatures": _said(is_there=bool(cards)),
    }


def _said(*, is_there: bool) -> str:
    return "on" if is_there else "off"


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
