"""Importing a module opens no socket, starts no process and no thread, and writes no file.

Whoever reads, tests or documents the code imports it; only a composition root may reach out.
"""

import subprocess
import sys

IMPORT_ALL = """
import importlib, pkgutil, sys, threading

seen = []
FORBIDDEN = ("socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen", "os.exec", "os.fork",
             "os.posix_spawn", "os.mkdir", "os.remove", "os.rename")

def audit(event, arguments):
    if event in FORBIDDEN:
        seen.append(f"{event} {arguments}")
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


def test_every_module_imports_offline_and_without_effect() -> None:
    packages = ("shinsei", "portal_sim", "linkage_server", "app_mgmt", "core_systems")
    command = [sys.executable, "-B", "-W", "ignore", "-c", IMPORT_ALL, *packages]
    done = subprocess.run(command, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    *effects, summary = done.stdout.splitlines()
    assert not effects, "\n".join(effects)
    assert int(summary.split()[0]) > 100
