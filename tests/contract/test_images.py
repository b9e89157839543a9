"""What images say of themselves: version, health, and everything that they are made of."""

import hashlib
import json
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from shinsei.loadtest.preset import load_preset
from shinsei.loadtest.target import run_specs, scenario_of
from shinsei.scenario import load

REPO = Path(__file__).resolve().parents[2]
DOCKER = REPO / "deploy" / "docker"
VENDORED = REPO / "src" / "shinsei" / "room" / "page" / "vendor" / "vendored.json"
DOCKERFILE = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
MAKEFILE = (REPO / "Makefile").read_text(encoding="utf-8")
SERVICES = ("portal_sim", "linkage_server", "app_mgmt", "core_systems")


@pytest.fixture(scope="module")
def bills(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("sbom")
    subprocess.run([sys.executable, str(DOCKER / "sbom.py"), str(folder)], check=True, timeout=60)
    return {file.name.partition(".")[0]: json.loads(file.read_text(encoding="utf-8")) for file in folder.iterdir()}


def test_every_image_that_make_builds_has_a_bill_of_materials(bills: dict[str, Any]) -> None:
    made = re.findall(r"^IMAGES = (.+)$", MAKEFILE, re.MULTILINE)[0].split()
    assert set(bills) == set(made)


def test_a_bill_names_the_base_and_every_package_of_the_lock(bills: dict[str, Any]) -> None:
    vendored = [(one["name"], one["version"]) for one in json.loads(VENDORED.read_text(encoding="utf-8"))]
    assert vendored
    for image, bill in bills.items():
        lock = DOCKER / ("loadtest.lock" if image == "loadtest" else "requirements.lock")
        pins = re.findall(r"^([\w.-]+)==([^\s;\\]+)", lock.read_text(encoding="utf-8"), re.MULTILINE)
        base, *packages = bill["components"]
        assert f"ARG BASE={base['name']}:{base['version']}\n" in DOCKERFILE
        assert [(one["name"], one["version"]) for one in packages] == [*pins, *vendored]
        assert len({one["purl"] for one in packages}) == len(packages)


def test_no_package_binds_whoever_uses_an_image(bills: dict[str, Any]) -> None:
    """Each states its licence, and none is a GPL of any kind."""
    for one in bills["loadtest"]["components"][1:]:
        stated = [entry.get("expression") or entry["license"]["name"] for entry in one["licenses"]]
        assert all(stated), one["name"]
        assert not re.search(r"\b[AL]?GPL|GNU", " ".join(stated)), one["name"]


def test_versions_are_exact_and_alike_everywhere() -> None:
    project = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f'org.opencontainers.image.version="{project["version"]}"' in DOCKERFILE
    assert f'org.opencontainers.image.description="{project["description"]}"' in DOCKERFILE
    (base,) = re.findall(r"^ARG BASE=(\S+)$", DOCKERFILE, re.MULTILINE)
    assert f"\nBASE ?= {base}\n" in MAKEFILE
    parts = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))["services"].values()
    named = subprocess.run(["make", "image-names"], cwd=REPO, capture_output=True, text=True, check=True, timeout=30)
    own = {part["image"] for part in parts if part["image"].startswith("shinsei/")}
    assert own == set(named.stdout.split())
    assert {image.partition(":")[2] for image in own} == {project["version"]}
    for image in (base, *{part["image"] for part in parts} - own):
        assert re.fullmatch(r"[a-z/]+:v?\d+\.\d+(\.\d+)?(-[a-z-]+)?", image), image


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_asks_the_same_for_its_health_as_compose(service: str) -> None:
    stage = DOCKERFILE.split(f" AS {service}\n")[1].split("\nFROM ", maxsplit=1)[0]
    (command,) = re.findall(r"HEALTHCHECK [^\\]+\\\n    CMD (\[.+\])", stage)
    part = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))["services"][service]
    assert ["CMD", *json.loads(command)] == part["healthcheck"]["test"]
    *words, _ = json.loads(command)
    asked = f'container exec "$run-${{services[place]}}" {" ".join(words)} "$(target "$place")"'
    assert asked in (DOCKER / "check").read_text(encoding="utf-8")


