"""For the ordinary ``locust`` command, with its web page or headless, in one process or many.

    locust -f loadtest/locustfile.py --preset smoke --headless --processes 2

Users are slots here, not load: how much comes is what the preset says, whatever the answers (see desk.py). The shorter
way with a report and gates is ``shinsei loadtest run``.
"""

import json
import signal
import subprocess
import sys
from math import ceil
from pathlib import Path
from typing import Any

import gevent
from gevent.server import StreamServer
from locust import events, runners
from locust.env import Environment
from locust.runners import LocalRunner, MasterRunner, Runner, WorkerRunner

_ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(_ROOT))

from loadtest.calls import make_grpc_cooperative  # noqa: E402 - the path comes first
from loadtest.conductor import (  # noqa: E402
    TO_MASTER_TICK,
    TO_WORKERS_ORDER,
    TO_WORKERS_PLAN,
    Conductor,
    follow_order,
)
from loadtest.dispatchers import begin, clear, halt, idle, later  # noqa: E402
from loadtest.meter import METER  # noqa: E402
from loadtest.spreading import EvenDispatcher  # noqa: E402
from loadtest.users import USERS, Applicants, BulkFilers, Clerks, LinkageServers  # noqa: E402
from loadtest.worker import WORKER  # noqa: E402
from shinsei.loadtest.plan import Plan  # noqa: E402
from shinsei.runtime.reference_cycles import search_rarely  # noqa: E402

__all__ = ["Applicants", "BulkFilers", "Clerks", "LinkageServers"]

_TICK_S = 1.0
_MASTER_ENDS_WITHIN_S = 15.0

# Where generator and stack share a machine, a worker may be kept waiting for seconds; it is not lost then.
runners.HEARTBEAT_LIVENESS = 20


@events.init_command_line_parser.add_listener
def add_options(parser: Any) -> None:
    """What this file takes beside Locust's own options."""
    group = parser.add_argument_group("Shinsei")
    group.add_argument("--preset", default="", help="Name or file of a preset (loadtest/presets).")
    group.add_argument("--rate", default="", help="Another peak of the preset, in applications a second.")
    group.add_argument("--shinsei-home", default="", help="Home of the stack under test.")
    group.add_argument("--plan", default="", help="A plan that shinsei loadtest has made already.")
    group.add_argument("--unjudged", action="store_true", help="Say nothing in the end: who has started this does.")


@events.init.add_listener
def on_init(environment: Environment, **_: Any) -> None:
    """Connects this process, master or worker, with the others."""
    make_grpc_cooperative()
    runner = environment.runner
    if runner is None:
        return
    METER.environment = environment
    gevent.signal_handler(signal.SIGINT, _interrupt, runner, gevent.getcurrent())
    if not isinstance(runner, MasterRunner):
        _work(environment)
    if not isinstance(runner, WorkerRunner):
        _conduct(environment)


def _interrupt(runner: Runner, main: Any) -> None:
    """Ctrl-C, which a terminal sends to all of its processes: a worker goes on until its master says that it is over.

    Python's own way would end whichever user or dispatcher has its turn at the moment.
    """
    if isinstance(runner, WorkerRunner) and WORKER.is_ready and runner.greenlet.join(_MASTER_ENDS_WITHIN_S):
        return
    gevent.kill(main, KeyboardInterrupt)


def _work(environment: Environment) -> None:
    runner = environment.runner
    assert isinstance(runner, LocalRunner | WorkerRunner)

    def on_plan(msg: Any, **_: Any) -> None:
        clear()
        METER.forget()
        plan = Plan.model_validate_json(msg.data)
        WORKER.take(plan, runner.worker_index)
        if plan.requests_csv:
            METER.write_requests(plan.requests_csv, WORKER.index)

    def on_order(msg: Any, **_: Any) -> None:
        if int(msg.data["n"]) == 1:
            # Thousands of users wait by now: a look at all of them kept arrivals waiting for 0.2 s, every other minute.
            search_rarely()
        WORKER.address(msg.data["weights"])
        profile, start_s, index, of = follow_order(msg.data, runner.worker_index)
        halt() if profile is None else begin(profile, start_s, index, of, int(msg.data["n"]))

    def tick(**_: Any) -> None:
        if WORKER.is_ready:
            runner.send_message(TO_MASTER_TICK, dict(METER.tick(WORKER.index, idle(), later())))

    def keep_ticking() -> None:
        while True:
            gevent.sleep(_TICK_S)
            tick()

    runner.register_message(TO_WORKERS_PLAN, on_plan, concurrent=True)
    runner.register_message(TO_WORKERS_ORDER, on_order)
    environment.events.test_stop.add_listener(tick)  # the last word comes from the others before it is told
    gevent.spawn(keep_ticking)


