"""A method per procedure, changed while running: what is under way finishes on its old route."""

from shinsei.domain.lifecycle import Action
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.plan import CasePlan, VirtualRun
from shinsei.domain.run import Change, ChangeKind
from shinsei.domain.simtime import DAY_MS, HOUR_MS, SimTime
from shinsei.scenario import load
from shinsei.testing.offices import a_plain_office, june, moment_of, opened, run_office

BATCH, TRANSCRIPTION = LinkageMethod.BATCH_IMPORT, LinkageMethod.TRANSCRIPTION


def moment(case: CasePlan, action: Action) -> SimTime:
    return next(line.at for line in case.lines if line.action is action)


def test_in_the_office_each_case_keeps_the_route_on_which_it_came() -> None:
    """Two cases of one procedure, before and after a change of the policy; the window comes after both."""
    spec = a_plain_office(**{"office.methods.batch_import.windows_ms": (19 * HOUR_MS,)})
    offers = [opened(june(1, "10:00"), 1, method=BATCH), opened(june(1, "11:00"), 2, method=TRANSCRIPTION)]
    _, events = run_office(spec, offers)
    assert moment_of(events, "REGISTER", 1) == "1 19:02:01"
    assert moment_of(events, "REGISTER", 2) == "1 11:13"
    assert {event.case_id[-1]: event.method for event in events if event.action == "REGISTER"} == {
        "1": BATCH,
        "2": TRANSCRIPTION,
    }


def test_in_the_plan_cases_stored_before_a_change_finish_on_the_old_route() -> None:
    """Batch import until a Thursday at three in the afternoon, transcription from then on."""
    scenario = load("smoke", ["twins.methods=['BATCH_IMPORT']", "run.end=2021-08-15"])
    [twin] = scenario.run_specs("mix")
    changes_at = SimTime(twin.start + 9 * DAY_MS + 15 * HOUR_MS)
    change = Change(at=changes_at, kind=ChangeKind.POLICY, n=0, procedure=10, method=TRANSCRIPTION)
    run, unchanged = VirtualRun(twin, [change]), VirtualRun(twin)
    for one in (run, unchanged):
        one.advance(twin.end)
    compared = [case for case in run.cases() if case.filing.procedure == 10]
    before = [case for case in compared if moment(case, Action.STORE) < changes_at]
    after = [case for case in compared if moment(case, Action.STORE) >= changes_at]
    assert {case.method for case in before} == {BATCH}
    assert {case.method for case in after} == {TRANSCRIPTION}
    under_way = {case.filing.case_id for case in before if moment(case, Action.REGISTER) >= changes_at}
    assert under_way
    in_file = {
        case.filing.case_id: moment(case, Action.START_LINKAGE) % DAY_MS
        for case in compared
        if case.filing.case_id in under_way
    }
    window = scenario.run_specs("mix")[0].office.methods.batch_import.windows_ms[0] - 9 * HOUR_MS
    assert set(in_file.values()) == {window}  # simulated time counts from midnight UTC
    assert unchanged.report().registered == run.report().registered
