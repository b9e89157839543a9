"""Importing a module opens no socket, starts no process and no thread, and writes no file.

Whoever reads, tests or documents the code imports it; only a composition root may reach out.
"""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

IMPORT_ALL = """
import importlib, pkgutil, sys, threading

seen = []
FORBIDDEN = ("socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen", "os.exec", "os.fork",
             "os.posix_spawn", "os.mkdir", "os.remove", "os.rename")

def audit(event, arguments):
    if event == "subprocess.Popen" and arguments[0] == "file":
        return  # faust asks for platform.architecture(), which asks file(1)
    if event in FORBIDDEN:
        seen.append(f"{event} {arguments[0]}")
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        seen.append(f"writes {arguments[0]}")

sys.addaudithook(audit)
names = []
for package in sys.argv[1:]:
    root = importlib.import_module(package)
    names += [package, *(found.name for found in pkgutil.walk_packages(root.__path__, f"{package}."))]
for name in names:
    before = len(seen), threading.active_count()
    importlib.import_module(name)
    if (len(seen), threading.active_count()) != before:
        print(name, seen[before[0]:], f"{threading.active_count()} threads")
print(len(names), "modules imported")
"""

WITHOUT_SERVICES = """
import importlib, pkgutil, sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in sys.argv[1].split(","):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Missing())
for package in sys.argv[2:]:
    root = importlib.import_module(package)
    for found in pkgutil.walk_packages(root.__path__, f"{package}."):
        importlib.import_module(found.name)
"""

EXTRAS = "aiokafka,asyncpg,faust,grpc,google,prometheus_client,pydantic_settings,structlog,uvloop"


def test_every_module_imports_offline_and_without_effect() -> None:
    packages = ("shinsei", "portal_sim", "linkage_server", "app_mgmt", "core_systems")
    command = [sys.executable, "-B", "-W", "ignore", "-c", IMPORT_ALL, *packages]
    done = subprocess.run(command, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    *effects, summary = done.stdout.splitlines()
    assert not effects, "\n".join(effects)
    assert int(summary.split()[0]) > 100


def test_a_plan_is_made_where_no_services_library_and_no_java_is_installed(repo: Path, tmp_path: Path) -> None:
    """An install without extras is enough to plan with: every module of the model and the scenarios is there."""
    packages = ("shinsei.domain", "shinsei.scenario", "shinsei.planning", "shinsei.season.report")
    command = ["plan", "smoke", "--replications", "1", "--set", "municipality.population=300", "--out", str(tmp_path)]
    run = f"{WITHOUT_SERVICES}\nfrom shinsei.cli.__main__ import run\nsys.exit(run({command!r}))"
    done = subprocess.run(
        [sys.executable, "-B", "-c", run, EXTRAS, *packages],
        text=True,
        capture_output=True,
        check=False,
        cwd=repo,
        env={"PATH": str(tmp_path), "COLUMNS": "200"},
    )
    assert done.returncode == 0, done.stderr
    assert "trace of replication 0" in done.stdout
