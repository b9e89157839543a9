"""Tokens of the pull interface."""

from collections.abc import Sequence

import pytest

from portal_sim.handlers.model import ForbiddenError, UnauthenticatedError
from portal_sim.handlers.sessions import Client, Scope, Sessions
from shinsei.runtime.errors import OverloadedError
from shinsei.testing import ManualClock

CITY, OTHER = "482013", "131016"


def sessions(clock: ManualClock, calls_per_s: float = 1_000) -> Sessions:
    one = Client(client_id="one", secret="s", municipalities=frozenset({CITY}))
    every = Client(client_id="every", secret="t", municipalities=frozenset({"*"}))
    reading = Client(
        client_id="reading", secret="u", municipalities=frozenset({CITY}), scopes=frozenset({Scope.APPLICATIONS})
    )
    clients = {one.client_id: one, every.client_id: every, reading.client_id: reading}
    return Sessions(clients, 60, calls_per_s, clock)


def token(made: Sessions, client: str, secret: str, municipality: str = "", scopes: Sequence[Scope] = ()) -> str:
    """What a client that has logged in says in a call."""
    return f"Bearer {made.login(client, secret, municipality, scopes)[0]}"


def test_a_token_speaks_for_the_municipalities_of_its_client() -> None:
    made = sessions(ManualClock())
    one, every = (token(made, *who) for who in (("one", "s"), ("every", "t")))
    assert made.speak_for(one, CITY).client_id == "one"
    assert made.speak_for(every, OTHER).client_id == "every"
    with pytest.raises(ForbiddenError, match=OTHER):
        made.speak_for(one, OTHER)


def test_a_token_expires() -> None:
    clock = ManualClock()
    made = sessions(clock)
    held = token(made, "one", "s")
    clock.advance(59)
    assert made.session(held).client_id == "one"
    clock.advance(1)
    with pytest.raises(UnauthenticatedError):
        made.session(held)


def test_a_token_for_one_municipality_speaks_for_no_other() -> None:
    """Whatever its client may."""
    made = sessions(ManualClock())
    held = token(made, "every", "t", CITY)
    assert made.speak_for(held, CITY).may(CITY)
    with pytest.raises(ForbiddenError, match=OTHER):
        made.speak_for(held, OTHER)


def test_a_client_gets_no_token_for_more_than_it_may() -> None:
    made = sessions(ManualClock())
    with pytest.raises(ForbiddenError, match=OTHER):
        made.login("one", "s", OTHER)
    with pytest.raises(ForbiddenError, match="statuses"):
        made.login("reading", "u", CITY, [Scope.STATUSES])


def test_a_token_is_good_for_its_scopes_alone() -> None:
    made = sessions(ManualClock())
    for held in (token(made, "every", "t", scopes=[Scope.APPLICATIONS]), token(made, "reading", "u")):
        assert made.speak_for(held, CITY, Scope.APPLICATIONS).scopes == {Scope.APPLICATIONS}
        with pytest.raises(ForbiddenError, match="not for statuses"):
            made.speak_for(held, CITY, Scope.STATUSES)


def test_a_client_that_calls_too_often_is_told_when_to_come_back() -> None:
    """All its tokens together count; others are not held up."""
    clock = ManualClock()
    made = sessions(clock, calls_per_s=4)
    mine, other = [token(made, "one", "s") for _ in range(2)], token(made, "every", "t")
    for held in mine:
        made.session(held)
    with pytest.raises(OverloadedError) as refused:
        made.session(mine[0])
    assert 0 < refused.value.retry_after_ms <= 251
    made.session(other)
    clock.advance(1)
    for _ in range(4):
        made.session(mine[0])
    with pytest.raises(OverloadedError):
        made.session(mine[1])


def test_a_client_may_have_a_rate_of_its_own() -> None:
    clock = ManualClock()
    slow = Client(client_id="slow", secret="s", municipalities=frozenset({"*"}), calls_per_s=1)
    made = Sessions({"slow": slow}, 60, 1_000, clock)
    made.login("slow", "s")
    with pytest.raises(OverloadedError):
        made.login("slow", "s")


def test_tokens_that_have_expired_are_not_kept() -> None:
    clock = ManualClock()
    made = sessions(clock)
    for _ in range(40):
        for _ in range(20):
            made.login("every", "t")
        clock.advance(61)
    assert len(made._tokens) <= 100


@pytest.mark.parametrize("who", [("one", "t"), ("two", "s"), ("", "")])
def test_a_wrong_login_gets_no_token(who: tuple[str, str]) -> None:
    with pytest.raises(UnauthenticatedError):
        sessions(ManualClock()).login(*who)


@pytest.mark.parametrize("kind", ["Bearer", "bearer", "BEARER"])
def test_the_word_before_a_token_may_be_written_in_any_case(kind: str) -> None:
    made = sessions(ManualClock())
    held = token(made, "one", "s").partition(" ")[2]
    assert made.session(f"{kind} {held}").client_id == "one"
    for other in (held, f"Basic {held}", f"{kind}{held}", f"{kind}  {held}"):
        with pytest.raises(UnauthenticatedError):
            made.session(other)


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer x", "Basic x"])
def test_what_is_no_token_is_refused(authorization: str) -> None:
    with pytest.raises(UnauthenticatedError):
        sessions(ManualClock()).session(authorization)


def test_in_a_storm_a_token_is_good_no_longer_whatever_its_time_and_the_next_one_is_after_it() -> None:
    storm = [False, True, False, False]
    one = Client(client_id="one", secret="s", municipalities=frozenset({CITY}))
    made = Sessions({"one": one}, 60, 1_000, ManualClock(), lambda: storm.pop(0))
    held = token(made, "one", "s")
    assert made.session(held).client_id == "one"
    for _ in range(2):
        with pytest.raises(UnauthenticatedError):
            made.session(held)
    assert made.session(token(made, "one", "s")).client_id == "one"


@pytest.mark.parametrize("client", ["one", "nobody"])
def test_who_tries_secrets_is_refused_like_who_calls_too_often(client: str) -> None:
    clock = ManualClock()
    made = sessions(clock, calls_per_s=3)
    for _ in range(3):
        with pytest.raises(UnauthenticatedError):
            made.login(client, "wrong")
    with pytest.raises(OverloadedError):
        made.login(client, "wrong")
    clock.advance(1)
    with pytest.raises(UnauthenticatedError):
        made.login(client, "wrong")
