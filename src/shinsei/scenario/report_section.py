"""The table of a scenario that says what its report asks, says and answers."""

from enum import StrEnum
from typing import Self

from pydantic import model_validator

from shinsei.scenario.quantities import Section


class Answer(StrEnum):
    """What the answer to a scenario's question says first, before days, hours and money."""

    LINKAGE_SHARE = "linkage_share"
    """The share of the time to the decision that linkage controls."""
    PEAK = "peak"
    """The highest backlog under each method."""
    CUTOFF = "cutoff"
    """The share decided by the cut-off under each method."""
    ECHO = "echo"
    """What became of the filings that met an outage of the portal."""
    INCIDENTS = "incidents"
    """What struck whole files or many records, when it was found and what it cost."""
    DEADLINES = "deadlines"
    """Cases in time for each deadline, and until when they are registered."""
    PAYS = "pays"
    """Whether a method pays beside transcription, in the place of the cheapest one."""
    AGAINST = "against"
    """What differs from the season in ``against``, in the place of the comparison of the methods."""
    HOLDS = "holds"
    """With ``against``: which methods are through no later than in that season."""
    ATTACHMENTS = "attachments"
    """What the attachments weigh, and how long the line keeps a case."""
    DOUBLES = "doubles"
    """How many filed twice, who noticed, and who is registered twice."""
    LIMIT = "limit"
    """The first day on which a resource was the limit, under each method."""
    RESENDS = "resends"
    """How many sent the very same again, and whether a second case came of it."""
    CORRECTIONS = "corrections"
    """How many corrections were asked for, what came of them, and how long they made the way to registration."""
    RECOVERY = "recovery"
    """What had lapsed at the portal before it was fetched, and what recovering it by hand took."""


class AgainstSection(Section):
    """The season that the scenario is held against, worked out in virtual time."""

    name: str
    """How it is called: "the same season without the outage"."""
    name_ja: str
    scenario: str = ""
    """Empty: the scenario itself, with other values."""
    set: tuple[str, ...] = ()
    """``key=value`` as with --set."""


class ReportSection(Section):
    """What the report and the terminal say about the scenario, in both languages."""

    answers: tuple[Answer, ...] = ()
    against: AgainstSection | None = None
    title: str
    title_ja: str
    question: str
    question_ja: str
    statement: str = ""
    """What a reader must know before reading a number; opens the report and the terminal."""
    statement_ja: str = ""
    post2022: str = ""
    """One line about the same city under the rules from 2022; ``{filers}`` and ``{online}`` are filled in."""
    post2022_ja: str = ""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (Answer.AGAINST in self.answers) != (self.against is not None):
            message = 'the answer "against" and the table against go together'
            raise ValueError(message)
        if Answer.HOLDS in self.answers and self.against is None:
            message = 'the answer "holds" needs the table against'
            raise ValueError(message)
        return self
