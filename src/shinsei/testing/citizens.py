"""Citizens' cards for tests: few keys, made once a process."""

from functools import cache

from shinsei.domain.certificates import KeyKind
from shinsei.runtime.citizens import Cards


@cache
def some_cards() -> Cards:
    """Cards of an authority that every test of a process knows."""
    return Cards.new({KeyKind.P_256: 2, KeyKind.RSA_2048: 1})


@cache
def cards_of_somebody_else() -> Cards:
    """Cards of an authority that nobody trusts."""
    return Cards.new({KeyKind.P_256: 1, KeyKind.RSA_2048: 1})