def test_images_were_checked_since_the_last_change_of_what_they_are_made_by() -> None:
    """Their code is tested without them; how they are built is seen by the check alone, which writes these digests."""
    lines = (DOCKER / "checked.sha256").read_text(encoding="utf-8").splitlines()
    checked = {name: digest for digest, name in map(str.split, lines)}
    assert checked.keys() == {file.name for file in DOCKER.iterdir() if re.match(r"Dockerfile|.*\.lock$", file.name)}
    changed = [name for name, it in checked.items() if hashlib.sha256((DOCKER / name).read_bytes()).hexdigest() != it]
    assert not changed, "make images ENGINE=podman BASE=… && make images-check BASE=…"


def test_an_image_that_has_grown_is_refused_before_anything_starts(tmp_path: Path) -> None:
    podman = tmp_path / "podman"
    sizes = {"*inspect*python*": 272, "*inspect*cli*": 423, "*inspect*": 408}
    cases = "".join(f"{pattern}) echo {size}000000 ;;\n" for pattern, size in sizes.items())
    podman.write_text(f'#!/bin/sh\ncase "$*" in\n{cases}esac\n')
    podman.chmod(0o755)
    command = ["env", "--unset=BASE", f"PODMAN={podman}", str(DOCKER / "check")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 1
    assert done.stderr == "check: that is more than 150 MB: what was put into cli?\n"
    assert done.stdout.splitlines() == [
        *(f"check: {service} is 408 MB, 136 MB of them ours" for service in SERVICES),
        "check: cli is 423 MB, 151 MB of them ours",
    ]


def test_the_page_says_how_large_an_image_may_be() -> None:
    text = (DOCKER / "check").read_text(encoding="utf-8")
    ((loadtest, others),) = re.findall(r"loadtest\) most=(\d+) ;; \*\) most=(\d+) ;;", text)
    page = (REPO / "deploy" / "README.md").read_text(encoding="utf-8")
    assert f"more than {others} MB to the base, or the load test's more than {loadtest} MB" in page
    ((base, most, largest),) = re.findall(r"On a base of (\d+) MB they are (\d+) MB, the load test's (\d+) MB", page)
    assert int(most) - int(base) <= int(others)
    assert int(largest) - int(base) <= int(loadtest)


def test_the_check_of_images_gives_them_settings_that_they_know() -> None:
    text = (DOCKER / "check").read_text(encoding="utf-8")
    given = set(re.findall(rf"({'|'.join(SERVICES)})_([A-Z_]+)=", text, re.IGNORECASE))
    assert {service for service, _ in given} >= {"PORTAL_SIM", "LINKAGE_SERVER", "APP_MGMT", "CORE_SYSTEMS"}
    for service, name in given:
        fields = import_module(f"{service.lower()}.settings").Settings.model_fields
        assert name.lower() in fields, f"{service}_{name}"


def test_the_load_of_the_check_is_a_preset_that_outlasts_what_is_done_to_the_services(tmp_path: Path) -> None:
    """And waits for a portal that is away; its municipalities are not those of the season beside it."""
    text = (DOCKER / "check").read_text(encoding="utf-8")
    changes = re.findall(r"-e '([^']+)'", text)
    file = tmp_path / "load.toml"
    command = ["sed", *(word for change in changes for word in ("-e", change)), "loadtest/presets/smoke.toml"]
    file.write_text(subprocess.run(command, cwd=REPO, capture_output=True, text=True, check=True, timeout=30).stdout)
    preset = load_preset(str(file))
    assert preset.profile().duration_s == 240
    assert preset.file.gone_after == preset.file.drain - 120_000 == 180_000
    towns = {spec.municipality for spec in run_specs(preset, scenario_of(preset), "load")}
    assert not towns & {spec.municipality for spec in load("smoke").run_specs("season")}


@pytest.mark.parametrize("podman", ["/nowhere/podman", "/nowhere/podman --root /nowhere"])
def test_the_check_says_in_one_line_that_podman_is_missing(podman: str) -> None:
    command = ["env", f"PODMAN={podman}", str(DOCKER / "check")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("check: podman is missing")


def test_the_one_package_without_a_wheel_for_arm64_is_one_of_the_lock() -> None:
    told = [(DOCKER / "Dockerfile").read_text(encoding="utf-8"), (REPO / "deploy" / "README.md").read_text("utf-8")]
    assert re.findall(r"^(faust-streaming)==", (DOCKER / "requirements.lock").read_text("utf-8"), re.MULTILINE)
    assert all("faust-streaming" in text and "arm64" in text for text in told)


def test_the_page_takes_as_many_commands_as_it_says() -> None:
    page = (REPO / "deploy" / "README.md").read_text(encoding="utf-8")
    found = re.findall(r"^## \w+: (?:kind in )?(\w+) commands\n.*?```sh\n(.*?)```", page, re.MULTILINE | re.DOTALL)
    assert [(told, len(block.splitlines())) for told, block in found] == [("two", 2), ("four", 4)]
    port = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))["services"]["room"]["environment"]
    assert found[1][1].splitlines()[-1].endswith(f" port-forward deploy/room {port['SHINSEI_ROOM_WEB_PORT']}")


