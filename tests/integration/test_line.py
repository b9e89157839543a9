"""The line that chaos cuts: in a network of its own, on real connections of the loopback interface."""

import json
import subprocess
import sys

import pytest
from tests.chaos.line import CALLED
from tests.zones.tools import apart

from shinsei.domain.errors import UnavailableError
from shinsei.stack.paths import repository

PROGRAM = """
import json, socket
from tests.chaos.line import Line

line = Line()
server = socket.create_server(("127.0.0.1", 0))
other = socket.create_server(("127.0.0.1", 0))
address = "%s:%d" % server.getsockname()

def call(where):
    try:
        return socket.create_connection(where.getsockname(), timeout=0.3)
    except TimeoutError:
        return None

client = call(server)
answering, _ = server.accept()
answering.settimeout(30)
found = {"before": line.lost()}
with line.cut(address):
    client.sendall(b"hello")
    found["new connection"] = call(server) is not None
    found["another part"] = call(other) is not None
    answering.settimeout(0.3)
    try:
        found["got"] = answering.recv(5).decode()
    except TimeoutError:
        found["got"] = ""
found["lost"] = line.lost()
answering.settimeout(30)
found["afterwards"] = answering.recv(5).decode()
found["new connection afterwards"] = call(server) is not None
print(json.dumps(found))
"""


def test_what_is_open_hangs_and_goes_on_and_nobody_else_is_met() -> None:
    try:
        command = [*apart("--net", "--mount"), sys.executable, "-c", PROGRAM]
    except UnavailableError as error:
        pytest.fail(str(error), pytrace=False)
    done = subprocess.run(command, cwd=repository(), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found.pop("lost") > found.pop("before") == 0
    assert found == {
        "new connection": False,
        "another part": True,
        "got": "",
        "afterwards": "hello",
        "new connection afterwards": True,
    }


def test_every_part_that_a_service_calls_can_be_cut_off() -> None:
    assert CALLED == ("app_mgmt", "core_systems", "kafka", "portal_sim")
