"""Ledgers in turn: the longest untried first, what could be read counts, and one that hangs is no longer known."""

import asyncio
from collections.abc import Sequence

import pytest

from shinsei.domain.errors import UnavailableError
from shinsei.room.ledgers import Ledgers
from shinsei.season.ledger import RunKey
from shinsei.season.outcome import Ledger

KEYS = [RunKey(run_id="smoke-20210601", municipality=f"{482_013 + n}") for n in range(4)]


class Services:
    """Read a ledger, or do not."""

    def __init__(self) -> None:
        self.asked: list[RunKey] = []
        self.refusing: Sequence[RunKey] = ()
        self.hanging: Sequence[RunKey] = ()
        self.unaccounted = 0

    async def read(self, key: RunKey) -> Ledger:
        self.asked.append(key)
        if key in self.refusing:
            raise UnavailableError("away")
        if key in self.hanging:
            await asyncio.Event().wait()
        return Ledger(accepted=5, registered=4, in_flight=1, unaccounted=self.unaccounted)

    def asked_now(self) -> list[RunKey]:
        asked, self.asked = self.asked, []
        return asked


@pytest.fixture
def services() -> Services:
    return Services()


@pytest.fixture
def ledgers(services: Services) -> Ledgers:
    made = Ledgers(services.read)
    made.forget_all_but(KEYS, KEYS)
    return made


async def a_turn(ledgers: Ledgers, others: Sequence[RunKey] = ()) -> None:
    """One turn, which is cut short where a ledger hangs."""
    async with asyncio.timeout(0.05):
        await ledgers.read(others, most=1)


async def test_where_one_hangs_the_others_come_first_in_the_next_turn(ledgers: Ledgers, services: Services) -> None:
    services.hanging = KEYS[1:2]
    with pytest.raises(TimeoutError):
        await a_turn(ledgers)
    assert (services.asked_now(), ledgers.unread, ledgers.told) == (KEYS[:2], 3, None)
    with pytest.raises(TimeoutError):
        await a_turn(ledgers)
    assert services.asked_now() == [KEYS[2], KEYS[3], KEYS[0], KEYS[1]]
    assert (ledgers.unread, ledgers.told) == (1, None), "none that hangs is taken for read"
    services.hanging = ()
    await a_turn(ledgers)
    assert ledgers.unread == 0
    assert (ledgers.told or {})["accepted"] == 20


async def test_one_that_is_refused_keeps_no_other_waiting_and_is_the_reason_given(
    ledgers: Ledgers, services: Services
) -> None:
    services.refusing, services.unaccounted = KEYS[:1], 2
    with pytest.raises(UnavailableError):
        await a_turn(ledgers)
    assert services.asked_now() == KEYS
    assert ledgers.unread == 1
    assert ledgers.told is not None
    assert (ledgers.told["unaccounted"], ledgers.told["accepted"]) == (6, None)


async def test_one_that_could_be_read_before_is_not_known_any_more(ledgers: Ledgers, services: Services) -> None:
    await a_turn(ledgers)
    services.hanging = KEYS
    with pytest.raises(TimeoutError):
        await a_turn(ledgers)
    assert (ledgers.unread, ledgers.told) == (1, None)
    ledgers.blind()
    assert ledgers.unread == 4


async def test_of_others_some_are_read_a_turn_and_one_that_could_not_be_is_counted(
    ledgers: Ledgers, services: Services
) -> None:
    shown, others = KEYS[:1], KEYS[1:]
    ledgers.forget_all_but(KEYS, shown)
    services.refusing = KEYS[1:2]
    with pytest.raises(UnavailableError):
        await a_turn(ledgers, others)
    assert (services.asked_now(), ledgers.unread) == ([KEYS[0], KEYS[1]], 1)
    await a_turn(ledgers, others)
    assert sorted(services.asked_now(), key=KEYS.index) == [KEYS[0], KEYS[2]]
    assert ledgers.unread == 1, "until it is read"
    ledgers.forget_all_but(shown, shown)
    assert (ledgers.unread, list(ledgers.accounts)) == (0, shown)
