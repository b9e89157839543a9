"""Who may connect to whom and who may call what, from the tables that decide it."""

from collections.abc import Iterator

from shinsei.contracts.roles import EVERY, MAY_CALL
from shinsei.contracts.topic_rights import LOOKERS, READERS, WRITERS
from shinsei.contracts.topics import TOPICS, Topic
from shinsei.contracts.zones import CALLS, ZONE_OF, Zone
from writers.markdown import table


def connections() -> Iterator[str]:
    """Who may open a connection to whom, whatever watches apart."""
    wanted: dict[tuple[str, str], list[str]] = {}
    for call in CALLS:
        if call.caller != "prometheus":
            wanted.setdefault((call.caller, call.callee), []).append(f"{call.port} ({call.purpose})")
    zones = {caller: ZONE_OF[caller] for caller, _ in wanted}
    order = sorted(wanted, key=lambda pair: (list(Zone).index(zones[pair[0]]), pair))
    rows = [
        (zones[caller], f"`{caller}`", f"`{callee}`", "; ".join(wanted[caller, callee])) for caller, callee in order
    ]
    return table(("zone", "who", "to whom", "port"), rows)


def roles() -> Iterator[str]:
    """Which role may call which procedure."""
    rows = [
        (f"`{service.removeprefix('shinsei.api.')}`", f"`{role}`", _procedures(procedures))
        for service, roles in MAY_CALL.items()
        for role, procedures in roles.items()
    ]
    return table(("service", "role", "procedures"), rows)


def topic_rights() -> Iterator[str]:
    """Who writes and reads which topic."""
    rows = [
        (
            f"`{role}`",
            _topics(WRITERS.get(role, ())),
            "every topic, every dead letter" if role in LOOKERS else _topics(READERS.get(role, ())),
        )
        for role in sorted({*WRITERS, *READERS, *LOOKERS})
    ]
    return table(("role", "writes", "reads"), rows)


def _topics(topics: tuple[Topic, ...]) -> str:
    return "every topic" if len(topics) == len(TOPICS) else ", ".join(f"`{topic.name}`" for topic in topics)


def _procedures(names: tuple[str, ...]) -> str:
    return "every one" if names == EVERY else ", ".join(f"`{name}`" for name in names)
