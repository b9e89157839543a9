"""The checks of chaos notice what they are for: a case registered twice, steps out of order, another trace."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from tests.chaos.checks import (
    Books,
    Verdict,
    differences,
    doubled,
    felt,
    out_of_order,
    verdict_of_load,
    verdict_of_season,
)
from tests.chaos.injections import cut_lines, cuts, everything, pauses
from tests.chaos.order import endless, shuffled
from tests.chaos.report import failures, summarise, table
from tests.chaos.round import Done, Round, unexplained

from shinsei.domain.lifecycle import Action, Status
from shinsei.domain.run import Change, ChangeKind
from shinsei.domain.simtime import DAY_MS, SimTime
from shinsei.domain.trace import TraceLine
from shinsei.scenario import load
from shinsei.season.outcome import CaseHistory, Ledger

STEPS = (
    (Action.SUBMIT, Status.SUBMITTED),
    (Action.FETCH, Status.FETCHED),
    (Action.STORE, Status.STORED),
    (Action.IDENTIFY, Status.IDENTIFIED),
    (Action.CHECK, Status.CHECKED),
    (Action.QUEUE_FOR_LINKAGE, Status.WAITING_FOR_LINKAGE),
    (Action.START_LINKAGE, Status.LINKING),
    (Action.REGISTER, Status.REGISTERED),
)


def a_case(*steps: tuple[Action, Status]) -> CaseHistory:
    lines = tuple(
        TraceLine(submission_id="482013-10-1", at=SimTime(at), action=action, status=status)
        for at, (action, status) in enumerate(steps)
    )
    return CaseHistory(submission_id="482013-10-1", procedure=10, lines=lines)


def test_a_case_that_went_its_way_is_neither_doubled_nor_out_of_order() -> None:
    assert (doubled([a_case(*STEPS)]), out_of_order([a_case(*STEPS)])) == (0, 0)


def test_a_second_registration_is_doubled_and_out_of_order() -> None:
    twice = a_case(*STEPS, STEPS[-1])
    assert (doubled([twice]), out_of_order([twice])) == (1, 1)


def test_a_step_that_is_missing_or_comes_too_early_is_out_of_order() -> None:
    missing = a_case(*STEPS[:3], *STEPS[4:])
    early = a_case(*STEPS[:2], STEPS[3], STEPS[2], *STEPS[4:])
    assert out_of_order([missing, early, a_case(*STEPS)]) == 2


def test_what_happens_in_one_moment_may_stand_in_any_order() -> None:
    again = [(Action.START_LINKAGE, Status.LINKING), (Action.RETURN_TO_QUEUE, Status.WAITING_FOR_LINKAGE)]
    lines = a_case(*STEPS[:7], *again, STEPS[7]).lines
    returned = CaseHistory(
        submission_id="482013-10-1",
        procedure=10,
        lines=(*lines[:7], *(line._replace(at=SimTime(7)) for line in lines[7:9]), lines[9]),
    )
    assert out_of_order([returned]) == 0


def test_every_line_that_only_one_trace_has_is_a_difference() -> None:
    lines = a_case(*STEPS).lines
    assert differences(lines, lines) == 0
    assert differences(lines[:-1], lines) == 1
    assert differences([*lines, lines[0]], lines) == 1
    assert differences([lines[0]._replace(at=SimTime(5)), *lines[1:]], lines) == 2


FIRST, SECOND = "482013-10-1", "482013-10-2"
TOLD = {FIRST: "1001", SECOND: "1002"}
END = SimTime(100)


def some_books(**otherwise: Any) -> Books:
    """Of two applications that have gone their way."""
    usual: dict[str, Any] = {
        "ledger": Ledger(accepted=2, registered=2),
        "late": 0,
        "histories": [a_case(*STEPS)],
        "double_rows": 0,
        "accepted": set(TOLD),
        "registered": set(TOLD),
    }
    return Books(**(usual | otherwise))


def of_load(told: Mapping[str, str] = TOLD, changed: Sequence[str] = (), **otherwise: Any) -> Verdict:
    return verdict_of_load(told, changed, {"482013": some_books(**otherwise)})


def test_a_load_whose_applications_went_their_way_has_a_clean_verdict() -> None:
    assert of_load() == Verdict(applications=2)


@pytest.mark.parametrize(
    ("found", "figure"),
    [
        pytest.param(of_load(accepted={FIRST}, registered={FIRST}), "lost", id="the portal has it not"),
        pytest.param(of_load(ledger=Ledger(accepted=2, registered=1, in_flight=1)), "lost", id="it never ends"),
        pytest.param(of_load(ledger=Ledger(accepted=2, registered=1, unaccounted=1)), "lost", id="it has gone"),
        pytest.param(of_load(told={FIRST: "1001", SECOND: "1001"}), "doubled", id="two share a receipt number"),
        pytest.param(of_load(changed=[FIRST]), "doubled", id="sent again it got another"),
        pytest.param(of_load(accepted={*TOLD, "482013-10-3"}), "doubled", id="nobody has filed it"),
        pytest.param(of_load(registered={*TOLD, "482013-10-3"}), "doubled", id="nobody has accepted it"),
        pytest.param(of_load(double_rows=1), "doubled", id="it stands twice in the books"),
        pytest.param(of_load(histories=[a_case(*STEPS[1:])]), "out_of_order", id="a step is missing"),
        pytest.param(of_load(late=1), "late", id="it came behind a watermark"),
    ],
)
def test_each_way_in_which_a_load_can_go_wrong_is_counted_once(found: Verdict, figure: str) -> None:
    assert found == replace(Verdict(applications=2), **{figure: 1})


def test_an_application_is_looked_for_in_its_own_municipality() -> None:
    elsewhere = verdict_of_load(TOLD, (), {"482013": some_books(accepted=set()), "482021": some_books()})
    assert (elsewhere.lost, elsewhere.doubled) == (2, 4)


def of_season(planned: Sequence[TraceLine] = a_case(*STEPS).lines, **otherwise: Any) -> Verdict:
    return verdict_of_season(some_books(**otherwise), planned, END)


def test_a_season_as_it_was_planned_has_a_clean_verdict() -> None:
    assert of_season() == Verdict(applications=2)


@pytest.mark.parametrize(
    ("found", "figure"),
    [
        pytest.param(of_season(ledger=Ledger(accepted=2, unaccounted=1)), "lost", id="it has gone"),
        pytest.param(of_season(double_rows=1), "doubled", id="it stands twice in the books"),
        pytest.param(of_season(planned=a_case(*STEPS[:-1]).lines), "trace_differences", id="it was not planned"),
        pytest.param(of_season(late=1), "late", id="it came behind a watermark"),
    ],
)
def test_each_way_in_which_a_season_can_go_wrong_is_counted_once(found: Verdict, figure: str) -> None:
    assert found == replace(Verdict(applications=2), **{figure: 1})


def test_what_comes_behind_the_end_of_a_season_is_not_compared() -> None:
    lines = a_case(*STEPS).lines
    behind = replace(a_case(*STEPS), lines=(*lines[:-1], lines[-1]._replace(at=END)))
    assert of_season(lines[:-1], histories=[behind]).trace_differences == 0


def test_a_fault_of_the_simulated_world_is_felt_where_the_plan_without_it_is_another() -> None:
    (spec,) = load("smoke", ["twins.methods=['RPA']"]).run_specs("run-1")
    day = SimTime(spec.start + DAY_MS)
    robots = Change(at=day, n=0, kind=ChangeKind.ROBOTS, value=0)
    files = Change(at=day, n=1, kind=ChangeKind.BATCH_TWICE, value=2)  # RPA has none
    assert felt(spec, [robots, files]) == {ChangeKind.ROBOTS}
    assert felt(spec, [files]) == felt(spec, []) == set()


def a_round(**fields: Verdict) -> Round:
    return Round(
        season=fields.get("season", Verdict(applications=10)),
        load=fields.get("load", Verdict(applications=5, late=1)),
        done=[Done(name="kill -9 kafka", recovery_s=took, unaccounted=0, season_open=True) for took in (4.0, 6.0)],
    )


def test_a_summary_has_what_was_done_what_was_lost_and_how_long_each_recovery_took() -> None:
    summary = summarise([a_round(), a_round()], seed=1, minutes=5, wall_s=1)
    assert (summary["faults"], summary["applications"], summary["late"]) == (4, 30, 2)
    assert (summary["lost"], summary["doubled"], summary["trace_differences"]) == (0, 0, 0)
    assert summary["recovery_s"] == {"kill -9 kafka": {"times": 4, "struck": None, "median": 5.0, "most": 6.0}}
    assert summary["failed"] == []
    assert "| kill -9 kafka | 4 |  | 5.0 s | 6.0 s |" in list(table(summary))


def test_a_summary_says_how_often_a_flag_has_done_something() -> None:
    found = a_round()
    found.done = [
        replace(one, name="flag calls-cut in app_mgmt", struck=struck) for one in found.done for struck in (0, 7)
    ]
    summary = summarise([found], seed=1, minutes=1, wall_s=1)
    assert summary["recovery_s"]["flag calls-cut in app_mgmt"]["struck"] == 14
    assert "| flag calls-cut in app_mgmt | 4 | 14 | 5.0 s | 6.0 s |" in list(table(summary))


def test_a_flag_that_has_done_nothing_at_any_time_fails_the_suite() -> None:
    found = a_round()
    usual = found.done[0]
    found.done += [replace(usual, name="flag calls-cut in app_mgmt", struck=struck) for struck in (0, 7)]
    found.done += [replace(usual, name="flag calls-slow in app_mgmt", struck=0) for _ in range(2)]
    found.done += [replace(usual, name="network cut around app_mgmt (by flags)", struck=0)]
    assert summarise([found], seed=1, minutes=1, wall_s=1)["failed"] == [
        "flag calls-slow in app_mgmt struck nothing",
        "network cut around app_mgmt (by flags) struck nothing",
    ]


class Switch:
    """Of flags that nothing meets at first."""

    def __init__(self) -> None:
        self.standing: list[tuple[str, str]] = []
        self.looks = 0

    async def set_flag(self, flag: Any, service: str, value: int, **_: Any) -> None:
        self.standing.append((service, str(flag.name)))

    async def clear(self, service: str, flag: str) -> None:
        self.standing.remove((service, flag))

    async def now(self) -> Any:
        self.looks += 1
        met = self.looks > 1
        strangers = [SimpleNamespace(service="app_mgmt", flag="calls-cut", struck=100)]
        flags = [SimpleNamespace(service=service, flag=flag, struck=3 * met) for service, flag in self.standing]
        return SimpleNamespace(flags=[*flags, *strangers])


async def test_a_cut_stays_until_something_has_met_it_and_tells_how_often() -> None:
    place: Any = SimpleNamespace(switch=Switch(), lasts_s=0.0)
    (cut,) = (one for one in cuts() if "linkage_server" in one.name)
    assert await cut.strike(place) == 6
    assert place.switch.looks > 1
    assert place.switch.standing == []


class Counting:
    """A line that loses so many packets while it is cut."""

    def __init__(self, packets: int) -> None:
        self.packets, self.seen = packets, 5
        self.addresses: list[str] = []

    @contextmanager
    def cut(self, address: str) -> Iterator[None]:
        self.addresses.append(address)
        yield
        self.seen += self.packets

    def lost(self) -> int:
        return self.seen


async def test_a_line_that_is_cut_tells_how_many_packets_it_has_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.chaos.injections.BEYOND_THE_SESSION_S", 0.0)
    addresses = SimpleNamespace(portal="p:1", linkage="l:2", app_mgmt="a:3", core="c:4", kafka_bootstrap="k:5")
    line = Counting(7)
    place: Any = SimpleNamespace(line=line, stack=SimpleNamespace(addresses=addresses))
    assert [await one.strike(place) for one in cut_lines()] == [7, 7, 7, 7]
    assert line.addresses == ["a:3", "c:4", "k:5", "p:1"]


def test_a_line_is_cut_where_the_stack_has_a_network_of_its_own() -> None:
    lines = {one.name for one in cut_lines()}
    for line in (None, Counting(1)):
        place: Any = SimpleNamespace(line=line, disk=None)
        assert bool(lines & {one.name for one in everything(place)}) is (line is not None)


def test_whatever_is_lost_doubled_or_otherwise_than_planned_fails_the_suite() -> None:
    for verdict in (
        Verdict(applications=1, lost=1),
        Verdict(applications=1, doubled=1),
        Verdict(applications=1, out_of_order=1),
        Verdict(applications=1, trace_differences=1),
        Verdict(applications=1, late=1),
    ):
        assert len(summarise([a_round(season=verdict)], seed=1, minutes=1, wall_s=1)["failed"]) == 1


def test_a_dead_letter_that_nothing_explains_and_an_end_that_came_early_fail_the_suite() -> None:
    for name, value, told in (
        ("letters", 1, "dead_letters_unexplained 1"),
        ("partial", True, "a season ended early"),
        ("refused", ["busy"], "refused: busy"),
        ("problem", "the stack is down", "the stack is down"),
    ):
        found = a_round()
        setattr(found, name, value)
        assert summarise([found], seed=1, minutes=1, wall_s=1)["failed"] == [told]


def test_dead_letters_beside_those_that_were_put_there_are_unexplained() -> None:
    assert unexplained(before=3, now=5, wanted=2) == 0
    assert unexplained(before=3, now=6, wanted=2) == 1
    assert unexplained(before=3, now=4, wanted=2) == 1


def test_a_long_suite_that_did_too_little_has_failed() -> None:
    assert summarise([a_round()], seed=1, minutes=9, wall_s=1)["failed"] == []
    assert summarise([a_round()] * 10, seed=1, minutes=10, wall_s=1)["failed"] == []
    (told,) = summarise([a_round()] * 9, seed=1, minutes=10, wall_s=1)["failed"]
    assert told == "18 faults in 10 minutes, 20 are wanted"
    assert summarise([a_round()] * 100, seed=1, minutes=120, wall_s=1)["failed"] == []
    assert summarise([a_round()] * 99, seed=1, minutes=120, wall_s=1)["failed"]


def test_a_round_whose_season_was_over_before_anything_was_done_has_failed() -> None:
    late = a_round()
    late.done = [replace(one, season_open=False) for one in late.done]
    (told,) = summarise([a_round(), late], seed=1, minutes=1, wall_s=1)["failed"]
    assert told == "no fault struck the season in 1 of the rounds"


def test_postgres_and_kafka_hang_too() -> None:
    assert {f"SIGSTOP {part} 12 s" for part in ("kafka", "postgres")} < {one.name for one in pauses()}


def test_a_suite_that_tried_nothing_has_failed() -> None:
    assert failures(summarise([], seed=1, minutes=1, wall_s=0)) == ["nothing was tried"]


def test_everything_comes_once_before_anything_comes_again_in_an_order_from_the_seed() -> None:
    things = list(range(20))
    order = endless(1, things)
    first, second = ([next(order) for _ in things] for _ in range(2))
    assert sorted(first) == sorted(second) == things
    assert first != second
    assert first == shuffled(1, 0, things) != shuffled(2, 0, things)
