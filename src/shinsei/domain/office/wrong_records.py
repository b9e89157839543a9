"""Records that are wrong when they enter the core system, without anybody noticing.

A wrong key is the method's. A rule that the office does not know is not: whoever keys, looks twice or imports, the
record says the same wrong thing, so it is one draw per case, equal in every twin.
"""

from shinsei.domain.draws import draw
from shinsei.domain.linkage.case import Case
from shinsei.domain.office.books import Books
from shinsei.domain.run import RunSpec


class WrongRecords:
    """Counts them as they are registered."""

    def __init__(self, run: RunSpec, books: Books) -> None:
        self._seed = run.seed
        self._overlooked = dict(run.office.rules_overlooked)
        self._books = books

    def registered(self, case: Case, *, is_keyed_wrong: bool) -> None:
        """A case is in the core system; what is wrong for two reasons is one wrong record."""
        if is_keyed_wrong or (self._overlooked and self._falls_under_overlooked_rule(case)):
            self._books.errors[case.method] += 1
            self._books.today.undetected_errors += 1

    def _falls_under_overlooked_rule(self, case: Case) -> bool:
        share = self._overlooked.get(case.procedure)
        return share is not None and draw(self._seed, case.case_id, "rule-overlooked") < share
