"""Where the generator stands decides whom it can play."""

from pathlib import Path

import pytest

from shinsei.cli.__main__ import run
from shinsei.cli.loadtest_target import KAFKA, ZONE, target_of, within_reach
from shinsei.loadtest.preset import load_preset


def test_workers_in_the_internet_zone_play_no_clerk_and_no_linkage_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ZONE, "internet")
    whole = load_preset("smoke")
    left = within_reach(whole)
    assert whole.file.clerks.per_s
    assert whole.file.linkage.per_s
    assert (left.file.clerks.per_s, left.file.linkage.per_s) == (0, 0)
    assert left.file.arrivals == whole.file.arrivals
    assert left.text != whole.text, "a repeat of the whole preset it is not"


@pytest.mark.parametrize(("zone", "preset"), [("", "smoke"), ("internet", "spike")])
def test_a_preset_that_is_within_reach_stays_as_it_is(zone: str, preset: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ZONE, zone)
    whole = load_preset(preset)
    assert within_reach(whole) is whole


def test_of_services_elsewhere_it_is_known_who_they_are_and_what_they_ask_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    services = {"portal_sim": "a:1", "linkage_server": "a:2", "app_mgmt": "a:3", "core_systems": "a:4"}
    told = ", ".join(f"{name}={target}" for name, target in sorted(services.items()))
    monkeypatch.setenv("SHINSEI_TARGETS", told.replace(", ", ","))
    monkeypatch.setenv(KAFKA, "a:5")
    assert target_of(None).settings == {"services": told, "certificates": "off", "signatures": "off"}
    monkeypatch.setenv("SHINSEI_CARDS", str(tmp_path))
    assert target_of(None).settings["signatures"] == "on"


def test_another_zone_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv(ZONE, "intranet")
    assert run(["loadtest", "plan", "smoke"]) == 2
    assert f"{ZONE}: 'intranet' is no zone" in capsys.readouterr().err
