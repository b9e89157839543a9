"""The ordinary ``locust`` command against a portal of the test's own: headless, with its page, without workers."""

import asyncio
import json
import os
import re
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import grpc
import psutil
import pytest
from tests.contract.loadtest.portal import Portal, a_plan

from shinsei.loadtest.generator import PLAN
from shinsei.loadtest.plan import Plan
from shinsei.runtime.rpc import GrpcServer
from shinsei.stack.ports import free_port
from shinsei.testing.waiting import eventually

LOCUSTFILE = Path(__file__).resolve().parents[3] / "loadtest" / "locustfile.py"
HEADLESS = ("--headless", "--only-summary")
Start = Callable[..., Awaitable[Process]]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture
async def locust(tmp_path: Path) -> AsyncIterator[Start]:
    """Starts the command with a plan; a test that fails leaves nothing behind."""
    started: list[Process] = []

    async def start(plan: Plan, *options: str) -> Process:
        (tmp_path / PLAN).write_text(plan.model_dump_json())
        command = (sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--plan", str(tmp_path / PLAN), *options)
        started.append(
            await asyncio.create_subprocess_exec(
                *command, stdout=PIPE, stderr=PIPE, cwd=tmp_path, start_new_session=True
            )
        )
        return started[-1]

    yield start
    for process in started:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.communicate()


async def test_it_says_what_came_of_it_and_fails_where_something_failed(
    portal: Portal, server: GrpcServer, locust: Start
) -> None:
    portal.upload_ends = grpc.StatusCode.UNAVAILABLE
    test = await locust(a_plan(server.own_target, 5, 2, p_attachment=1.0, attachment_kb=1.0), *HEADLESS)
    _, told = await test.communicate()
    assert test.returncode == 1
    assert "offered 10, accepted 0, dropped 0, refused 0, failed 10" in told.decode()
    assert "the generator's lag at p99 was" in told.decode()


async def test_arrivals_without_a_slot_fail_it_and_stand_on_its_page(
    portal: Portal, server: GrpcServer, locust: Start
) -> None:
    portal.takes_s, port = 0.5, free_port()
    plan = a_plan(server.own_target, 10, 600, slots=1).model_copy(
        update={"warm_up_s": 0.0, "most_generator_lag_s": 60.0}
    )
    test = await locust(plan, "--web-host", "127.0.0.1", "--web-port", str(port))
    page = Page(port)
    await page.press_start(await page.fields())
    calls = await page.calls_when("running", "Applicants (dropped)")
    assert calls["Applicants (dropped)"] > 0
    await eventually(lambda: portal.submitted, within_s=60)
    test.send_signal(signal.SIGINT)
    _, told = await asyncio.wait_for(test.communicate(), 60)
    assert re.search(r"accepted [1-9].* refused 0, failed 0, calls that failed 0,", told.decode())
    assert "at most 0 may be dropped" in told.decode()
    assert test.returncode == 1


async def test_what_is_there_when_load_begins_is_not_looked_through_for_garbage(
    server: GrpcServer, locust: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look at thousands of users keeps arrivals waiting, and finds none."""
    told = "import atexit, gc\natexit.register(lambda: open('frozen', 'w').write(str(gc.get_freeze_count())))\n"
    (tmp_path / "sitecustomize.py").write_text(told)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    test = await locust(a_plan(server.own_target, 5, 2, slots=100), *HEADLESS)
    await test.communicate()
    assert test.returncode == 0
    assert int((tmp_path / "frozen").read_text()) > 100


@pytest.mark.parametrize(("killed", "length_s"), [(1, 5), (2, 600)])
async def test_workers_that_are_killed_are_told_and_fail_it_and_without_any_it_ends(
    portal: Portal, server: GrpcServer, locust: Start, killed: int, length_s: int
) -> None:
    plan = a_plan(server.own_target, 10, length_s).model_copy(update={"silent_after_s": 4.0})
    port = str(free_port())
    test = await locust(plan, *HEADLESS, "--processes", "2", "--master-port", port, "--master-bind-port", port)
    await eventually(lambda: portal.submitted, within_s=60)
    for worker in psutil.Process(test.pid).children()[:killed]:
        worker.kill()
    _, told = await asyncio.wait_for(test.communicate(), 60)
    assert test.returncode == 1, told.decode()
    assert len(re.findall(r"worker \d was not heard of any more", told.decode())) == killed
    assert "offered" in told.decode()


@pytest.mark.parametrize(
    "options",
    [HEADLESS, (*HEADLESS, "--processes", "2"), ("--autostart", "--web-host", "127.0.0.1")],
    ids=["headless", "with workers", "with its page"],
)
async def test_ctrl_c_in_the_middle_forgets_no_call_and_fails_it_where_every_call_failed(
    portal: Portal, server: GrpcServer, locust: Start, options: tuple[str, ...]
) -> None:
    """A terminal sends it to all processes at once; calls that are under way may still be answered."""
    portal.upload_ends, portal.upload_takes_s = grpc.StatusCode.UNAVAILABLE, 0.5
    ports = [f"--{of}-port={free_port()}" for of in ("web", "master")]
    ports.append(ports[-1].replace("master", "master-bind"))
    test = await locust(a_plan(server.own_target, 5, 600, p_attachment=1.0, attachment_kb=1.0), *options, *ports)
    await eventually(lambda: portal.uploads >= 10, within_s=60)
    os.killpg(test.pid, signal.SIGINT)
    _, told = await asyncio.wait_for(test.communicate(), 60)
    count = portal.uploads
    assert f"offered {count}, accepted 0, dropped 0, refused 0, failed {count}," in told.decode()
    assert "not heard of" not in told.decode()
    assert test.returncode == 1


async def test_without_a_port_for_its_page_it_says_so_in_one_line_and_fails(server: GrpcServer, locust: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        options = ("--web-host", "127.0.0.1", "--web-port", str(taken.getsockname()[1]))
        test = await locust(a_plan(server.own_target, 5, 2), *options)
        _, told = await asyncio.wait_for(test.communicate(), 60)
    assert test.returncode == 1
    assert re.search(r"^locust: there is no page on port \d+ \(Address already in use.*\)", told.decode(), re.MULTILINE)
    assert "Traceback" not in told.decode()


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        ((), 1, "locust: name a --preset, such as --preset smoke"),
        (("--preset", "smok"), 2, "did you mean 'smoke'"),
        (("--preset", "smoke", "--rate", "0"), 2, "--rate"),
        (("--preset", "smoke"), 1, "the stack is not up"),
    ],
)
async def test_what_is_typed_wrongly_is_told_in_a_line_and_opens_nothing(
    tmp_path: Path, options: tuple[str, ...], code: int, told: str
) -> None:
    command = (sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), *HEADLESS, "--shinsei-home", str(tmp_path))
    test = await asyncio.create_subprocess_exec(*command, *options, stdout=PIPE, stderr=PIPE, cwd=tmp_path)
    _, err = await asyncio.wait_for(test.communicate(), 60)
    assert test.returncode == code, err.decode()
    assert told in err.decode()
    assert "Traceback" not in err.decode()


@pytest.mark.parametrize("text", [None, "", "{}"], ids=["none", "empty", "of an earlier version"])
async def test_a_plan_that_cannot_be_read_is_one_line_and_the_end(tmp_path: Path, text: str | None) -> None:
    plan = tmp_path / PLAN
    if text is not None:
        plan.write_text(text)
    command = (sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--plan", str(plan), *HEADLESS)
    test = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE, cwd=tmp_path)
    try:
        _, told = await asyncio.wait_for(test.communicate(), 60)
    finally:
        with suppress(ProcessLookupError):
            test.kill()
    assert test.returncode == 1
    assert told.decode().splitlines()[-1].startswith(f"locust: {plan} is no plan of a load test (")
    assert "Traceback" not in told.decode()


class Page:
    """Locust's own web page, as a browser asks for it."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}"

    async def get(self, path: str, form: dict[str, Any] | None = None) -> str:
        """What is answered; empty where nobody is there yet."""

        def ask() -> str:
            data = None if form is None else urlencode(form).encode()
            with suppress(URLError), urlopen(self._url + path, data) as answer:  # noqa: S310 - our own page
                return str(answer.read().decode())
            return ""

        return await asyncio.to_thread(ask)

    async def fields(self) -> dict[str, Any]:
        """What the page is made of: its fields and what stands in them."""
        (found,) = re.findall(r"window\.templateArgs = (.*)", await eventually(lambda: self.get("/"), within_s=60))
        return dict(json.loads(found))

    async def press_start(self, fields: dict[str, Any], **changed: Any) -> None:
        """Begins a test with what stands in the fields."""
        form = {"user_count": fields["num_users"], "spawn_rate": fields["spawn_rate"], "host": fields["host"]}
        assert json.loads(await self.get("/swarm", form | changed))["success"]

    async def calls_when(self, state: str, name: str = "") -> dict[str, int]:
        """Calls by name, when a test has come to this state, and to this name."""

        async def told() -> dict[str, Any] | None:
            found = json.loads(await self.get("/stats/requests"))
            is_there = not name or any(one["name"] == name for one in found["stats"])
            return found if found["state"] == state and is_there else None

        found = await eventually(told, within_s=60, every_s=0.2)
        return {one["name"]: one["num_requests"] for one in found["stats"]}


async def test_its_page_opens_with_what_the_preset_says_and_starts_stops_and_starts_again(
    portal: Portal, server: GrpcServer, locust: Start
) -> None:
    plan, port = a_plan(server.own_target, 5, 4), free_port()
    plan = plan.model_copy(update={"warm_up_s": 0.0, "most_generator_lag_s": 60.0})
    test = await locust(plan, "--web-host", "127.0.0.1", "--web-port", str(port))
    page = Page(port)
    fields = await page.fields()
    assert (fields["host"], fields["num_users"]) == (f"spike at {server.own_target}", plan.applicants.slots)
    assert fields["extra_options"] == {}, "nothing can be typed in that has no effect"

    await page.press_start(fields)
    await eventually(lambda: portal.submitted >= 3, within_s=60, what="one that has had its answer")
    await page.get("/stop", {})
    assert (await page.calls_when("stopped"))["Submit"] < 20
    before = portal.submitted

    # More users than the preset has slots are none, and what was stopped has no part in this one.
    await page.press_start(fields, user_count=10 * plan.applicants.slots)
    await page.calls_when("running")
    assert (await page.calls_when("stopped"))["Submit"] == portal.submitted - before == 20
    test.send_signal(signal.SIGINT)
    _, told = await test.communicate()
    assert "offered 20, accepted 20, dropped 0, refused 0, failed 0" in told.decode()
    assert test.returncode == 0, told.decode()
