"""The manifests build in every overlay and every combination of components."""

from collections.abc import Iterable, Mapping
from itertools import combinations
from pathlib import Path

import pytest
import yaml
from tests.integration.kubernetes.manifests import COMPONENTS, CUSTOM, Resource, build, key, kustomize

PAIRS = [(), *((one,) for one in COMPONENTS), *combinations(COMPONENTS, 2), COMPONENTS]
"""Two components can be at odds: one patches what the other has deleted, or both bring the same. Three cannot
without two of them."""
MORE = [chosen for size in range(3, len(COMPONENTS)) for chosen in combinations(COMPONENTS, size)]


def combined(tree: Path, chosen: Iterable[str]) -> Path:
    folder = tree / "overlays" / f"combination-{'-'.join(chosen)}"
    folder.mkdir(exist_ok=True)
    head = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": ["../../base"]}
    text = yaml.safe_dump({**head, "components": [f"../../components/{name}" for name in chosen]})
    (folder / "kustomization.yaml").write_text(text, encoding="utf-8")
    return folder


def test_the_overlays_and_components_are_those_that_are_told_of(built: Mapping[str, list[Resource]]) -> None:
    assert set(built) == {"minimal", "full", "loadtest", "prod-like"}
    assert len(COMPONENTS) == 8


def test_overlays_of_a_laptop_need_no_operator(built: Mapping[str, list[Resource]]) -> None:
    for name in ("minimal", "loadtest"):
        assert not [key(one) for one in built[name] if one["apiVersion"] in CUSTOM]
    assert {one["apiVersion"] for one in built["full"]} & CUSTOM.keys() == {"monitoring.coreos.com/v1"}


@pytest.mark.parametrize("chosen", PAIRS, ids="+".join)
def test_every_two_components_and_all_of_them_build(chosen: tuple[str, ...], tree: Path) -> None:
    keys = [key(one) for one in build(combined(tree, chosen))]
    assert len(keys) == len(set(keys)) >= 27


@pytest.mark.long
@pytest.mark.timeout(600)
def test_every_other_combination_builds(tree: Path) -> None:
    for chosen in MORE:
        assert kustomize(combined(tree, chosen)).count("\nkind: ") >= 27, chosen
