"""What is counted by linkage method and by procedure is what is filed, and adds up to the totals over all workers."""

from collections import Counter
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import pytest

from loadtest.meter import Meter
from loadtest.worker import Worker
from shinsei.api.application.v1 import application_pb2 as pb
from shinsei.loadtest.bodies import Bodies
from shinsei.loadtest.books import Books
from shinsei.loadtest.dispatching import Arrival
from shinsei.loadtest.grouping import groups_of, rows_by_group
from shinsei.loadtest.plan import Plan
from shinsei.loadtest.preset import load_preset
from shinsei.loadtest.target import Mix, run_specs, scenario_of

NOBODY = {"portal_sim": "127.0.0.1:1", "app_mgmt": "127.0.0.1:1"}
ARRIVALS = [Arrival(n=n, intended_s=1_000.0 + n) for n in range(60)]
BATCH = 10


class EveryOther:
    """A desk at which every other job finds nobody."""

    def __init__(self) -> None:
        self.asked = 0
        self.begun: list[Any] = []

    def start(self, job: Any) -> bool:
        self.asked += 1
        self.begun += [job] * (self.asked % 2)
        return bool(self.asked % 2)


@pytest.fixture(scope="module")
def plan() -> Plan:
    preset = load_preset("smoke")
    return Plan.of(preset, run_specs(preset, scenario_of(preset), "load-1"), preset.profile(), targets=NOBODY)


@pytest.fixture(scope="module")
def worker(plan: Plan) -> Worker:
    """One that is never connected."""
    worker = Worker()
    worker._plan = plan
    worker._bodies = [Bodies(spec, Mix(plan.procedures)) for spec in plan.run_specs()]
    return worker


def test_an_application_is_counted_under_its_own_procedure_and_the_method_of_its_municipality(
    worker: Worker, plan: Plan
) -> None:
    methods = {spec.municipality: str(spec.twin_method) for spec in plan.run_specs()}

    def groups(application: pb.Application) -> tuple[str, str]:
        return groups_of(methods[application.municipality], application.procedure)

    for arrival in ARRIVALS:
        assert worker.filed(arrival) == [groups(worker.application(arrival, arrival.intended_s))]
        sent = worker.applications(arrival, BATCH)
        filed = [pb.Application.FromString(one.application) for one in sent]
        assert worker.filed_together(arrival, BATCH) == [groups(one) for one in filed]
    assert {method for arrival in ARRIVALS for method, _ in worker.filed(arrival)} == set(methods.values())


def test_every_arrival_is_offered_under_what_it_files_or_would_have_filed(
    worker: Worker, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Else to import Locust would replace sockets and threads of whatever is tested in this process.
    monkeypatch.setenv("LOCUST_SKIP_MONKEY_PATCH", "1")
    dispatchers, users = (import_module(f"loadtest.{name}") for name in ("dispatchers", "users"))
    meter = Meter()
    monkeypatch.setattr(dispatchers, "METER", meter)
    monkeypatch.setattr(users, "WORKER", worker)
    for kind in users.USERS:
        monkeypatch.setattr(kind, "desk", EveryOther())
        receive = dispatchers._received(kind)
        assert [receive(arrival) for arrival in ARRIVALS] == [True, False] * (len(ARRIVALS) // 2)
        # What somebody does is counted under the same names in the end.
        assert all(job.keywords.get("filed", ()) == kind.filed(job.keywords["arrival"]) for job in kind.desk.begun)
    tick, half = meter.tick(0, 0, 0), len(ARRIVALS) // 2
    one_and_all = 1 + plan.bulk.batch
    assert tick["counts"] == {"offered": 2 * half * one_and_all, "dropped": half * one_and_all, "callers_dropped": 60}
    assert sums(tick["by_group"]) == {name: [tick["counts"][name]] * 2 for name in ("offered", "dropped")}
    late = [groups for arrival in ARRIVALS[1::2] for groups in users.Applicants.filed(arrival)]
    late += [groups for arrival in ARRIVALS[1::2] for groups in users.BulkFilers.filed(arrival)]
    assert tick["by_group"]["dropped"] == Counter(group for groups in late for group in groups)


def test_workers_are_added_up_by_method_and_by_procedure() -> None:
    books = Books(0.0)
    a, b, c = groups_of("RPA", 1), groups_of("RPA", 2), groups_of("BATCH_IMPORT", 2)
    for number, filed in enumerate(([a, a, b], [b, c], [])):
        meter = Meter()
        meter.count_filed("offered", filed)
        meter.count_filed("accepted", filed[1:])
        books.take(meter.tick(number, 0, 0))
        assert meter.tick(number, 0, 0)["by_group"] == {}, "what has been told is not told again"
    assert books.by_group == {
        "offered": {"RPA": 4, "BATCH_IMPORT": 1, "procedure-1": 2, "procedure-2": 3},
        "accepted": {"RPA": 2, "BATCH_IMPORT": 1, "procedure-1": 1, "procedure-2": 2},
    }
    assert sums(books.by_group) == {name: [books.totals[name]] * 2 for name in ("offered", "accepted")}


def sums(by_group: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    """Of each counter, what methods add up to, and what procedures do."""
    tables = rows_by_group(by_group, {name: name for name in by_group})
    return {name: [sum(row[name] for row in rows.values()) for rows in tables] for name in by_group}
