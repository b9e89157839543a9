"""People who filed the same twice: who noticed, and what nobody noticed."""

from collections.abc import Callable, Sequence

from shinsei.domain.run import DoubleFinder
from shinsei.season.findings import Findings, MethodFindings
from shinsei.season.report.markup import method_key, paragraph, section, table
from shinsei.season.text import Text, both
from shinsei.season.words import yen


def _found_by(finder: DoubleFinder) -> Callable[[MethodFindings], str]:
    return lambda one: f"{one.office.doubles.found.get(finder.value, 0):,}"


def _found_after(one: MethodFindings) -> str:
    days = one.office.doubles.found_after_days
    return "–" if days is None else f"{days:,.1f}"


_PAID: Text = Text("paid once more", "二重支給額")
_ROWS: Sequence[tuple[Text, Callable[[MethodFindings], str]]] = (
    (Text("noticed by application management", "申請管理システムで判明"), _found_by(DoubleFinder.MATCH)),
    (Text("noticed by a clerk", "職員が発見"), _found_by(DoubleFinder.CLERK)),
    (Text("refused by the core system", "基幹システムで判明"), _found_by(DoubleFinder.CORE)),
    (Text("median days until noticed", "判明までの日数(中央値)"), _found_after),
    (Text("registered twice, unnoticed", "気付かれず二重登録"), lambda one: f"{one.office.doubles.registered:,}"),
    (
        Text("clerks' hours for looking at both", "二重申請の確認時間"),
        lambda one: f"{one.office.doubles.check_hours:,.1f}",
    ),
    (Text("persons served online", "オンラインで登録した人数"), lambda one: f"{one.persons_served:,}"),
)


def doubles(season: Findings) -> str:
    """One table over all cities; nothing where nobody filed twice."""
    if all(one.office.doubles.is_empty for one in season.methods):
        return ""
    rows = [(label, *(both(cell(one)) for one in season.methods)) for label, cell in _ROWS]
    if any(one.doubles_yen for one in season.methods):
        rows.append((_PAID, *(yen(one.doubles_yen) for one in season.methods)))
    about = Text(
        "Second filings of one person, online and on paper. Who is registered twice is paid twice; he is counted as "
        "one person served.",
        "同一人による2件目の申請(オンライン・紙)。二重登録は二重支給となる。人数は1人として数える。",
    )
    head = ["", *(method_key(one) for one in season.methods)]
    title = Text("Doubles", "二重申請")
    return section("doubles", title, table(head, rows, "comparison small"), paragraph(about, "note"))
