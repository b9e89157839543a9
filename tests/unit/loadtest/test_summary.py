"""A summary has a figure behind every name on which a gate may be set."""

import pytest
from tests.unit.loadtest.test_books import a_tick

from shinsei.loadtest.books import Books
from shinsei.loadtest.gates import value_at
from shinsei.loadtest.preset import load_preset
from shinsei.loadtest.running import Outcome
from shinsei.loadtest.summary import Context, summarise
from shinsei.season.ledger import RunKey, RunLedger
from shinsei.season.outcome import Ledger

FIGURES = (
    *("offered", "accepted", "accepted_not_kept", "completed", "dropped", "refused", "failed", "completed_share"),
    *("open_at_the_end", "unaccounted", "drained_s", "generator_lag_s_p99", "generator_memory_mib"),
    *("generator_memory_growth_mib", "latency_s.accepted.p50", "latency_s.registered.p99", "latency_s.stored.p90"),
)


def an_outcome(kept: int) -> Outcome:
    """Twelve seconds at one application a second, registered a second later; the portal has kept so many."""
    books = Books(100.0)
    for at in range(100, 112):
        books.take(a_tick(at, offered=1, accepted=1))
        for event in ("stored", "registered"):
            books.saw(event, at + 1.0, intended_s=float(at))
    key = RunKey(run_id="load-1", municipality="483010")
    ledger = Ledger(accepted=kept, registered=kept)
    return Outcome(books=books, ledgers=[RunLedger(key=key, ledger=ledger, by_method={}, stages=())])


@pytest.fixture
def context() -> Context:
    preset = load_preset("smoke")
    return Context(
        run_id="load-1",
        preset=preset,
        profile=preset.profile(),
        busiest_hour_per_s=0.01,
        config_hash="0",
        command="shinsei loadtest run smoke",
        processes=1,
    )


@pytest.mark.parametrize("figure", FIGURES)
def test_every_figure_that_may_be_a_gate_is_in_the_summary(context: Context, figure: str) -> None:
    assert value_at(summarise(an_outcome(12), context), figure) is not None


def test_an_application_that_was_accepted_and_is_not_in_the_database_fails_the_test(context: Context) -> None:
    summary = summarise(an_outcome(11), context)
    assert summary["accepted_not_kept"] == 1
    assert [gate["metric"] for gate in summary["gates"] if not gate["passed"]] == ["accepted_not_kept"]


def test_without_a_ledger_nothing_is_said_about_what_was_lost(context: Context) -> None:
    summary = summarise(Outcome(books=an_outcome(0).books), context)
    missed = {gate["metric"] for gate in summary["gates"] if not gate["passed"]}
    assert {"unaccounted", "accepted_not_kept"} <= missed
