"""The zones as networks: the services in them, and a firewall between all of them that goes by the one table.

Each part is in a network namespace of its own, each zone with a service has a PostgreSQL of its own, Kafka stands in
the boundary, and everybody has the usual certificate. Whoever has no service there has something that answers on
every port: so what fails, fails on the way, and the firewall's own list says that it was refused there.
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from typing import Any

import pytest
from tests.zones.__main__ import CUTS
from tests.zones.network import APART
from tests.zones.people import BY_HAND, METHOD
from tests.zones.plan import ZONES, Way, allowed, thinkable
from tests.zones.tools import apart

from shinsei.contracts.zones import Zone
from shinsei.domain.errors import UnavailableError
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.scenario import load
from shinsei.season.planned import plan_season
from shinsei.stack.paths import repository

pytestmark = pytest.mark.timeout(500)
WITHIN_S = 450
WITHIN = {Zone.LGWAN, Zone.BOUNDARY, Zone.BUSINESS}
ON_ITS_WAY = {
    ("applicant", "portal_sim"),
    ("linkage_server", "portal_sim"),
    ("linkage_server", "kafka"),
    ("app_mgmt", "kafka"),
    ("core_systems", "kafka"),
    ("app_mgmt", "core_systems"),
    ("core_systems", "app_mgmt"),
}
"""Connections that an application needs, from the applicant to the register."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What was seen in the zones: laid, tried and taken down in a process of its own."""
    home = tmp_path_factory.mktemp("zones") / "home"
    try:
        command = [*apart(*APART), sys.executable, "-m", "tests.zones", str(home)]
    except UnavailableError as error:
        pytest.fail(str(error), pytrace=False)
    done = subprocess.run(command, cwd=repository(), capture_output=True, text=True, timeout=WITHIN_S, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def ways(listed: Iterable[tuple[str, str, int]]) -> set[Way]:
    return {Way(*one) for one in listed}


def test_the_firewall_is_there_before_anything_passes(found: dict[str, Any]) -> None:
    assert ways(found["first"]) == {Way("app_mgmt", "core_systems", 50054)}


def test_what_is_filed_on_the_internet_arrives_in_the_register(found: dict[str, Any]) -> None:
    assert len({one["receipt_number"] for one in found["filed"]}) == BY_HAND
    assert found["by_hand"]["registered"] == found["by_hand"]["accepted"] == BY_HAND
    season = found["season"]["ledger"]
    assert season["registered"] > 0
    assert found["by_hand"]["unaccounted"] == season["unaccounted"] == 0


def test_the_way_of_an_application_needs_no_more_than_the_table(found: dict[str, Any]) -> None:
    used = ways(found["used"])
    assert {(way.caller, way.callee) for way in used} >= ON_ITS_WAY
    assert used <= allowed()
    assert found["refused_meanwhile"] == []


def test_a_season_outlives_cuts_between_zones_and_leaves_the_trace_that_is_planned(
    found: dict[str, Any],
) -> None:
    """What was open hangs, and nobody is told; behind the last cut none of it comes back to life."""
    assert [cut["between"] for cut in found["cuts"]] == [cut.between for cut in CUTS]
    for cut in found["cuts"]:
        assert cut["packets"] > 0, cut
        assert cut["season_under_way"], cut
    assert found["of_the_forgotten"] > 0
    season = found["season"]
    assert season["trace_hash"] == plan_season(load("smoke").with_methods([LinkageMethod(METHOD)])).trace_hash
    assert season["ledger"]["unaccounted"] == season["ledger"]["in_flight"] == 0
    assert season["partial"] is False


def test_nothing_within_is_opened_from_outside(found: dict[str, Any]) -> None:
    """Neither by what runs nor by what tries: the firewall has let none pass."""
    passed = ways(found["used"]) | ways(found["let_pass"])
    assert not [way for way in passed if ZONES[way.caller] is Zone.INTERNET and ZONES[way.callee] in WITHIN]
    assert not [way for way in passed if ZONES[way.caller] is Zone.BOUNDARY]
    assert not [way for way in passed if (ZONES[way.caller], ZONES[way.callee]) == (Zone.LGWAN, Zone.BUSINESS)]


def test_exactly_the_calls_of_the_table_can_be_opened(found: dict[str, Any]) -> None:
    assert ways(found["passed"]) == allowed()
    assert ways(found["refused"]) == thinkable() - allowed()
    assert found["strange"] == 0
