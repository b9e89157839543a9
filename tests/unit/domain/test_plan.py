"""A run in virtual time: reproducible, whole, and ended by the cases under comparison alone."""

from collections.abc import Sequence

import pytest

from shinsei.domain.demand import filings
from shinsei.domain.identification import is_identified
from shinsei.domain.lifecycle import TRANSITIONS, Action
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.plan import VirtualRun, run_all
from shinsei.domain.policy import linkage_method
from shinsei.domain.polling import poll_times
from shinsei.domain.run import Change, ChangeKind, Filing, RunSpec, case_id
from shinsei.domain.simtime import DAY_MS, HOUR_MS, SimTime
from shinsei.domain.trace import trace_hash
from shinsei.scenario import Scenario, load
from shinsei.testing.seasons import SMALL


@pytest.fixture(scope="module")
def smoke() -> Scenario:
    return load("smoke", ["twins.methods=['TRANSCRIPTION', 'BATCH_IMPORT']", "run.end=2021-08-15"])


def test_the_same_seed_leaves_the_same_trace_and_another_seed_another(smoke: Scenario) -> None:
    hashes = [
        trace_hash(line for run in run_all(scenario.run_specs(name)) for line in run.lines(scenario.end))
        for scenario, name in ((smoke, "first"), (smoke, "second"), (load("smoke", ["seed=2"]), "third"))
    ]
    assert hashes[0] == hashes[1]
    assert hashes[0] != hashes[2]


def test_twins_see_the_same_filings_at_the_same_moments(smoke: Scenario) -> None:
    first, second = run_all(smoke.run_specs("twins"))
    seen = [{case.filing.case_id: case.filing.at for case in run.cases()} for run in (first, second)]
    assert seen[0] == seen[1]
    assert {case.method for case in first.cases()} != {case.method for case in second.cases()}


def test_a_clear_season_ends_at_the_first_midnight_with_nothing_compared_open(smoke: Scenario) -> None:
    """Cases of other procedures come all year round and keep nobody waiting."""
    specs = smoke.run_specs("clear")
    compared = smoke.compared_procedures
    runs = run_all(specs, until_clear_of=compared)
    last = max(
        case.lines[-1].at
        for run in runs
        for case in run.cases()
        if case.filing.procedure in compared and not TRANSITIONS[case.lines[-1].status]
    )
    ends = {run.report().until for run in runs}
    assert all(last < end < smoke.end for end in ends)
    assert all(run.clear_since(compared) is not None for run in runs)


def test_a_run_with_cases_to_come_is_not_clear(smoke: Scenario) -> None:
    spec = smoke.run_specs("open")[0]
    run = VirtualRun(spec)
    run.advance(SimTime(spec.start + DAY_MS))
    assert run.clear_since(smoke.compared_procedures) is None
    run.advance(spec.end)
    assert run.clear_since(smoke.compared_procedures) is not None


def test_a_policy_change_counts_from_its_moment_and_for_its_procedure(smoke: Scenario) -> None:
    spec = smoke.run_specs("policy")[0]
    change = Change(at=SimTime(1000), kind=ChangeKind.POLICY, n=0, procedure=10, method=LinkageMethod.RPA)
    before, other = spec.policy.method_of(10), spec.policy.method_of(1)
    assert linkage_method(spec, [change], 10, SimTime(999)) is before
    assert linkage_method(spec, [change], 10, SimTime(1000)) is LinkageMethod.RPA
    assert linkage_method(spec, [change], 1, SimTime(2000)) is other


def test_what_is_filed_after_the_last_poll_is_accepted_and_waits() -> None:
    """The portal answers at once, whenever the municipality asks next; the live season's trace has it too."""
    scenario = load("smoke", ("poll.interval=5 d", "run.end=2021-06-19"))
    (run, *_) = run_all(scenario.run_specs("r"))
    filed = {filing.case_id: filing.at for filing in filings(run.spec) if filing.online and filing.at < scenario.end}
    submitted = {
        case_id(line.submission_id): line.at for line in run.lines(scenario.end) if line.action is Action.SUBMIT
    }
    assert submitted == filed
    fetched = {case_id(line.submission_id) for line in run.lines(scenario.end) if line.action is Action.FETCH}
    assert 0 < len(fetched) < len(filed)


def test_advancing_in_pieces_equals_advancing_at_once() -> None:
    smoke = load("smoke", ("run.end=2021-06-20", "poll.interval=2 h"))
    spec = smoke.run_specs("r")[0]
    whole, pieces = VirtualRun(spec), VirtualRun(spec)
    whole.advance(smoke.end)
    for hours in range(7, 19 * 24, 7):
        pieces.advance(SimTime(smoke.start + hours * HOUR_MS))
    pieces.advance(smoke.end)
    assert pieces.lines(smoke.end) == whole.lines(smoke.end)
    assert pieces.report() == whole.report()


@pytest.mark.parametrize("latency", ["200 ms", "11 h"])
def test_polls_that_find_nothing_are_passed_over_and_change_nothing(latency: str) -> None:
    """Where a call outlasts the interval, even an empty poll holds up the next: at night, behind an outage."""
    outage = "line.outages=[{ start = 2021-06-01T00:00:00, length = '1 h' }]"
    smoke = load("smoke", ("run.end=2021-06-20", "poll.interval=2 h", f"line.call_latency={latency}", outage))
    spec = smoke.run_specs("r")[0]
    whole, every = VirtualRun(spec), VirtualRun(spec)
    whole.advance(smoke.end)
    for poll in poll_times(spec, spec.start, smoke.end):
        every.advance(poll)
    assert every.lines(smoke.end) == whole.lines(smoke.end)
    assert every.report() == whole.report()


@pytest.mark.parametrize(
    ("settings", "fetches"),
    [((), "once"), (("withdrawals.share=0.05", "withdrawals.delay={ mean = '3 d', cv = 1.0 }"), "each for itself")],
)
def test_twins_fetch_together_unless_applicants_react_to_their_office(
    settings: tuple[str, ...], fetches: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A withdrawal is fetched by the method's own time; without one a poll brings the same whatever the method."""
    scenario = load("smoke", ("run.end=2021-06-20", "twins.methods=['TRANSCRIPTION', 'BATCH_IMPORT']", *settings))
    specs = scenario.run_specs("r")
    asked: list[str] = []

    def counted(spec: RunSpec, changes: Sequence[Change], filing: Filing, at: SimTime) -> bool:
        asked.append(filing.case_id)
        return is_identified(spec, changes, filing, at)

    monkeypatch.setattr("shinsei.domain.plan.is_identified", counted)
    together = run_all(specs)
    assert len(asked) == len(set(asked)) * (1 if fetches == "once" else 2)
    for run, spec in zip(together, specs, strict=True):
        alone = VirtualRun(spec)
        alone.advance(scenario.end)
        assert run.lines(scenario.end) == alone.lines(scenario.end)


def test_a_history_is_noted_in_the_order_of_time() -> None:
    """Corrections, withdrawals and what was held back among them."""
    lively = load("corrections", SMALL["corrections"])
    for run in run_all(lively.run_specs("r")):
        for history in run.histories(lively.end):
            assert [line.at for line in history] == sorted(line.at for line in history)
