import pytest

from core_systems.handlers.desk import Desk
from core_systems.handlers.values import CaseRequested, CaseStep, Journal, ReactionArrived
from shinsei.domain.applicants import ReactionKind
from shinsei.domain.errors import ConflictError
from shinsei.domain.lifecycle import Action
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import ChangeKind, RunSpec
from shinsei.domain.simtime import DAY_MS, HOUR_MS, SimTime
from shinsei.testing.builders import A_MUNICIPALITY, JUNE_FIRST, a_change, a_run_spec

DAYS = 5


def requests(count: int = 20) -> tuple[CaseRequested, ...]:
    return tuple(
        CaseRequested(
            submission_id=f"{A_MUNICIPALITY}-10-9{n:05d}",
            receipt_number=str(n),
            procedure=10,
            method=LinkageMethod.TRANSCRIPTION,
            resident_number="",
            identified=n % 2 == 0,
            submitted_at=SimTime(JUNE_FIRST + n * HOUR_MS),
            opened_at=SimTime(JUNE_FIRST + n * HOUR_MS + 1),
            fields={},
        )
        for n in range(count)
    )


@pytest.fixture(scope="module")
def spec() -> RunSpec:
    built = a_run_spec(demand={"population": 500})
    assert isinstance(built, RunSpec)
    return built


def all_steps(desk: Desk, until: int = DAYS) -> list[CaseStep]:
    return [step for n in range(1, until + 1) for step in desk.advance(SimTime(JUNE_FIRST + n * DAY_MS))[1]]


def reactions() -> tuple[ReactionArrived, ...]:
    """The first case is withdrawn, the third is answered before anything was asked."""
    made = []
    for n, kind in ((0, ReactionKind.WITHDRAWAL), (2, ReactionKind.REPLY)):
        at = SimTime(JUNE_FIRST + (n + 1) * HOUR_MS)
        name = requests()[n].submission_id
        made.append(ReactionArrived(submission_id=name, kind=kind, n=0, filed_at=at, fetched_at=at))
    return tuple(made)


def test_an_office_that_is_rebuilt_remembers_what_applicants_did(spec: RunSpec) -> None:
    lost = Desk(spec)
    # Ahead of the cases that they are about.
    assert lost.react(reactions()) == list(reactions())
    lost.open_cases(requests())
    assert lost.react(reactions()) == []
    before = all_steps(lost, 2)
    assert [row.action for step in before for row in step.transitions].count(Action.WITHDRAW) == 1
    assert lost.office.report().replies_too_late == 1
    rebuilt = Desk.rebuild(
        Journal(
            spec=spec,
            watermark=SimTime(JUNE_FIRST + 2 * DAY_MS),
            last_number=7,
            cases=requests(),
            changes=(),
            reactions=reactions(),
            closed=False,
        )
    )
    assert rebuilt.react(reactions()) == []
    end = SimTime(JUNE_FIRST + DAYS * DAY_MS)
    assert rebuilt.advance(end) == lost.advance(end)
    assert rebuilt.office.report() == lost.office.report()


def test_a_rebuilt_office_goes_on_as_the_one_that_was_lost(spec: RunSpec) -> None:
    change = a_change(at=SimTime(JUNE_FIRST + DAY_MS), kind=ChangeKind.STAFF, value=1)
    lost = Desk(spec)
    lost.open_cases(requests())
    lost.make_changes([change])
    all_steps(lost, 2)
    journal = Journal(
        spec=spec,
        watermark=SimTime(JUNE_FIRST + 2 * DAY_MS),
        last_number=7,
        cases=requests()[::-1],
        changes=(change,),
        closed=False,
    )
    rebuilt = Desk.rebuild(journal)
    end = SimTime(JUNE_FIRST + DAYS * DAY_MS)
    assert rebuilt.last_number == 7
    assert rebuilt.advance(end) == lost.advance(end)
    assert rebuilt.office.report() == lost.office.report()


def test_a_step_tells_each_case_once_with_its_statuses_in_order(spec: RunSpec) -> None:
    desk = Desk(spec)
    desk.open_cases(requests())
    _, steps = desk.advance(SimTime(JUNE_FIRST + DAY_MS))
    names = [step.submission_id for step in steps]
    assert len(names) == len(set(names))
    assert all(name.startswith(f"{A_MUNICIPALITY}-") for name in names)
    firsts = [step.transitions[0].sort_key[:2] for step in steps]
    assert firsts == sorted(firsts)
    for step in steps:
        assert [row.sort_key for row in step.transitions] == sorted(row.sort_key for row in step.transitions)


def test_merged_watermarks_do_what_single_ones_do(spec: RunSpec) -> None:
    one, two = Desk(spec), Desk(spec)
    one.open_cases(requests())
    two.open_cases(requests())
    rows = [(step.submission_id, row) for step in all_steps(one) for row in step.transitions]
    merged = two.advance(SimTime(JUNE_FIRST + DAYS * DAY_MS))[1]
    assert sorted(rows, key=str) == sorted(
        ((step.submission_id, row) for step in merged for row in step.transitions), key=str
    )


def test_a_watermark_that_does_not_rise_does_nothing(spec: RunSpec) -> None:
    desk = Desk(spec)
    desk.open_cases(requests())
    at = SimTime(JUNE_FIRST + DAY_MS)
    assert desk.advance(at)[0]
    assert desk.advance(at) == ([], [])


def test_a_case_that_was_opened_is_known(spec: RunSpec) -> None:
    desk = Desk(spec)
    desk.open_cases(requests(1))
    assert desk.knows(f"{A_MUNICIPALITY}-10-900000")
    assert not desk.knows(f"{A_MUNICIPALITY}-10-900001")


def test_changes_that_are_no_business_of_an_office_leave_it_alone(spec: RunSpec) -> None:
    desk, other = Desk(spec), Desk(spec)
    desk.make_changes([a_change(kind=ChangeKind.LINE, value=60), a_change(kind=ChangeKind.POLICY)])
    for each in (desk, other):
        each.open_cases(requests())
    assert all_steps(desk) == all_steps(other)


def test_the_one_stop_service_needs_no_identification(spec: RunSpec) -> None:
    prefecture = a_run_spec(municipality="480002", demand={"population": 500})
    desk = Desk(prefecture)
    request = CaseRequested(
        submission_id="480002-28-000001",
        receipt_number="1",
        procedure=28,
        method=LinkageMethod.ONE_STOP_SERVICE,
        resident_number="",
        identified=False,
        submitted_at=JUNE_FIRST,
        opened_at=JUNE_FIRST,
        fields={},
    )
    desk.open_cases([request])
    events, _ = desk.advance(SimTime(JUNE_FIRST + 10 * DAY_MS))
    assert events[0].action is Action.QUEUE_FOR_LINKAGE
    assert Action.REGISTER in {event.action for event in events}


def test_another_kernel_is_refused(spec: RunSpec) -> None:
    with pytest.raises(ConflictError, match="kernel 0"):
        Desk(a_run_spec(kernel_version="0"))
