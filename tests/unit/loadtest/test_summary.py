"""A summary has a figure behind every name on which a gate may be set."""

import re
from collections import Counter
from dataclasses import replace
from html import unescape

import pytest
from tests.unit.loadtest.test_books import a_tick

from loadtest import meter
from shinsei.domain.catalogue import procedure
from shinsei.loadtest.apart import Part
from shinsei.loadtest.arrivals import Process
from shinsei.loadtest.books import WATCH, Books, ended_otherwise
from shinsei.loadtest.finding import Found, Tried
from shinsei.loadtest.gates import value_at
from shinsei.loadtest.grouping import groups_of
from shinsei.loadtest.histogram import Histogram
from shinsei.loadtest.outcome import Outcome
from shinsei.loadtest.preset import Preset, load_preset, shipped_presets
from shinsei.loadtest.report.page import report_html
from shinsei.loadtest.search import Step
from shinsei.loadtest.summary import Context, summarise
from shinsei.season.ledger import RunKey, RunLedger
from shinsei.season.outcome import Ledger

FIGURES = (
    *(
        "offered",
        "accepted",
        "accepted_not_kept",
        "kept_unexplained",
        "completed_not_kept",
        "completed_unseen",
        "completed",
        "dropped",
        "refused",
        "failed",
        "calls_failed",
        "completed_share",
        "refused_share",
    ),
    *(
        "open_at_the_end",
        "unaccounted",
        "dead_lettered",
        "unexplained",
        "drained_s",
        "generator_lag_s_p99",
        "generator_memory_mib",
        "later_dropped",
        "callers_dropped",
        "feed_unreadable",
    ),
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
    return a_context()


def a_context() -> Context:
    preset = load_preset("smoke")
    return Context(
        run_id="load-1",
        preset=preset,
        profile=preset.profile(),
        busiest_hour_per_s=0.01,
        config_hash="0",
        command="shinsei loadtest run smoke",
        commit="0123456789ab",
        processes=1,
        municipalities=5,
    )


@pytest.mark.parametrize("figure", FIGURES)
def test_every_figure_that_may_be_a_gate_is_in_the_summary(context: Context, figure: str) -> None:
    assert value_at(summarise(an_outcome(12), context), figure) is not None


def test_an_application_that_was_accepted_and_is_not_in_the_database_fails_the_test(context: Context) -> None:
    summary = summarise(an_outcome(11), context)
    assert summary["accepted_not_kept"] == 1
    # Nor can it be registered there, whatever the feed says.
    assert missed(an_outcome(11), context) == ["accepted_not_kept", "completed_not_kept"]


def test_a_dead_letter_is_an_end_and_fails_the_test_all_the_same(context: Context) -> None:
    outcome = of_ledger(an_outcome(12), accepted=12, registered=6, dead_lettered=6)
    outcome.books.totals.update(registered=-6, ended=6)
    summary = summarise(outcome, context)
    assert (summary["completed_share"], summary["dead_lettered"]) == (1.0, 6)
    assert missed(outcome, context) == ["dead_lettered"]


def missed(outcome: Outcome, context: Context) -> list[str]:
    return [gate["metric"] for gate in summarise(outcome, context)["gates"] if not gate["passed"]]


@pytest.mark.parametrize(
    ("kept", "failed", "is_missed"), [(12, 0, False), (14, 2, False), (13, 0, True), (14, 1, True)]
)
def test_only_what_failed_for_its_client_may_be_in_the_database_and_not_among_the_accepted(
    context: Context, kept: int, failed: int, *, is_missed: bool
) -> None:
    outcome = an_outcome(kept)
    outcome.books.take(a_tick(111.0, offered=failed, failed=failed))
    assert ("kept_unexplained" in missed(outcome, context)) is is_missed
    outcome.partial = "interrupted"
    assert "kept_unexplained" not in missed(outcome, context)


def of_ledger(outcome: Outcome, **lines: int) -> Outcome:
    """The same with another ledger."""
    outcome.ledgers = [replace(one, ledger=Ledger(**lines)) for one in outcome.ledgers]
    return outcome


@pytest.mark.parametrize(
    ("seen", "kept", "told"),
    [
        ((12, 0), {"registered": 12}, []),
        # One is registered once the last message has been read; one is withdrawn, and so never registered.
        ((11, 0), {"registered": 12}, []),
        ((11, 1), {"registered": 11, "withdrawn": 1}, []),
        ((12, 0), {"registered": 11, "in_flight": 1}, ["completed_not_kept"]),
        ((11, 1), {"registered": 12}, ["completed_unseen"]),
    ],
)
def test_what_the_feed_tells_of_registrations_is_what_the_database_holds(
    context: Context, seen: tuple[int, int], kept: dict[str, int], told: list[str]
) -> None:
    outcome = of_ledger(an_outcome(12), accepted=12, **kept)
    outcome.books.totals.update(registered=seen[0] - 12, ended=seen[1])
    ties = {"completed_not_kept", "completed_unseen"}
    assert [name for name in missed(outcome, context) if name in ties] == told


def test_an_end_of_which_no_message_could_be_read_may_be_that_of_a_call_that_failed(context: Context) -> None:
    outcome = of_ledger(an_outcome(12), accepted=13, registered=13)
    outcome.books.take(a_tick(111.0, offered=1, failed=1))
    assert "completed_unseen" not in missed(outcome, context)


def test_the_ledger_is_told_by_method_too(context: Context) -> None:
    outcome = an_outcome(12)
    (one,) = outcome.ledgers
    lines = {"RPA": {"accepted": 5, "registered": 4, "in_flight": 1}, "": {"accepted": 1}}
    outcome.ledgers = [replace(one, by_method=lines), replace(one, by_method={"RPA": {"accepted": 2, "registered": 2}})]
    summary = summarise(outcome, context)
    assert summary["by_method"] == {"RPA": {"accepted": 7, "registered": 6, "in_flight": 1}}
    cells = re.sub(r"(<[^>]+>)+", "|", report_html(outcome, context, summary, {}))
    assert re.search(r"\|RPA[^|]*\|[^|]*\|?7\|6\|1\|", cells)


@pytest.mark.parametrize(("lag_s", "gates"), [(0.25, []), (0.3, ["generator_lag_s_p99"])])
def test_a_generator_that_is_later_than_its_preset_allows_fails_the_test(
    context: Context, lag_s: float, gates: list[str]
) -> None:
    outcome, lag = an_outcome(12), Histogram()
    lag.record(lag_s)
    outcome.books.take({**a_tick(111.0), "lag": lag.as_json()})
    assert context.preset.file.most_generator_lag == 250
    assert missed(outcome, context) == gates


@pytest.mark.parametrize(("sent_s", "is_late"), [(0.009, False), (0.02, True)])
def test_a_generator_that_takes_a_part_of_the_latency_until_it_has_sent_is_told(
    context: Context, sent_s: float, *, is_late: bool
) -> None:
    outcome, sent = Outcome(books=Books(100.0), ledgers=an_outcome(12).ledgers), Histogram()
    sent.record(sent_s)
    outcome.books.take({**a_tick(101.0, accepted=1, response_s=0.1), "sent": sent.as_json()})
    summary = summarise(outcome, context)
    assert summary["intended_to_sent_s_p99"] == pytest.approx(sent_s, rel=1e-3)
    assert summary["is_sent_late"] is is_late
    page = unescape(report_html(outcome, context, summary, {}))
    assert "intended to sent" in page
    assert ("The generator itself took 20% of the time" in page) is is_late


@pytest.mark.parametrize("counts", [{"offered": 1}, {"accepted": 1}])
def test_an_application_of_which_nobody_knows_what_became_fails_a_whole_test(
    context: Context, counts: dict[str, int]
) -> None:
    outcome = an_outcome(13)
    outcome.books.take(a_tick(111.0, **counts))
    assert "unexplained" in missed(outcome, context)
    outcome.partial = "interrupted"
    assert "unexplained" not in missed(outcome, context)


WITHIN_THE_MAXIMUM = sorted(shipped_presets().keys() - {"ramp-to-knee", "find-max-infra", "find-max-office"})


def a_result(accepted: int, refused: int, registered: int) -> Outcome:
    """A hundred seconds at such rates, of a portal that keeps everything."""
    books = Books(100.0)
    for at in range(100, 200):
        books.take(a_tick(at, offered=accepted + refused, accepted=accepted, refused=refused))
        for event in ("stored", "registered"):
            for _ in range(registered):
                books.saw(event, at + 1.0, intended_s=float(at))
    key = RunKey(run_id="load-1", municipality="483010")
    ledger = Ledger(accepted=100 * accepted, registered=100 * registered)
    return Outcome(books=books, ledgers=[RunLedger(key=key, ledger=ledger, by_method={}, stages=())])


@pytest.mark.parametrize("name", sorted(shipped_presets()))
@pytest.mark.parametrize(("accepted", "refused"), [(0, 10), (10, 0)], ids=["everything refused", "nothing completed"])
def test_no_preset_is_passed_by_a_system_that_does_nothing(
    context: Context, name: str, accepted: int, refused: int
) -> None:
    assert missed(a_result(accepted, refused, 0), replace(context, preset=load_preset(name)))


@pytest.mark.parametrize("name", WITHIN_THE_MAXIMUM)
def test_below_the_maximum_a_portal_that_refuses_nine_in_ten_fails_the_test(context: Context, name: str) -> None:
    found = missed(a_result(1, 9, 1), replace(context, preset=load_preset(name)))
    assert {"refused", "refused_share"} & set(found)


@pytest.mark.parametrize("name", WITHIN_THE_MAXIMUM)
def test_calls_that_fail_beside_those_that_file_fail_the_test(context: Context, name: str) -> None:
    outcome, none = an_outcome(12), Histogram().as_json()
    codes = {
        "GetStatus (failed)": {"UNAVAILABLE": 2},
        "ListCases (failed)": {"UNAVAILABLE": 1, "DEADLINE_EXCEEDED": 4},
        "Withdraw (too late)": {"FAILED_PRECONDITION": 5},
        "ListReceipts (refused)": {"RESOURCE_EXHAUSTED": 6},
        "GetStatus": {"OK": 8},
    }
    requests = {call: {"codes": found, "response": none, "service": none} for call, found in codes.items()}
    outcome.books.take({**a_tick(111.0), "requests": requests})
    within = replace(context, preset=load_preset(name))
    assert summarise(outcome, within)["calls_failed"] == 7
    assert "calls_failed" in missed(outcome, within)
    assert "calls_failed" not in missed(an_outcome(12), within)


@pytest.mark.parametrize("name", ["smoke", "step", "soak"])
@pytest.mark.parametrize("counter", ["later_dropped", "callers_dropped"])
def test_what_the_generator_could_not_do_beside_filing_fails_the_test(
    context: Context, name: str, counter: str
) -> None:
    outcome = an_outcome(12)
    outcome.books.take(a_tick(111.0, **{counter: 1}))
    assert counter in missed(outcome, replace(context, preset=load_preset(name)))


@pytest.mark.parametrize(
    ("accepted", "p50", "p90"),
    [
        (100, 50.0, 90.0),
        # What is open counts as longer than what is done: of 105 the 53rd and the 95th, of 125 the 63rd and no other.
        (105, 53.0, 95.0),
        (125, 63.0, None),
        (300, None, None),
    ],
)
def test_a_percentile_that_falls_among_the_cases_still_open_is_not_known(
    context: Context, accepted: int, p50: float | None, p90: float | None
) -> None:
    books = Books(100.0)
    books.take(a_tick(100.0, offered=accepted, accepted=accepted))
    for seconds in range(1, 101):
        books.saw("registered", 100.0 + seconds, intended_s=100.0)
    found = summarise(Outcome(books=books), context)["latency_s"]["registered"]
    assert (found["count"], found["of"]) == (100, accepted)
    assert [found[name] and round(found[name], 1) for name in ("p50", "p90")] == [p50, p90]
    assert (found["max"] is None) == (found["mean"] is None) == (accepted > 100)


@pytest.mark.parametrize(
    ("stored", "registered", "ended", "of"),
    [
        (20, 20, 0, 20),
        (20, 5, 0, 20),
        (12, 12, 0, 20),
        (12, 5, 0, 20),
        # Some have ended before anybody stored them: they are none that is still on its way.
        (12, 12, 8, 12),
        (12, 12, 3, 17),
    ],
)
def test_what_was_never_stored_counts_as_longer_than_all_that_was(
    context: Context, stored: int, registered: int, ended: int, of: int
) -> None:
    books = Books(100.0)
    books.take(a_tick(100.0, offered=20, accepted=20))
    for event, count in (("stored", stored), ("registered", registered), ("ended", ended)):
        for _ in range(count):
            books.saw(event, 101.0, intended_s=100.0)
    found = summarise(Outcome(books=books), context)["latency_s"]["stored"]
    assert (found["count"], found["of"]) == (stored, of)
    assert (found["p90"] is None) == (stored < 0.9 * of)


def test_a_watch_that_is_cut_off_or_fails_counts_as_longer_than_all_that_saw_their_registration(
    context: Context,
) -> None:
    outcome = an_outcome(12)
    seen = Histogram()
    for _ in range(3):
        seen.record(2.0)
    one = Histogram()
    one.record(1.0)
    requests = {
        name: {"codes": {code: told.count}, "response": told.as_json(), "service": told.as_json()}
        for name, code, told in (
            (WATCH, "OK", seen),
            (ended_otherwise(WATCH), "OK", one),
            (f"{WATCH} (failed)", "DEADLINE_EXCEEDED", one),
        )
    }
    outcome.books.take({**a_tick(111.0, watched=6, watched_otherwise=1), "requests": requests})
    summary = summarise(outcome, context)
    visible = summary["latency_s"]["visible"]
    # Of six one ended otherwise, one failed, and of one nothing was heard any more.
    assert (visible["count"], visible["of"], visible["p90"]) == (3, 5, None)
    assert visible["p50"] == pytest.approx(2.0, rel=1e-3)
    page = unescape(report_html(outcome, context, summary, {}))
    assert "3 of 5" in page
    assert "falls among them" in page


def test_what_was_offered_and_what_came_of_it_is_told_by_method_and_by_procedure(context: Context) -> None:
    outcome, one, other = Outcome(books=Books(100.0)), groups_of("RPA", 1), groups_of("BATCH_IMPORT", 2)
    for worker, filed in enumerate(([one] * 5, [one, other, other])):
        for counter, which in (("offered", filed), ("accepted", filed[:3]), ("refused", filed[3:])):
            by_group = {counter: Counter(group for groups in which for group in groups)}
            outcome.books.take({**a_tick(101.0, worker, **{counter: len(which)}), "by_group": by_group})
    # It is counted, as in the total, where nobody knows how long it took.
    outcome.books.saw("registered", 102.0, groups=one)
    summary = summarise(outcome, context)
    by_method, by_procedure = (summary[f"counts_by_{what}"] for what in ("method", "procedure"))
    columns = ("offered", "accepted", "completed", "dropped", "refused", "failed")
    assert {name: tuple(row[column] for column in columns) for name, row in by_method.items()} == {
        "BATCH_IMPORT": (2, 2, 0, 0, 0, 0),
        "RPA": (6, 4, 1, 0, 2, 0),
    }
    assert value_at(summary, "counts_by_method.RPA.refused") == 2
    assert list(by_procedure.values()) == [by_method["RPA"], by_method["BATCH_IMPORT"]]
    assert list(by_procedure) == [procedure(number).key for number in (1, 2)]
    for rows in (by_method, by_procedure):
        assert {column: sum(row[column] for row in rows.values()) for column in columns} == {
            column: summary[column] for column in columns
        }
    cells = re.sub(r"(<[^>]+>)+", "|", unescape(report_html(outcome, context, summary, {})))
    for name in (("Batch import", "一括取込"), (procedure(2).name_en, procedure(2).short_ja)):
        assert f"|{'|'.join(name)}|2|2|0|0|0|0|" in cells


def test_a_method_none_of_whose_cases_is_registered_is_told_too(context: Context) -> None:
    books, accepted = Books(100.0), {"RPA": 4, "BATCH_IMPORT": 5}
    books.take({**a_tick(100.0, offered=9, accepted=9), "by_group": {"accepted": accepted}})
    for group, ends in (("RPA", ("registered", "ended")), ("BATCH_IMPORT", ())):
        for _ in range(4):
            books.saw("stored", 101.0, intended_s=100.0, groups=[group])
        for event in ends:
            books.saw(event, 102.0, intended_s=100.0, groups=[group])
    outcome = Outcome(books=books)
    summary = summarise(outcome, context)
    told = {
        (group, series): (one[series]["count"], one[series]["of"], one[series]["p50"])
        for group, one in summary["latency_s_by_method"].items()
        for series in ("stored", "registered")
    }
    # Of four one has ended otherwise and will never be registered; of five one was not even stored.
    assert told == {
        ("RPA", "stored"): (4, 4, pytest.approx(1.0, rel=1e-3)),
        ("RPA", "registered"): (1, 3, None),
        ("BATCH_IMPORT", "stored"): (4, 5, pytest.approx(1.0, rel=1e-3)),
        ("BATCH_IMPORT", "registered"): (0, 5, None),
    }
    page = unescape(report_html(outcome, context, summary, {}))
    assert "1 of 3" in page
    assert "3件中1件" in page
    assert "falls among them" in page


def test_every_stage_is_timed_by_method_and_by_procedure(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meter, "now_s", lambda: 110.0)
    outcome, worker = Outcome(books=Books(100.0)), meter.Meter()
    one, other = groups_of("RPA", 2), groups_of("BATCH_IMPORT", 10)
    for filed, took_s in (([one], 1.0), ([other, other], 3.0)):
        worker.count_filed("accepted", filed)
        worker.count_timed("watched", filed, 100.0)
        for series, times in (("accepted", 1), ("visible", 2)):
            worker.reached(series, filed, 110.0 - times * took_s)
    outcome.books.take(worker.tick(0, 0, 0))
    for event, at_s in (("stored", 102.0), ("registered", 104.0)):
        outcome.books.saw(event, at_s, intended_s=100.0, groups=one)
    summary = summarise(outcome, context)
    rpa = summary["latency_s_by_method"]["RPA"]
    assert {name: found["p50"] for name, found in rpa.items()} == {
        "accepted": 1,
        "stored": 2,
        "registered": 4,
        "visible": 2,
    }
    key = {number: procedure(number).key for number in (2, 10)}
    assert list(summary["latency_s_by_procedure"]) == [key[2], key[10]], "in the order of the catalogue"
    assert summary["latency_s_by_procedure"][key[2]] == rpa
    batch = summary["latency_s_by_method"]["BATCH_IMPORT"]
    assert [(found["count"], found["of"]) for found in batch.values()] == [(2, 2), (0, 2), (0, 2), (2, 2)]
    assert value_at(summary, f"latency_s_by_procedure.{key[10]}.visible.p99") == 6.0
    cells = re.sub(r"(<[^>]+>)+", "|", unescape(report_html(outcome, context, summary, {})))
    assert re.search(r"\|RPA[^|]*\|([^|]*\|)?1\|1\|2\|2\|2\|2\|", cells)


def test_without_a_ledger_nothing_is_said_about_what_was_lost(context: Context) -> None:
    summary = summarise(Outcome(books=an_outcome(0).books), context)
    missed = {gate["metric"] for gate in summary["gates"] if not gate["passed"]}
    assert {"unaccounted", "accepted_not_kept"} <= missed


def test_an_office_is_told_by_its_working_day_and_by_the_planners_word(context: Context) -> None:
    preset = load_preset("find-max-office")
    step = Step(
        offered_per_s=5.0,
        completed_per_s=4.9,
        refused_per_s=0.0,
        oldest_at_start_s=0.0,
        oldest_at_end_s=0.0,
        p50_s=1.0,
        p99_s=2.0,
    )
    found = Found(tried=(Tried(per_s=5.0, step=step, broken=()),), is_whole=True)
    above = Tried(per_s=6.0, step=replace(step, offered_per_s=6.0), broken=("too slow",))
    less = Tried(per_s=5.0, step=replace(step, completed_per_s=5.2), broken=())
    none = Found(tried=(Tried(per_s=5.0, step=step, broken=("too slow",)),), is_whole=True)
    both = Found(tried=(*found.tried, above), is_whole=True)
    outcome = Outcome(books=an_outcome(12).books, offices={"RPA": found, "BATCH_IMPORT": both, "TRANSCRIPTION": none})
    planned = {"RPA": Found(tried=(less,), is_whole=True)}
    told = summarise(outcome, replace(context, preset=preset, planned=planned))["max_sustained"]
    # 4.9 of five a second at 4,320 simulated seconds each; the reference's busiest hour has 0.01 a simulated second.
    # What the planner completed beyond what came is a backlog.
    assert [told["RPA"][name] for name in ("per_working_day", "planned_per_working_day")] == [98.0, 100.0]
    assert told["RPA"]["over_planned"] == pytest.approx(0.98)
    assert told["RPA"]["busiest_hour"]["multiple"] == pytest.approx(4.9 / 4320 / 0.01, abs=0.01)
    assert told["TRANSCRIPTION"]["per_working_day"] is None
    bounds = [(one["is_lower_bound"], one["not_sustained_per_working_day"]) for one in told.values()]
    assert bounds == [(True, None), (False, 120.0), (False, 100.0)]
    assert told["BATCH_IMPORT"]["not_sustained_because"] == ["too slow"]


@pytest.mark.parametrize(("confirmed_per_s", "is_missed"), [(None, True), (30.0, False)])
def test_a_highest_rate_of_short_steps_alone_fails_the_search(
    context: Context, confirmed_per_s: float | None, *, is_missed: bool
) -> None:
    preset = load_preset("find-max-infra")
    step = Step(
        offered_per_s=30.0,
        completed_per_s=30.0,
        refused_per_s=0.0,
        oldest_at_start_s=0.0,
        oldest_at_end_s=0.0,
        p50_s=1.0,
        p99_s=2.0,
    )
    found = Found(tried=(Tried(per_s=30.0, step=step, broken=()),), is_whole=False)
    part = Part(fetch="batch", method="RPA", specs=())
    outcome = Outcome(books=an_outcome(12).books, apart=[(part, found)], confirmed_per_s=confirmed_per_s)
    context = replace(context, preset=preset)
    assert ("max_confirmed_per_s" in missed(outcome, context)) is is_missed
    assert value_at(summarise(outcome, context), "lower_bounds") == 1
    assert ("held" in unescape(report_html(outcome, context, summarise(outcome, context), {}))) is not is_missed


@pytest.mark.parametrize(
    ("name", "told"), [("smoke", (10.0, 1_000.0)), ("find-max-infra", (None, None)), ("find-max-office", (None, None))]
)
def test_a_search_offers_no_peak_of_its_own(context: Context, name: str, told: tuple[float | None, ...]) -> None:
    preset = load_preset(name)
    summary = summarise(an_outcome(12), replace(context, preset=preset, profile=preset.profile()))
    assert (summary["peak_offered_per_s"], (summary["busiest_hour"] or {}).get("multiple")) == told


def test_a_trace_offers_no_peak_of_its_own(context: Context) -> None:
    preset = load_preset("smoke")
    arrivals = preset.file.arrivals.model_copy(update={"process": Process.TRACE, "trace": "moments.txt"})
    traced = Preset(preset.path, preset.text, preset.file.model_copy(update={"arrivals": arrivals}))
    summary = summarise(an_outcome(12), replace(context, preset=traced))
    assert (summary["peak_offered_per_s"], summary["busiest_hour"]) == (None, None)


def test_whoever_reads_summaries_finds_what_is_promised(context: Context) -> None:
    summary = summarise(an_outcome(12), context)
    counts = {"offered", "accepted", "completed", "dropped", "refused"}
    promised = {*counts, "preset", "max_sustained_per_s", "latency_s", "generator_lag_s_p99", "gates", "ledger"}
    assert promised <= summary.keys()
    for series in ("accepted", "registered"):
        assert {"p50", "p90", "p99"} <= summary["latency_s"][series].keys()


def test_what_people_wanted_later_and_did_not_do_is_in_summary_and_report(context: Context) -> None:
    outcome = an_outcome(12)
    outcome.books.take({**a_tick(111.0, callers_dropped=5), "later": 7})
    outcome.feed_unreadable = 3
    summary = summarise(outcome, context)
    assert [summary[name] for name in ("later_dropped", "callers_dropped", "feed_unreadable")] == [7, 5, 3]
    page = report_html(outcome, context, summary, {})
    wanted = ("wanted later, not done", "calls that failed", "generator's lag")
    for told in (*wanted, "without a free slot: 5", "could not be read: 3"):
        assert told in unescape(page)


def test_a_knee_tells_of_sustained_rates_only_where_some_were_searched(context: Context) -> None:
    outcome = an_outcome(12)
    told = unescape(report_html(outcome, context, summarise(outcome, context), {}))
    assert "no rate was held for itself" in told
    assert "hollow ones were not" not in told
    outcome.found = Found(tried=(), is_whole=False)
    told = unescape(report_html(outcome, context, summarise(outcome, context), {}))
    assert "hollow ones were not" in told


def test_the_report_opens_offline_and_groups_calls_that_failed_by_their_status(context: Context) -> None:
    outcome, none = an_outcome(12), Histogram().as_json()
    for unavailable, late in ((7, 2), (4, 0)):
        codes = {"UNAVAILABLE": unavailable, "DEADLINE_EXCEEDED": late}
        requests = {"Submit (failed)": {"codes": codes, "response": none, "service": none}}
        outcome.books.take({**a_tick(111.0), "requests": requests})
    page = report_html(outcome, context, summarise(outcome, context), {})
    cells = re.sub(r"<[^>]+>", "|", page)
    assert re.search(r"Submit \(failed\)\|+DEADLINE_EXCEEDED\|+2\|", cells)
    assert re.search(r"Submit \(failed\)\|+UNAVAILABLE\|+11\|", cells)
    assert re.findall(r"""(?:src|href)=["'](?!#|data:)|url\((?!#|data:)|@import""", page) == []
