"""The advice as tables for a terminal."""

from rich.table import Table

from shinsei.domain.advice import Advice, Question
from shinsei.season.advice.words import PACKAGE_NAMES, cases, chosen, day, leaves_from, period, traits, volume
from shinsei.season.words import METHOD_NAMES, yen


def packages_table(advice: Advice) -> Table:
    """A row a core package: what to choose, what it costs at once and a year."""
    table = Table(title="By core package", title_justify="left")
    table.add_column("package")
    table.add_column("choose")
    for name in ("cases a year", "at once", "a year", "saves a year", "ready"):
        table.add_column(name, justify="right")
    for one in advice.packages:
        saved = one.transcription_yen - one.yearly_yen
        table.add_row(
            PACKAGE_NAMES[one.core_system].en,
            chosen(one).en,
            cases(one.cases),
            yen(one.investment_yen).en if one.investment_yen else "–",
            yen(one.yearly_yen).en,
            yen(saved).en if saved > 0.0 else "–",
            day(one.ready).en if one.ready else "–",
        )
    return table


def procedures_table(question: Question, advice: Advice) -> Table:
    """A row a procedure."""
    table = Table(title="By procedure", title_justify="left")
    table.add_column("#", justify="right")
    table.add_column("手続")
    table.add_column("method")
    for name in ("cases a year", "a year", "leaves method 1 from\nalone / shared", "days / period"):
        table.add_column(name, justify="right")
    table.add_column("half | twice\nthe volume")
    table.add_column("what else weighs")
    p_signed = question.run.demand.p_signed_where_varies
    for one in advice.procedures:
        table.add_row(
            str(one.procedure.number),
            one.procedure.short_ja,
            METHOD_NAMES[one.method].en,
            cases(one.cases),
            yen(one.yearly_yen).en,
            leaves_from(one),
            period(one).en,
            volume(one).en,
            traits(one, p_signed).en,
        )
    return table
