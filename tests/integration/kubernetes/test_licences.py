"""What only the checks of the manifests need is permissive, too; `make setup-tests` installs it."""

from pathlib import Path

from tests.architecture.test_supply_chain import unpermitted

LOCK = Path(__file__).parents[3] / "deploy" / "k8s" / "requirements.lock"


def test_every_package_that_checks_manifests_states_a_permissive_licence() -> None:
    assert unpermitted(LOCK) == {}
