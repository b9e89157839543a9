"""Files, users and arguments of the pods: what a container is told of is there, and one it can take."""

import base64
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.integration.kubernetes.manifests import K8S, Resource, containers, key, kind, workloads

from shinsei.loadtest.preset import shipped_presets
from shinsei.scenario.loading import load
from shinsei.season.request import SeasonRequest

WITHIN = ("/etc/shinsei/", "/var/lib/shinsei/", "/var/lib/postgresql/", "/var/lib/kafka/", "/run/secrets/")
"""Where files of a container come from a volume."""
POSTGRES_MOUNTS = {
    *("/var/lib/postgresql/data", "/docker-entrypoint-initdb.d", "/etc/shinsei/passwords"),
    *("/var/run/postgresql", "/tmp", "/dev/shm"),  # noqa: S108
}


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


def projected(pod: Resource) -> Iterator[tuple[str, str, str]]:
    """(file, Secret, key) of the Secrets that a pod has side by side in one folder."""
    for volume in pod.get("volumes", ()):
        for source in volume.get("projected", {}).get("sources", ()):
            yield from ((item["path"], source["secret"]["name"], item["key"]) for item in source["secret"]["items"])


def test_nobody_is_root(resources: list[Resource]) -> None:
    for one, pod in workloads(resources):
        assert pod["securityContext"]["runAsUser"] > 0, key(one)
        for container in (*pod.get("initContainers", ()), *pod["containers"]):
            assert "runAsUser" not in container["securityContext"], key(one)


def logins(resources: list[Resource]) -> dict[str, set[tuple[str, str]]]:
    """By namespace: (role, Secret with its password) of each service that is told of a database."""
    found: dict[str, set[tuple[str, str]]] = {}
    for one, pod in workloads(resources):
        secrets = {volume["name"]: volume.get("secret", {}).get("secretName") for volume in pod.get("volumes", ())}
        for container in pod["containers"]:
            told = {variable["name"]: variable.get("value", "") for variable in container.get("env", ())}
            mounts = {mount["mountPath"]: secrets.get(mount["name"]) for mount in container.get("volumeMounts", ())}
            for name, value in told.items():
                if match := re.fullmatch(r"postgresql://(\w+)@postgres:5432/(\w+)", value):
                    folder, _, file = told[name.replace("_DSN", "_PASSWORD_FILE")].rpartition("/")
                    assert match[1] == match[2]
                    assert file == "password"
                    found.setdefault(one["metadata"]["namespace"], set()).add((match[1], str(mounts[folder])))
    return found


def test_databases_are_made_where_the_image_looks_of_the_passwords_that_services_have(
    built: Mapping[str, list[Resource]],
) -> None:
    """A server has those of its zone, a service its own, and nobody but the server has the superuser's."""
    wanted = logins(built["minimal"])
    assert sum(map(len, wanted.values())) == 4
    scripts = [one["data"] for one in kind(built["minimal"], "ConfigMap") if "databases.sql" in one["data"]]
    assert len(scripts) == len(wanted)
    for one, pod in workloads(built["minimal"]):
        assert "postgres" not in [volume.get("secret", {}).get("secretName") for volume in pod.get("volumes", ())]
        if one["metadata"]["name"] != "postgres":
            assert not list(projected(pod))
            continue
        files = {(f"{role}_database", secret, "password") for role, secret in wanted[one["metadata"]["namespace"]]}
        assert set(projected(pod)) == files | {("postgres", "postgres", "password")}
        (container,) = pod["containers"]
        told = {variable["name"]: variable["value"] for variable in container["env"]}
        assert told["POSTGRES_PASSWORD_FILE"] == f"{told['PASSWORDS']}/postgres"
        mounts = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
        assert mounts.keys() == POSTGRES_MOUNTS
        assert mounts[told["PASSWORDS"]] == "passwords"


def test_passwords_are_read_by_the_group_of_their_pod_alone(built: Mapping[str, list[Resource]]) -> None:
    for one, pod in workloads(built["minimal"]):
        for volume in pod.get("volumes", ()):
            if volume["name"] in {"database", "passwords"}:
                assert (volume.get("secret") or volume["projected"])["defaultMode"] == 0o440, key(one)
                assert pod["securityContext"]["fsGroup"]


def test_an_operators_servers_make_the_roles_and_databases_of_their_zone(
    built: Mapping[str, list[Resource]],
) -> None:
    wanted = logins(built["prod-like"])
    for one in kind(built["prod-like"], "Cluster"):
        roles = one["spec"]["managed"]["roles"]
        own = wanted.pop(one["metadata"]["namespace"])
        assert {(role["name"], role["passwordSecret"]["name"]) for role in roles if role["login"]} == own
        assert one["spec"]["bootstrap"]["initdb"]["postInitSQL"] == [
            statement
            for role in (role["name"] for role in roles)
            for statement in (
                f"CREATE ROLE {role} LOGIN",
                f"CREATE DATABASE {role} OWNER {role}",
                f"REVOKE ALL ON DATABASE {role} FROM PUBLIC",
            )
        ]
    assert not wanted


def test_a_secret_of_a_role_names_it(built: Mapping[str, list[Resource]]) -> None:
    """An operator takes no other."""
    for resources in built.values():
        secrets = {key(one)[1:]: one for one in kind(resources, "Secret")}
        for namespace, roles in logins(resources).items():
            for role, secret in roles:
                one = secrets[namespace, secret]
                assert one["type"] == "kubernetes.io/basic-auth"
                assert base64.b64decode(one["data"]["username"]).decode() == role


def read(resources: list[Resource], part: str, variable: str) -> bytes:
    """What a part finds in the file of a Secret that one of its variables names."""
    secrets = {key(one)[1:]: one["data"] for one in kind(resources, "Secret")}
    ((one, pod),) = ((one, pod) for one, pod in workloads(resources) if one["metadata"]["name"] == part)
    (container,) = pod["containers"]
    (file,) = (Path(each["value"]) for each in container["env"] if each["name"] == variable)
    (mounted,) = (each["name"] for each in container["volumeMounts"] if each["mountPath"] == str(file.parent))
    (secret,) = (each["secret"]["secretName"] for each in pod["volumes"] if each["name"] == mounted)
    return base64.b64decode(secrets[one["metadata"]["namespace"], secret][file.name])


def test_the_portal_lets_the_linkage_server_in(resources: list[Resource]) -> None:
    """The two have a Secret each, in a zone of its own."""
    clients = tomllib.loads(read(resources, "portal-sim", "PORTAL_SIM_CLIENTS_FILE").decode())
    (own,) = (
        variable["value"]
        for container in containers(resources)
        for variable in container.get("env", ())
        if variable["name"] == "LINKAGE_SERVER_CLIENT_ID"
    )
    assert clients[own]["secret"] == read(resources, "linkage-server", "LINKAGE_SERVER_CLIENT_SECRET_FILE").decode()


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
