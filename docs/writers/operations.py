"""What an operator looks up: ports, settings, topics, metrics."""

from collections.abc import Iterator
from importlib import import_module

from pydantic.fields import FieldInfo

from shinsei.contracts.fault_flags import EVERY_SERVICE, FLAGS, SET_ALERT
from shinsei.contracts.model_faults import MODEL_FAULTS
from shinsei.contracts.topics import TOPICS
from shinsei.runtime.observability import instruments
from shinsei.runtime.settings import ServiceSettings
from shinsei.stack.parts import PARTS
from shinsei.stack.site import SERVICES
from writers.markdown import table


def ports() -> Iterator[str]:
    """What listens where in the local stack."""
    rows = [(part.name, purpose, str(port)) for part in PARTS for purpose, port in part.ports.items()]
    return table(("part", "purpose", "usual port"), rows)


def settings() -> Iterator[str]:
    """Every setting of every service and of the operations room, from the classes that read them."""
    shared = ServiceSettings.model_fields
    yield from table(("setting", "default", "what it is"), [_setting(name, shared[name]) for name in shared])
    for service, module in (*((name, name) for name in SERVICES), ("shinsei_room", "shinsei.room")):
        own = import_module(f"{module}.settings").Settings.model_fields
        added = [name for name in own if name not in shared or own[name].default != shared[name].default]
        yield ""
        yield f"**{service}** (`{service.upper()}_…`)"
        yield ""
        yield from table(("setting", "default", "what it is"), [_setting(name, own[name]) for name in added])


def topics() -> Iterator[str]:
    """The table of topics."""
    rows = [
        (
            f"`{topic.name}`",
            ", ".join(f"`{message.DESCRIPTOR.name}`" for message in topic.types),
            str(topic.partitions),
            "stops the partition" if topic.stops_on_undecodable else f"goes to `{topic.dead}`",
        )
        for topic in TOPICS.values()
    ]
    return table(("topic", "carries", "partitions", "a message that cannot be decoded"), rows)


def fault_flags() -> Iterator[str]:
    """The flags that can be set in the services."""
    rows = [
        (
            f"`{flag.name}`",
            "every service" if flag.services == EVERY_SERVICE else ", ".join(f"`{one}`" for one in flag.services),
            flag.hop,
            flag.told(flag.usual),
            f"`{SET_ALERT}`, `{flag.alert}` if it lasts" if flag.alert else f"`{SET_ALERT}`",
        )
        for flag in FLAGS.values()
    ]
    heads = ("flag", "in", "strikes at", "what happens, with the usual value", "alert")
    return table(heads, rows)


def model_faults() -> Iterator[str]:
    """The faults of the simulated world."""
    rows = [
        (f"`{one.name}`", one.hop, one.told(), "yes" if one.switch else "", f"`{one.scenario}`")
        for one in MODEL_FAULTS.values()
    ]
    return table(("fault", "strikes at", "what happens, with the usual value", "`shinsei fault set`", "scenario"), rows)


def metrics() -> Iterator[str]:
    """Every family of metrics that the processes of the stack, and a load test, declare."""
    others = ("app_mgmt.streams", "shinsei.room.bootstrap", "shinsei.loadtest.metrics")
    for process in (*(f"{service}.bootstrap" for service in SERVICES), *others):
        import_module(process)
    rows = [
        (f"`{one.name}`", one.kind, ", ".join(f"`{label}`" for label in one.labels), one.documentation)
        for one in instruments()
        if not one.name.startswith("shinsei_test_")
    ]
    return table(("metric", "type", "labels", "what it says"), rows)


def _setting(name: str, field: FieldInfo) -> tuple[str, str, str]:
    default = "" if field.default == "" else f"`{field.default}`"
    return f"`{name.upper()}`", default, field.description or ""
