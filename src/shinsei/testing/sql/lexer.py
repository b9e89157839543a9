"""SQL text as tokens, and the place where a parser stands in them."""

import re
from dataclasses import dataclass
from typing import Final

_TOKEN: Final = re.compile(
    r"""\s+ | --[^\n]*
    | (?P<number>\d[\d_]*(?:\.\d+)?)
    | (?P<name>[A-Za-z_][A-Za-z_0-9]*)
    | "(?P<quoted>[^"]*)"
    | '(?P<text>(?:[^']|'')*)'
    | \$(?P<param>\d+)
    | (?P<sign>::|<=|>=|<>|!=|\|\||[-+*/%(),.;<>=\[\]])""",
    re.VERBOSE,
)


class SqlError(ValueError):
    """A statement that this database cannot read: the services have outgrown it."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number, text or sign."""

    kind: str
    text: str


_END: Final = Token("end", "")


def tokens(sql: str) -> list[Token]:
    """The tokens of a text, without comments; names and keywords in lower case."""
    found, place = [], 0
    while place < len(sql):
        match = _TOKEN.match(sql, place)
        if match is None:
            raise SqlError(f"cannot read {sql[place : place + 30]!r}")
        place = match.end()
        kind = match.lastgroup
        if kind is not None:
            text = match.group(kind)
            found.append(Token(kind, text.lower() if kind == "name" else text))
    return found


class Cursor:
    """Where a parser stands."""

    def __init__(self, sql: str) -> None:
        self._tokens = tokens(sql)
        self._place = 0
        self.hint: str | None = None
        """Name of the column that the last expression would give."""
        self.aggregates = False
        """Whether the last expression looked at a whole group."""

    @property
    def next(self) -> Token:
        """The token that comes, without taking it."""
        return self._tokens[self._place] if self._place < len(self._tokens) else _END

    def after(self, distance: int = 1) -> Token:
        """A token further on."""
        place = self._place + distance
        return self._tokens[place] if place < len(self._tokens) else _END

    def at(self, *words: str) -> bool:
        """Whether these keywords or signs come next."""
        return all(
            self.after(distance).text == word and self.after(distance).kind in {"name", "sign"}
            for distance, word in enumerate(words)
        )

    def take(self, *words: str) -> bool:
        """The same, and steps over them if so."""
        if not self.at(*words):
            return False
        self._place += len(words)
        return True

    def expect(self, *words: str) -> None:
        """Steps over them.

        Raises:
            SqlError: something else comes.
        """
        if not self.take(*words):
            raise SqlError(f"{' '.join(words)!r} expected before {self.next.text!r}")

    def step(self) -> Token:
        """The token that comes, taken."""
        found = self.next
        self._place += 1
        return found

    def name(self) -> str:
        """A name, taken."""
        found = self.step()
        if found.kind not in {"name", "quoted"}:
            raise SqlError(f"a name expected instead of {found.text!r}")
        return found.text

    def names(self) -> list[str]:
        """Names in parentheses."""
        self.expect("(")
        found = [self.name()]
        while self.take(","):
            found.append(self.name())
        self.expect(")")
        return found
