"""Every resource is valid to the letter: a key that nobody knows is an error, as when it is misspelt."""

import copy
import functools
import json
from collections.abc import Mapping
from typing import Any

import kubernetes_validate
import pytest
from kubernetes_validate import utils
from tests.integration.kubernetes.manifests import CUSTOM, Resource, key, workloads
from tests.integration.kubernetes.shapes import SHAPES, problems

KUBERNETES = "1.35"


def test_every_native_resource_is_valid(built: Mapping[str, list[Resource]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each once, however many overlays it is in; so is every file of schemas read."""
    monkeypatch.setattr(utils, "schema_contents", functools.cache(utils.schema_contents))
    native = {
        json.dumps(one, sort_keys=True, default=str): one
        for resources in built.values()
        for one in resources
        if one["kind"] not in CUSTOM.get(one["apiVersion"], ())
    }
    for one in native.values():
        kubernetes_validate.validate(one, KUBERNETES, strict=True)


def test_a_misspelt_key_is_noticed(built: Mapping[str, list[Resource]]) -> None:
    one, _ = next(workloads(built["minimal"]))
    spoilt = {**one, "spec": {**one["spec"], "replica": 2}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(spoilt, KUBERNETES, strict=True)


def test_every_custom_resource_has_its_shape(built: Mapping[str, list[Resource]]) -> None:
    custom = {key(one): one for some in built.values() for one in some if one["apiVersion"] in CUSTOM}
    assert {name for name, _, _ in custom} == set(SHAPES) == set().union(*CUSTOM.values())
    found = {name: list(problems(one["spec"], SHAPES[name[0]])) for name, one in custom.items()}
    assert not {name: wrong for name, wrong in found.items() if wrong}


SPOILT = [
    ("KafkaTopic", ("partition",), 8, "spec.partition is not known"),
    ("KafkaTopic", ("replicas",), "3", "spec.replicas is no int"),
    ("KafkaNodePool", ("storage", "volumes", 0, "size"), "big", "spec.storage.volumes.0.size is no quantity"),
    ("KafkaNodePool", ("template", "kafkaContainer", "securityContext", "runAsRoot"), True, "runAsRoot is not known"),
    ("Kafka", ("kafka", "listeners", 0, "type"), "external", "none of"),
    ("Cluster", ("storage",), {}, "spec.storage.size is missing"),
    ("ScaledObject", ("triggers", 0, "metadata", "treshold"), "30", "treshold is not known"),
    ("PodMonitor", ("podMetricsEndpoints", 0, "interval"), "soon", "interval is no duration"),
    ("PrometheusRule", ("groups",), [], "no list with something in it"),
]


@pytest.mark.parametrize(("name", "path", "value", "told"), SPOILT)
def test_a_custom_resource_that_is_spoilt_is_noticed(
    name: str, path: tuple[str | int, ...], value: Any, told: str, built: Mapping[str, list[Resource]]
) -> None:
    spec = copy.deepcopy(next(one["spec"] for one in built["prod-like"] if one["kind"] == name))
    place = spec
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert told in "; ".join(problems(spec, SHAPES[name]))
