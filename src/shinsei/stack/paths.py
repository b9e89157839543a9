"""Where the stack finds the repository's files and keeps its own."""

import os
from pathlib import Path

from shinsei.stack.errors import StackError

_MARK = Path("deploy", "local", "kafka", "pom.xml")


def repository() -> Path:
    """The checkout that this library runs from.

    Raises:
        StackError: It was installed without one.
    """
    for directory in (*Path(__file__).resolve().parents, *Path.cwd().resolve().parents, Path.cwd().resolve()):
        if (directory / _MARK).is_file():
            return directory
    raise StackError("the local stack needs a checkout of the repository: run this command inside one")


def default_home() -> Path:
    """Home of the stack where none is named: ``SHINSEI_HOME``, else ``var`` of the checkout."""
    named = os.environ.get("SHINSEI_HOME")
    return Path(named).expanduser().resolve() if named else repository() / "var"


def prometheus_files() -> Path:
    """Folder with the rules of Prometheus."""
    return repository() / "deploy" / "prometheus"


def prometheus_programs() -> Path:
    """Where set-up puts Prometheus where the system has none."""
    return repository() / ".prometheus" / "bin"


def kafka_files() -> Path:
    """Folder with Kafka's server and log configuration."""
    return repository() / _MARK.parent


def kafka_jars() -> Path:
    """Folder with Kafka's jars, whether they have been fetched or not; ``SHINSEI_KAFKA_JARS`` names another."""
    named = os.environ.get("SHINSEI_KAFKA_JARS")
    return Path(named).expanduser().resolve() if named else repository() / ".kafka" / "jars"


def kafka_classes() -> Path:
    """What Java has kept of those jars' classes, if it has."""
    return kafka_jars().with_name("classes.jsa")
