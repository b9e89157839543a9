"""Files, users and arguments of the pods: what a container is told of is there, and one it can take."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.integration.kubernetes.manifests import K8S, Resource, containers, key, kind, workloads

from shinsei.loadtest.preset import shipped_presets
from shinsei.scenario.loading import load
from shinsei.season.request import SeasonRequest

WITHIN = ("/etc/shinsei/", "/var/lib/shinsei/", "/var/lib/postgresql/", "/var/lib/kafka/", "/run/secrets/")
"""Where files of a container come from a volume."""
POSTGRES_MOUNTS = {"/var/lib/postgresql/data", "/docker-entrypoint-initdb.d", "/var/run/postgresql", "/tmp", "/dev/shm"}  # noqa: S108


def told_of(container: Resource) -> Iterator[str]:
    """The files and folders that its variables and arguments name."""
    values = [str(variable.get("value", "")) for variable in container.get("env", ())]
    for value in (*values, *container.get("args", ()), *container.get("command", ())):
        if str(value).startswith(WITHIN):
            yield str(value)


def test_files_that_a_container_is_told_of_are_mounted(resources: list[Resource]) -> None:
    maps = {key(one): one for one in kind(resources, "ConfigMap", "Secret")}
    for one, pod in workloads(resources):
        volumes = {volume["name"]: volume for volume in pod.get("volumes", ())}
        for container in (*pod.get("initContainers", ()), *pod["containers"]):
            for file in told_of(container):
                mounts = [m for m in container["volumeMounts"] if f"{file}/".startswith(f"{m['mountPath']}/")]
                assert mounts, (key(one), file)
                volume = volumes.get(mounts[0]["name"], {})
                for sort, field, name in (("ConfigMap", "configMap", "name"), ("Secret", "secret", "secretName")):
                    if field in volume:
                        held = maps[sort, one["metadata"]["namespace"], volume[field][name]]
                        assert file.removeprefix(f"{mounts[0]['mountPath']}/") in held.get("data", {})


def test_nobody_is_root(resources: list[Resource]) -> None:
    for one, pod in workloads(resources):
        assert pod["securityContext"]["runAsUser"] > 0, key(one)
        for container in (*pod.get("initContainers", ()), *pod["containers"]):
            assert "runAsUser" not in container["securityContext"], key(one)


def test_databases_are_made_where_the_image_looks(built: Mapping[str, list[Resource]]) -> None:
    wanted = {
        match[1]
        for container in containers(built["minimal"])
        for variable in container.get("env", ())
        if (match := re.search(r":5432/(\w+)$", variable.get("value", "")))
    }
    made = re.findall(r"CREATE DATABASE (\w+)", str(kind(built["minimal"], "ConfigMap")))
    assert set(made) == wanted
    for container in containers(built["minimal"]):
        if container["name"] == "postgres":
            assert {mount["mountPath"] for mount in container["volumeMounts"]} == POSTGRES_MOUNTS


def test_an_operators_servers_make_the_databases_of_their_zone(built: Mapping[str, list[Resource]]) -> None:
    maps = kind(built["minimal"], "ConfigMap")
    plain = {key(each): each["data"]["databases.sql"] for each in maps if "databases.sql" in each["data"]}
    for one in kind(built["prod-like"], "Cluster"):
        zone = one["metadata"]["namespace"]
        made = " ".join(one["spec"]["bootstrap"]["initdb"]["postInitSQL"])
        (wanted,) = (text for (_, where, _), text in plain.items() if where == zone)
        assert re.findall(r"\w+ \w+ (\w+)", made) == re.findall(r"CREATE DATABASE (\w+)", wanted)


def test_the_job_runs_a_scenario_that_is_one(built: Mapping[str, list[Resource]]) -> None:
    (season,) = (one for one in containers(built["minimal"]) if one["name"] == "season")
    assert season["args"][0] == "season"
    assert season["args"][2:3] == ["--out"]
    assert load(K8S / "components" / "season" / "scenario.toml").name


def test_the_job_begins_when_every_service_serves(built: Mapping[str, list[Resource]]) -> None:
    """A season that has given up is not started again, and nobody knows how long images take."""
    (pod,) = (pod for one, pod in workloads(built["minimal"]) if one["metadata"]["name"] == "season")
    (before,), (season,) = pod["initContainers"], pod["containers"]
    assert before["command"][-1].startswith('until python -m shinsei.runtime.healthcheck "$SHINSEI_TARGETS"; do ')
    assert [before[name] for name in ("image", "env", "resources")] == [
        season[name] for name in ("image", "env", "resources")
    ]


def test_a_season_that_is_taken_away_is_gone_on_with_by_the_name_of_its_file(
    built: Mapping[str, list[Resource]],
) -> None:
    """The one more pod that replaces it is none of the attempts, of which there is one."""
    (job,) = kind(built["minimal"], "Job")
    assert job["spec"]["backoffLimit"] == 0
    (rule,) = job["spec"]["podFailurePolicy"]["rules"]
    assert rule == {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}
    (season,) = job["spec"]["template"]["spec"]["containers"]
    scenario = load(K8S / "components" / "season" / "scenario.toml")
    request = SeasonRequest(scenario=season["args"][1])
    again = request.reload(scenario.record()).run_specs("season")
    assert again == scenario.run_specs("season")
    assert again[0].scenario == Path(request.scenario).stem, "by which --resume finds it"


def test_the_load_test_runs_a_preset_that_is_shipped(built: Mapping[str, list[Resource]]) -> None:
    (given,) = (one["data"] for one in kind(built["loadtest"], "ConfigMap") if key(one)[2].startswith("loadtest"))
    assert given["PRESET"] in shipped_presets()


def test_results_are_shown_from_where_the_job_writes_them(built: Mapping[str, list[Resource]]) -> None:
    shown, season = (
        next(one for one in containers(built["minimal"]) if one["name"] == name) for name in ("results", "season")
    )
    assert shown["command"][shown["command"].index("--directory") + 1] == season["args"][3]


def test_the_streams_are_a_module_of_their_image(built: Mapping[str, list[Resource]]) -> None:
    (streams,) = (one for one in containers(built["minimal"]) if one["name"] == "app-mgmt-streams")
    assert streams["command"] == ["python", "-m", "app_mgmt.streams"]
