import typing
from dataclasses import fields, is_dataclass
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shinsei.api.application.v1 import application_pb2 as application
from shinsei.api.events.v1 import events_pb2 as events
from shinsei.contracts import codec
from shinsei.contracts.codec import ACTIONS, METHODS, STATUSES, DecodeError
from shinsei.domain.distributions import Distribution
from shinsei.domain.history import CaseTransition
from shinsei.domain.lifecycle import Action, Status
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import Change, ChangeKind, Pacing, PolicySpec, RunSpec
from shinsei.domain.simtime import SimTime
from shinsei.testing import a_change, a_run_spec

AT_MOST_60 = settings(max_examples=min(60, settings().max_examples), deadline=None)
PLAIN: dict[typing.Any, st.SearchStrategy[typing.Any]] = {
    float: st.floats(allow_nan=False, allow_infinity=False),
    int: st.integers(-(2**53), 2**53),
    SimTime: st.integers(0, 2**45),
}


def built(kind: type) -> st.SearchStrategy[typing.Any]:
    """Any value of a frozen dataclass or a named tuple, field by field."""
    hints = typing.get_type_hints(kind)
    names = [field.name for field in fields(kind)] if is_dataclass(kind) else list(hints)
    return st.builds(kind, **{name: any_of(hints[name]) for name in names})


def any_of(hint: typing.Any) -> st.SearchStrategy[typing.Any]:
    if hint in PLAIN:
        return PLAIN[hint]
    if is_dataclass(hint):
        return built(typing.cast("type", hint))
    inner = typing.get_args(hint)
    if typing.get_origin(hint) is tuple:
        if inner[-1] is Ellipsis:
            return st.lists(any_of(inner[0]), max_size=3).map(tuple)
        return st.tuples(*map(any_of, inner))
    return st.one_of(*map(any_of, inner)) if inner else st.from_type(hint)


@given(built(RunSpec))
@AT_MOST_60
def test_any_run_comes_back_as_it_was(spec: RunSpec) -> None:
    assert codec.decode_run(codec.encode_run(spec)) == spec


@given(built(Change))
@AT_MOST_60
def test_any_change_comes_back_as_it_was(change: Change) -> None:
    assert codec.decode_change(codec.encode_change(change)) == change


def test_a_run_keeps_its_types_and_not_only_its_values() -> None:
    spec = a_run_spec(
        twin_method=LinkageMethod.RPA,
        policy=PolicySpec(default=LinkageMethod.RPA, by_procedure=((1, LinkageMethod.SCREEN_IMPORT),)),
        demand={"daily_counts": ((date(2021, 6, 1), 3),), "recipients_share": 0.1},
        line={"outages": ((SimTime(1), SimTime(2)),)},
    )
    decoded = codec.decode_run(codec.encode_run(spec))
    assert isinstance(decoded.pacing, Pacing)
    assert isinstance(decoded.twin_method, LinkageMethod)
    assert isinstance(decoded.policy.by_procedure[0], tuple)
    assert isinstance(decoded.demand.daily_counts[0][0], date)
    assert isinstance(decoded.demand.late_days, Distribution)
    assert hash(decoded) == hash(spec)


def test_the_same_run_always_gives_the_same_bytes() -> None:
    assert codec.encode_run(a_run_spec()) == codec.encode_run(codec.decode_run(codec.encode_run(a_run_spec())))


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'{"run_id": 7}', b"\xff\x00", b"null"])
def test_what_is_no_run_is_refused_with_a_reason(raw: bytes) -> None:
    with pytest.raises(DecodeError, match="run specification unreadable at"):
        codec.decode_run(raw)


def test_what_is_no_change_is_refused_with_a_reason() -> None:
    with pytest.raises(DecodeError, match="change unreadable at kind"):
        codec.decode_change(codec.encode_change(a_change()).replace(ChangeKind.STAFF.encode(), b"magic"))


@pytest.mark.parametrize(
    ("enum_map", "domain", "proto"),
    [
        (METHODS, LinkageMethod, application.LinkageMethod),
        (STATUSES, Status, application.ApplicationStatus),
        (ACTIONS, Action, application.ApplicationAction),
    ],
)
def test_domain_and_protobuf_enums_have_the_same_members(
    enum_map: typing.Any, domain: typing.Any, proto: typing.Any
) -> None:
    numbers = {enum_map.to_proto(member) for member in domain}
    assert numbers == set(proto.values()) - {0}
    assert all(enum_map.from_proto(enum_map.to_proto(member)) is member for member in domain)
    assert enum_map.to_proto(None) == 0
    assert enum_map.optional_from_proto(0) is None
    for unknown in (0, 999):
        with pytest.raises(DecodeError, match=f"{domain.__name__} {unknown} is unknown"):
            enum_map.from_proto(unknown)


@given(built(CaseTransition).filter(lambda transition: abs(transition.n) < 2**31))
@AT_MOST_60
def test_any_transition_comes_back_as_it_was(transition: CaseTransition) -> None:
    assert codec.transition_from_proto(codec.transition_to_proto(transition)) == transition
    assert codec.transition_place(codec.transition_to_proto(transition)) == transition.sort_key


@given(st.text(max_size=20), st.lists(built(CaseTransition).filter(lambda one: abs(one.n) < 2**31), max_size=4))
@AT_MOST_60
def test_progress_is_encoded_as_protobuf_would(case: str, transitions: list[CaseTransition]) -> None:
    message = events.WorkProgressed(
        run_id="run-1", submission_id=case, transitions=[codec.transition_to_proto(one) for one in transitions]
    )
    if case:
        assert codec.encode_progress("run-1", case, transitions) == message.SerializeToString()
    assert events.WorkProgressed.FromString(codec.encode_progress("run-1", case, transitions)) == message


def test_a_transition_with_an_unknown_status_is_refused() -> None:
    with pytest.raises(DecodeError):
        codec.transitions_from_proto([application.Transition(action=application.APPLICATION_ACTION_SUBMIT)])


def test_a_message_is_found_by_its_full_name() -> None:
    message = events.Watermark(run_id="r", municipality="482013", at_ms=7)
    assert codec.decode_message("shinsei.api.events.v1.Watermark", message.SerializeToString()) == message


@pytest.mark.parametrize(
    ("type_name", "value", "reason"),
    [
        ("shinsei.api.events.v1.Nonsense", b"", "is unknown"),
        ("shinsei.api.events.v1.Watermark", b"\xff\xff\xff", "Watermark"),
    ],
)
def test_bytes_that_are_no_message_are_refused_with_a_reason(type_name: str, value: bytes, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        codec.decode_message(type_name, value)


def test_an_event_has_one_id() -> None:
    assert codec.event_id("run-1", "482013-10-000001", "REGISTER", 2) == "run-1/482013-10-000001/REGISTER/2"