def test_the_check_of_images_starts_its_stack_as_containers_run() -> None:
    """They have no certificates, and a Kafka that asks for some hears nobody."""
    text = (DOCKER / "check").read_text(encoding="utf-8")
    assert re.findall(r"^(?:(\w+=\w+) )?\./shinsei up ", text, re.MULTILINE) == ["SHINSEI_SECURITY=off"]
    assert "_IDENTITY_DIR" not in (DOCKER / "compose.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", [0, 1])
def test_a_season_in_containers_brings_its_report_however_it_ends(code: int, tmp_path: Path) -> None:
    docker = tmp_path / "docker"
    docker.write_text(f'#!/bin/sh\necho "$1 $2" >>{tmp_path}/told\ncase "$*" in *" run "*) exit {code} ;; esac\n')
    docker.chmod(0o755)
    command = ["make", "--old-file=compose-secrets", "compose-demo", "SEASON=smoke", f"ENGINE={docker}"]
    done = subprocess.run(command, cwd=REPO, capture_output=True, text=True, check=False, timeout=30)
    assert (done.returncode == 0) is (code == 0), done.stderr
    told = (tmp_path / "told").read_text(encoding="utf-8").splitlines()
    assert told == [
        "compose version",
        "rm shinsei-season",
        "compose -f",
        "cp shinsei-season:/var/lib/shinsei/results",
        "rm shinsei-season",
    ]


TARGETS = re.findall(r"^(compose-\w+|images): .*## ", MAKEFILE, re.MULTILINE)
CHECKS = {"compose-check", "compose-secrets"}
"""Which need no engine."""


@pytest.mark.parametrize("target", sorted({*TARGETS} - CHECKS))
@pytest.mark.parametrize("problem", ["is missing", "has no compose"])
def test_without_an_engine_that_can_do_it_one_line_says_so(target: str, problem: str, tmp_path: Path) -> None:
    engine = tmp_path / "podman"
    if problem == "has no compose":
        engine.write_text("#!/bin/sh\necho unrecognized command >&2; exit 125\n")
        engine.chmod(0o755)
    command = ["make", target, f"ENGINE={engine}"]
    done = subprocess.run(command, cwd=REPO, capture_output=True, text=True, check=False, timeout=30)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert target == "images" or line.startswith(f"{engine} {problem}")
