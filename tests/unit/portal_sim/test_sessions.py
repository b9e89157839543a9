"""Tokens of the pull interface."""

import pytest

from portal_sim.handlers.model import ForbiddenError, UnauthenticatedError
from portal_sim.handlers.sessions import Client, Sessions
from shinsei.testing import ManualClock

CITY, OTHER = "482013", "131016"


def sessions(clock: ManualClock) -> Sessions:
    one = Client(client_id="one", secret="s", municipalities=frozenset({CITY}))
    every = Client(client_id="every", secret="t", municipalities=frozenset({"*"}))
    return Sessions({"one": one, "every": every}, 60, clock)


def test_a_token_speaks_for_the_municipalities_of_its_client() -> None:
    made = sessions(ManualClock())
    one, every = (f"Bearer {made.login(*who)}" for who in (("one", "s"), ("every", "t")))
    assert made.speak_for(one, CITY).client_id == "one"
    assert made.speak_for(every, OTHER).client_id == "every"
    with pytest.raises(ForbiddenError, match=OTHER):
        made.speak_for(one, OTHER)


def test_a_token_expires() -> None:
    clock = ManualClock()
    made = sessions(clock)
    token = f"Bearer {made.login('one', 's')}"
    clock.advance(59)
    assert made.client(token).client_id == "one"
    clock.advance(1)
    with pytest.raises(UnauthenticatedError):
        made.client(token)


@pytest.mark.parametrize("who", [("one", "t"), ("two", "s"), ("", "")])
def test_a_wrong_login_gets_no_token(who: tuple[str, str]) -> None:
    with pytest.raises(UnauthenticatedError):
        sessions(ManualClock()).login(*who)


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer x", "Basic x"])
def test_what_is_no_token_is_refused(authorization: str) -> None:
    with pytest.raises(UnauthenticatedError):
        sessions(ManualClock()).client(authorization)


def test_in_a_storm_a_token_is_good_no_longer_whatever_its_time_and_the_next_one_is_after_it() -> None:
    storm = [False, True, False, False]
    one = Client(client_id="one", secret="s", municipalities=frozenset({CITY}))
    made = Sessions({"one": one}, 60, ManualClock(), lambda: storm.pop(0))
    token = f"Bearer {made.login('one', 's')}"
    assert made.client(token) == one
    for _ in range(2):
        with pytest.raises(UnauthenticatedError):
            made.client(token)
    assert made.client(f"Bearer {made.login('one', 's')}") == one