def _conduct(environment: Environment) -> None:
    options, runner = environment.parsed_options, environment.runner
    assert options is not None
    assert runner is not None
    if environment.web_ui is not None:
        _make_sure_of_port(environment.web_ui.host, environment.web_ui.port)
    file = Path(options.plan) if options.plan else _made(options)
    plan = _read(file)
    conductor = Conductor(environment, plan, file.parent)
    runner.register_message(TO_MASTER_TICK, lambda msg, **_: conductor.take(msg.data))
    environment.events.test_start.add_listener(lambda **_: conductor.brief())
    environment.events.spawning_complete.add_listener(lambda **_: conductor.begin())
    environment.events.test_stop.add_listener(lambda **_: conductor.end())
    runners.HEARTBEAT_LIVENESS = ceil(plan.silent_after_s)
    _set_slots(environment, plan)
    # Locust's own word about failed calls is none about applications.
    environment.process_exit_code = 0
    if not options.unjudged:
        environment.events.test_stop.add_listener(lambda **_: _tell(environment, conductor))

    def quitting(**_: Any) -> None:
        # Locust says so before it fixes its exit code and stops the test; and twice, when SIGTERM ends it headless.
        environment.events.quitting.remove_listener(quitting)
        conductor.wind_up()
        if not options.plan:
            _close(environment, file, conductor.accepted)

    environment.events.quitting.add_listener(quitting)


def _make_sure_of_port(host: str, port: int) -> None:
    """Before anything is opened: Locust would notice later that its page has no port, and end with 0."""
    page = StreamServer((host, port), handle=lambda *_: None)
    try:
        page.init_socket()
    except OSError as error:
        sys.exit(f"locust: there is no page on port {port} ({error.strerror}); --web-port takes another")
    finally:
        page.close()


def _tell(environment: Environment, conductor: Conductor) -> None:
    """Nobody else says what came of it: one line, and the exit code."""
    sys.stderr.write(f"{conductor.last_word}\n")
    if not conductor.is_well:
        environment.process_exit_code = 1


def _made(options: Any) -> Path:
    """A plan for the preset that was named; who has made it closes its runs."""
    if not options.preset:
        sys.exit("locust: name a --preset, such as --preset smoke")
    rate = ["--rate", options.rate] if options.rate else []
    done = _shinsei(options, "plan", options.preset, "--json", *rate)
    if done.returncode:
        sys.exit(done.returncode)
    return Path(json.loads(done.stdout)["plan"])


def _read(file: Path) -> Plan:
    """The plan in a file; without one, Locust would go on, and its users wait for work that nobody gives them."""
    try:
        return Plan.model_validate_json(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        sys.exit(f"locust: {file} is no plan of a load test ({type(error).__name__})")


def _close(environment: Environment, plan: Path, accepted: int) -> None:
    """Nobody else knows of the runs: closes them, tells where their cases are, and whether any was not kept."""
    options = environment.parsed_options
    assert options is not None
    done = _shinsei(options, "close", str(plan), "--accepted", str(accepted))
    sys.stderr.write(done.stdout)
    if done.returncode:
        environment.process_exit_code = done.returncode


def _shinsei(options: Any, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Our own command line, on the stack that was named."""
    home = ["--home", options.shinsei_home] if options.shinsei_home else []
    command = [sys.executable, "-m", "shinsei.cli", "loadtest", *arguments, *home]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603 - our own program


def _set_slots(environment: Environment, plan: Plan) -> None:
    """As many users of each kind as the preset has slots for; none of a kind that nothing asks for."""
    options = environment.parsed_options
    assert options is not None
    wanted = {
        Applicants: plan.applicants.slots if plan.applicants.share else 0,
        BulkFilers: plan.bulk.slots if plan.bulk.share else 0,
        Clerks: plan.clerks.slots if plan.clerks.per_s else 0,
        LinkageServers: plan.linkage.slots if plan.linkage.per_s else 0,
    }
    for kind in USERS:
        kind.fixed_count, kind.weight = wanted[kind], 0
    environment.host = f"{plan.preset} at {plan.portal}"  # what Locust's page is headed with
    environment.dispatcher_class = EvenDispatcher
    options.num_users = sum(wanted.values())
    options.spawn_rate = max(options.num_users, 1)
