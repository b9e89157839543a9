"""How the parts of compose run: without rights, within a limit, with time to stop, and with all that they need."""

import math
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from shinsei.loadtest.ending import GONE_AFTER_S
from shinsei.runtime import lifespan

REPO = Path(__file__).resolve().parents[2]
DOCKER = REPO / "deploy" / "docker"
OWN = ("portal_sim", "linkage_server", "app_mgmt", "core_systems")
PROFILES = {
    "full": {"prometheus", "alertmanager", "grafana"},
    "loadtest": {"loadtest_master", "loadtest_worker"},
    "season": {"season"},
}
"""Whatever is in none of them is the profile ``minimal``."""


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def parts(whole: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = whole["services"]
    return found


@pytest.fixture(scope="module")
def dockerfile() -> str:
    return (DOCKER / "Dockerfile").read_text(encoding="utf-8")


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    """(part, the specification of its pod), as the manifests have it."""
    for file in sorted((REPO / "deploy" / "k8s").rglob("*.yaml")):
        for one in yaml.safe_load_all(file.read_text(encoding="utf-8")):
            if one and one["kind"] in {"Deployment", "StatefulSet", "Job"} and "containers" in str(one):
                yield one["metadata"]["name"].replace("-", "_"), one["spec"]["template"]["spec"]


def test_no_part_has_rights_or_can_write_to_an_image_of_ours(parts: dict[str, Any]) -> None:
    for name, part in parts.items():
        assert part["cap_drop"] == ["ALL"], name
        assert part["security_opt"] == ["no-new-privileges:true"], name
        ours = part["image"].startswith("shinsei/")
        assert part.get("read_only", False) is ours, name
        assert not (ours and "user" in part), "the image says so"


def test_images_of_others_run_as_the_user_that_they_have_in_a_cluster(parts: dict[str, Any]) -> None:
    users = {name: pod["securityContext"] for name, pod in pods()}
    for name in ("postgres", "kafka"):
        assert parts[name]["user"] == f"{users[name]['runAsUser']}:{users[name]['runAsGroup']}"


@pytest.mark.parametrize("profile", [*PROFILES, ""])
def test_an_image_of_ours_is_built_once_and_never_pulled(profile: str, parts: dict[str, Any]) -> None:
    """Two builds of one name at once collide, and a registry has no such image, or somebody else's."""
    chosen = [part for part in parts.values() if part.get("profiles", [profile]) == [profile]]
    ours = [part for part in chosen if part["image"].startswith("shinsei/")]
    assert {part["pull_policy"] for part in ours} == {"never"}
    started = [
        part for part in ours if "season" not in part.get("profiles", ())
    ]  # which is run beside those that are up
    built = [part["image"] for part in started if "build" in part]
    assert sorted(built) == sorted({part["image"] for part in started})
    assert {part["build"]["target"] for part in ours if "build" in part} <= {
        part["image"].removeprefix("shinsei/").partition(":")[0] for part in ours
    }


@pytest.mark.parametrize("target", [*OWN, "cli", "loadtest"])
def test_an_image_ends_as_a_user_without_rights(target: str, dockerfile: str) -> None:
    """The last word of a stage or, where it says none, of the one that it is made from."""
    stages = {
        name: (base, text)
        for base, name, text in re.findall(r"^FROM (\S+) AS (\w+)\n((?:(?!FROM ).*\n?)*)", dockerfile, re.MULTILINE)
    }
    while not (said := re.findall(r"^USER (.+)$", stages[target][1], re.MULTILINE)):
        target = stages[target][0]
    assert said[-1] == "10001:10001"


def test_a_part_has_as_long_to_stop_as_in_a_cluster(parts: dict[str, Any]) -> None:
    periods = {name: pod["terminationGracePeriodSeconds"] for name, pod in pods()}
    shared = (*OWN, "app_mgmt_streams", "kafka", "postgres", "loadtest_master")
    told = {name: int(parts[name]["stop_grace_period"].removesuffix("s")) for name in shared}
    assert told == {name: periods[name] for name in shared}


def test_a_service_has_as_long_to_stop_as_its_parts_may_take(parts: dict[str, Any]) -> None:
    """And a component's time more, for traces and what is under way."""
    wanted = lifespan.STOP_WITHIN_S + lifespan.STOP_TIMEOUT_S
    periods = {name: pod["terminationGracePeriodSeconds"] for name, pod in pods()}
    assert {periods[name] for name in (*OWN, "app_mgmt_streams", "room")} == {wanted}
    assert {parts[name]["stop_grace_period"] for name in (*OWN, "app_mgmt_streams", "room")} == {f"{wanted:g}s"}
    page = (REPO / "deploy" / "README.md").read_text(encoding="utf-8")
    assert f"within the grace period of {wanted:g} s" in page
    assert f"stop --time {wanted:g} " in (DOCKER / "check").read_text(encoding="utf-8")
    assert periods["loadtest_master"] > 2 * GONE_AFTER_S, "it reads the ledger and closes the runs"


def test_a_limit_of_memory_is_what_was_measured_and_thirty_percent(parts: dict[str, Any]) -> None:
    text = (DOCKER / "compose.yaml").read_text(encoding="utf-8")
    limits = re.findall(r"^    mem_limit: (\d+)m # (?:(?:measured|reckoned): (\d+)|not measured)", text, re.MULTILINE)
    assert len(limits) == len(parts) == len([part for part in parts.values() if "mem_limit" in part])
    told = [(int(limit), int(measured)) for limit, measured in limits if measured]
    assert len(parts) - len(told) == len({"alertmanager", "grafana"})
    assert [limit for limit, _ in told] == [math.ceil(measured * 1.3 / 16) * 16 for _, measured in told]


def test_profiles_are_those_that_make_and_the_page_name(parts: dict[str, Any]) -> None:
    found = {
        profile: {name for name, part in parts.items() if part.get("profiles") == [profile]} for profile in PROFILES
    }
    assert found == PROFILES
    assert {profile for part in parts.values() for profile in part.get("profiles", ())} == PROFILES.keys()


@pytest.mark.parametrize("service", OWN)
def test_no_setting_that_names_another_part_or_a_file_is_left_to_its_default(
    service: str, parts: dict[str, Any]
) -> None:
    """A default is that of the local stack, and would fail only when somebody runs it."""
    fields = import_module(f"{service}.settings").Settings.model_fields
    told = {
        f"{service}_{name}".upper()
        for name, field in fields.items()
        if re.search(r"127\.0\.0\.1|^var/", str(field.default))
    }
    assert told <= parts[service]["environment"].keys()


def test_files_that_settings_name_are_mounted(whole: dict[str, Any], parts: dict[str, Any]) -> None:
    """And no secret is where nothing asks for it."""
    for name, part in parts.items():
        told = [value for value in part.get("environment", {}).values() if value.startswith("/run/secrets/")]
        if name == "postgres":
            told += [f"{part['environment']['PASSWORDS']}/{service}_database" for service in OWN]
        assert told == [f"/run/secrets/{secret}" for secret in part.get("secrets", ())], name
    linkage = parts["linkage_server"]
    assert linkage["volumes"] == [f"payloads:{linkage['environment']['LINKAGE_SERVER_PAYLOAD_DIR']}"]


def test_only_files_are_put_into_a_container_that_cannot_be_written_to(whole: dict[str, Any]) -> None:
    """Compose refuses to start one that is given text or a variable as a file."""
    for section in ("configs", "secrets"):
        for name, source in whole[section].items():
            assert source.keys() == {"file"}, name


@pytest.fixture
def docker(tmp_path: Path) -> Path:
    """``deploy/docker`` of another checkout, without secrets."""
    without = shutil.ignore_patterns(".env", "*.secret", "*.toml", "__pycache__")
    for name in ("docker", "k8s", "prometheus", "grafana"):
        shutil.copytree(REPO / "deploy" / name, tmp_path / "deploy" / name, ignore=without)
    return tmp_path / "deploy" / "docker"


def test_secrets_are_made_once_for_all_terminals_and_readable_for_the_images(
    whole: dict[str, Any], parts: dict[str, Any], docker: Path
) -> None:
    """The databases in their volume keep the passwords of their first start, so others would lock everybody out."""
    folder = docker / "secrets"
    subprocess.run([folder / "make"], check=True, timeout=30)
    made = {file: file.read_bytes() for file in folder.iterdir()}
    subprocess.run([folder / "make"], check=True, timeout=30)
    assert {file: file.read_bytes() for file in folder.iterdir()} == made
    assert folder.stat().st_mode & 0o777 == 0o700
    files = {name: docker / source["file"] for name, source in whole["secrets"].items()}
    passwords = {made[files[name]] for name in ("postgres", *(f"{service}_database" for service in OWN))}
    assert len(passwords) == 1 + len(OWN)
    assert all(re.fullmatch(rb"[0-9a-f]{48}", password) for password in passwords)
    assert {file.stat().st_mode & 0o777 for file in files.values()} == {0o644}, "10001 is no user of the machine"
    clients = tomllib.loads(files["portal_clients"].read_text(encoding="utf-8"))
    own = parts["linkage_server"]["environment"]["LINKAGE_SERVER_CLIENT_ID"]
    assert clients[own]["secret"] == files["linkage_server"].read_text(encoding="utf-8")


def test_whatever_is_mounted_can_be_read_by_every_user_whatever_the_umask_of_the_checkout(
    whole: dict[str, Any], parts: dict[str, Any], docker: Path
) -> None:
    """Compose hands files over as they are, and no user of a container is one of the machine."""
    for path in docker.parent.rglob("*"):
        path.chmod(path.stat().st_mode & 0o700)
    subprocess.run([docker / "secrets" / "make"], check=True, timeout=30)
    named = [mount.split(":")[0] for part in parts.values() for mount in part.get("volumes", ())]
    named += [entry["file"] for section in ("configs", "secrets") for entry in whole[section].values()]
    roots = [docker / name for name in named if name.startswith(".")]
    assert len(roots) > len(whole["configs"]) + len(whole["secrets"])
    closed = {
        path
        for root in roots
        for path in (root, *root.rglob("*"))
        if ~path.stat().st_mode & (0o005 if path.is_dir() else 0o004)
    }
    assert not closed
    assert (docker / "secrets").stat().st_mode & 0o077 == 0


def test_whatever_an_image_runs_can_be_read_by_its_user_whatever_the_umask_of_the_checkout(dockerfile: str) -> None:
    """What a stage copies keeps its mode but for a word; what is installed is read by root, while it builds."""
    copied = re.findall(r"^COPY (?!--from)(.*) (\S+)$", dockerfile, re.MULTILINE)
    assert {place.split("/")[2] for _, place in copied if place.startswith("/opt/")} == {"shinsei"}
    assert not [what for what, place in copied if not what.startswith("--chmod=755 ") and not place.endswith(".lock")]


def test_half_of_the_secrets_is_never_taken_for_the_whole(docker: Path, tmp_path: Path) -> None:
    """Neither what a killed script left empty, nor what a person has removed."""
    for name in ("portal_clients.toml", "app_mgmt_database.secret"):
        (docker / "secrets" / name).touch()
    subprocess.run([docker / "secrets" / "make"], check=True, timeout=30)
    assert (docker / "secrets" / "app_mgmt_database.secret").stat().st_size == len("f00d" * 12)
    secret = (docker / "secrets" / "linkage_server.secret").read_text(encoding="utf-8")
    assert f'secret = "{secret}"' in (docker / "secrets" / "portal_clients.toml").read_text(encoding="utf-8")

    cluster = tmp_path / "cluster"
    cluster.mkdir()
    make = REPO / "deploy" / "k8s" / "components" / "secrets" / "make"
    for told in ("made in", "are there already"):
        assert told in subprocess.run([make, cluster], check=True, timeout=30, capture_output=True, text=True).stdout
    (cluster / "linkage-server.secret").write_text("")
    again = subprocess.run([make, cluster], check=False, timeout=30, capture_output=True, text=True)
    assert (again.returncode, again.stdout) == (1, "")
    assert "remove these, or bring the others" in again.stderr


def test_git_ignores_the_secrets_and_make_needs_no_word_about_them() -> None:
    names = [str(DOCKER / name) for name in (".env", "secrets/postgres.secret", "secrets/portal_clients.toml")]
    ignored = subprocess.run(
        ["git", "check-ignore", *names], cwd=REPO, check=False, timeout=30, capture_output=True, text=True
    )
    assert ignored.stdout.splitlines() == names
    targets = re.findall(r"^(compose-\w+):(.*) ##", (REPO / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    asking = {name for name, needs in targets if "compose-secrets" in needs}
    assert asking == {name for name, _ in targets} - {"compose-check", "compose-secrets"}


def test_databases_are_found_healthy_when_they_are_there(parts: dict[str, Any]) -> None:
    """The image makes them in a server that listens on its socket alone."""
    (container,) = (one for name, pod in pods() if name == "postgres" for one in pod["containers"])
    asked = [container[probe]["exec"]["command"] for probe in ("startupProbe", "readinessProbe")]
    assert parts["postgres"]["healthcheck"]["test"] == ["CMD", *asked[0]]
    assert {tuple(command[1:3]) for command in asked} == {("--host=127.0.0.1", "--username=postgres")}


def test_the_room_is_published_where_it_listens(parts: dict[str, Any]) -> None:
    told = parts["room"]["environment"]
    listens = [told[f"SHINSEI_ROOM_{what}_PORT"] for what in ("WEB", "METRICS")]
    assert parts["room"]["ports"] == [f"127.0.0.1:{port}:{port}" for port in listens]
    assert f"127.0.0.1:{listens[0]}/" in parts["room"]["healthcheck"]["test"][-1]


@pytest.mark.parametrize("service", OWN)
def test_a_change_of_what_an_image_holds_rebuilds_it(service: str, parts: dict[str, Any], dockerfile: str) -> None:
    watched = parts[service]["develop"]["watch"]
    assert {rule["action"] for rule in watched} == {"rebuild"}
    stage = dockerfile.split(f" AS {service}\n")[1].split("\nFROM ", maxsplit=1)[0]
    runtime = dockerfile.split(" AS runtime\n")[1].split("\nFROM ", maxsplit=1)[0]
    held = {REPO / source for source in re.findall(r"^COPY (?:--chmod=755 )?([^-]\S+)", runtime + stage, re.MULTILINE)}
    assert {(DOCKER / rule["path"]).resolve() for rule in watched} == held


def test_a_visitor_of_grafana_can_look_and_change_nothing(parts: dict[str, Any]) -> None:
    told = {name: value for name, value in parts["grafana"]["environment"].items() if name.startswith("GF_")}
    assert told == {
        "GF_AUTH_ANONYMOUS_ENABLED": "true",
        "GF_AUTH_ANONYMOUS_ORG_ROLE": "Viewer",
        "GF_AUTH_DISABLE_LOGIN_FORM": "true",
        "GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION": "true",
        "GF_ANALYTICS_REPORTING_ENABLED": "false",
        "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
    }


def test_python_finds_the_code_where_the_image_puts_it(dockerfile: str) -> None:
    (path,) = re.findall(r"PYTHONPATH=(\S+)", dockerfile)
    placed = re.findall(
        r"^COPY --chmod=755 (src|services)(?:/\w+)? (/opt/shinsei/(?:src|services))", dockerfile, re.MULTILINE
    )
    assert {place for _, place in placed} == set(path.split(":"))
