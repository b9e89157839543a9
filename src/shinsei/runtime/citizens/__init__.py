"""Citizens' signatures on the wire: the authority that certifies them, their cards, and how they are checked.

``domain.certificates`` says what a certificate holds and whether it may sign; here it becomes X.509, with keys.
"""

from shinsei.runtime.citizens.cards import Cards, make_cards, open_cards, sealed
from shinsei.runtime.citizens.checking import Checker

__all__ = ["Cards", "Checker", "make_cards", "open_cards", "sealed"]
