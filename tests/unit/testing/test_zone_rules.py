"""What the firewall of the zones is told: the one table, and nothing beside it."""

from ipaddress import ip_address, ip_network

import pytest
from tests.zones.plan import ADDRESS, GATEWAY, NETWORK, ZONES, Way, allowed, lines_between, rules, thinkable

from shinsei.contracts.zones import CALLS, Zone

ADDRESSES = {"applicant": "10.77.1.1", "portal_sim": "10.77.1.2", "kafka": "10.77.3.1", "app_mgmt": "10.77.4.1"}


def test_each_way_is_one_element_and_whatever_is_none_is_dropped() -> None:
    text = rules({Way("app_mgmt", "kafka", 9092), Way("applicant", "portal_sim", 50051)}, ADDRESSES)
    elements = text.split("elements = {\n")[1].split("\n        }")[0]
    assert elements == "            10.77.4.1 . 10.77.3.1 . 9092,\n            10.77.1.1 . 10.77.1.2 . 50051"
    chain = [line.strip() for line in text.split("chain forward {\n")[1].splitlines()]
    assert chain[0] == "type filter hook forward priority filter; policy drop;"
    assert chain[1:3] == [
        "ip saddr . ip daddr @cut counter name lost drop",
        "ip saddr . tcp sport . ip daddr . tcp dport @forgotten counter name dead drop",
    ], "before what is open already passes"
    assert [line for line in chain if "accept" in line or "jump" in line] == [
        "ct state established,related accept",
        "ct state new ip saddr . ip daddr . tcp dport @calls jump open",
        "accept",
    ]


def test_the_calls_of_the_table_pass_and_each_service_reaches_the_database_of_its_zone() -> None:
    beside = allowed() - {Way(call.caller, call.callee, call.port) for call in CALLS}
    assert beside == {
        Way("portal_sim", "internet_postgres", 5432),
        Way("linkage_server", "lgwan_postgres", 5432),
        Way("app_mgmt", "business_postgres", 5432),
        Way("core_systems", "business_postgres", 5432),
    }
    assert len(allowed()) == len(CALLS) + len(beside)
    assert allowed() < thinkable()


def test_a_cut_is_between_everybody_in_two_zones_both_ways_and_nobody_else() -> None:
    pairs = {
        (ADDRESS[a], ADDRESS[b]) for a in ZONES for b in ZONES if {ZONES[a], ZONES[b]} == {Zone.LGWAN, Zone.BOUNDARY}
    }
    assert lines_between(Zone.LGWAN, Zone.BOUNDARY) == lines_between(Zone.BOUNDARY, Zone.LGWAN) == pairs
    assert (ADDRESS["linkage_server"], ADDRESS["kafka"]) in pairs


@pytest.mark.parametrize("zone", Zone)
def test_a_zone_is_a_network_in_which_each_part_has_an_address(zone: Zone) -> None:
    networks = {ip_network(f"{ADDRESS[part]}/24", strict=False) for part in ZONES if ZONES[part] is zone}
    others = {ip_network(f"{ADDRESS[part]}/24", strict=False) for part in ZONES if ZONES[part] is not zone}
    assert len(networks) == 1
    assert not networks & others


def test_no_address_is_used_twice() -> None:
    assert len({*ADDRESS.values(), GATEWAY}) == len(ADDRESS) + 1
    assert all(ip_address(address) in ip_network(NETWORK) for address in ADDRESS.values())
