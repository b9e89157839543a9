"""Writes a commented scenario for a user's own city: the template with a few values replaced.

The text is edited line by line, not re-generated, so that every comment with its mark stays.
"""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

from shinsei.domain.errors import InvalidInputError
from shinsei.domain.run import PolicyYear
from shinsei.scenario.arrivals import read_daily_counts
from shinsei.scenario.loading import parse

_YOURS = "given on the command line"


@dataclass(frozen=True, slots=True, kw_only=True)
class CityRequest:
    """What a user says about the city."""

    population: int
    clerks: int
    online_share: float
    policy_year: PolicyYear = PolicyYear.PRE2022
    arrivals: Path | None = None
    """CSV of daily counts."""
    name: str = ""


def template_text() -> str:
    """The commented template, itself a complete scenario."""
    return files("shinsei.scenario").joinpath("template.toml").read_text(encoding="utf-8")


def new_scenario(request: CityRequest, out: Path) -> str:
    """The text of a scenario for this city, to be written to ``out``; it has been validated.

    Raises:
        InvalidInputError: a number or the CSV cannot be used.
    """
    _check(request)
    text = template_text()
    values: dict[str, tuple[str, str]] = {
        "municipality.population": (str(request.population), f"[A] {_YOURS}"),
        "office.clerks": (str(request.clerks), f"[A] {_YOURS}"),
        "demand.online_share": (repr(float(request.online_share)), f"[A] {_YOURS}; the nation had 13.7 % in FY2024"),
        "demand.policy_year": (f'"{request.policy_year}"', f"[A] {_YOURS}"),
        "report.statement": (json.dumps(_statement(request), ensure_ascii=False), ""),
        "report.statement_ja": (json.dumps(_statement_ja(request), ensure_ascii=False), ""),
    }
    if request.name:
        values["municipality.name"] = (json.dumps(request.name, ensure_ascii=False), "")
        values["municipality.name_ja"] = (json.dumps(request.name, ensure_ascii=False), "")
    for path, (value, comment) in values.items():
        text = replace_value(text, path, value, comment)
    if request.arrivals is not None:
        text = _with_arrivals(text, request.arrivals)
    parse(text, out)
    return text


def _check(request: CityRequest) -> None:
    """Refuse numbers in the words of the command line."""
    if request.population < 1:
        raise InvalidInputError("--population", f"must be at least 1, not {request.population}")
    if request.clerks < 1:
        raise InvalidInputError("--clerks", f"must be at least 1, not {request.clerks}")
    if not 0 <= request.online_share <= 1:
        raise InvalidInputError("--online", f"is a share from 0 to 1, not {request.online_share:g}")


def replace_value(text: str, path: str, value: str, comment: str) -> str:
    """The text with the value of one key (on one line) and its comment replaced.

    Raises:
        InvalidInputError: the text has no such key.
    """
    table, _, key = path.rpartition(".")
    current = ""
    lines = text.splitlines()
    for index, line in enumerate(lines):
        bare = line.strip()
        if bare.startswith("[") and "=" not in bare:
            current = bare.split("#")[0].strip().strip("[]")
        elif current == table and bare.partition("=")[0].strip() == key:
            lines[index] = f"{key} = {value}" + (f"  # {comment}" if comment else "")
            return "\n".join(lines) + "\n"
    raise InvalidInputError(path, "is not in the template")


def _with_arrivals(text: str, arrivals: Path) -> str:
    """Daily counts instead of the curve, with a run that holds them."""
    counts = read_daily_counts(arrivals)
    first, last = counts[0][0], counts[-1][0]
    edits = {
        "run.start": (first.isoformat(), "[D] first day of the arrivals"),
        "run.end": (_half_a_year_after(last), "[A] latest end, half a year after the last arrivals"),
        "run.cutoff": (_half_a_year_after(last), "[A] replace it with your own cut-off"),
        "demand.mailing_day": (first.isoformat(), "[D] first day of the arrivals; the curve is not used"),
        "demand.deadline_day": (last.isoformat(), "[D] last day of the arrivals; sets the deadline evening"),
    }
    for path, (value, comment) in edits.items():
        text = replace_value(text, path, value, comment)
    line = f"arrivals = {json.dumps(str(arrivals.resolve()), ensure_ascii=False)}  # [D] the city's own counts"
    return text.replace("[demand]\n", f"[demand]\n{line}\n", 1)


def _half_a_year_after(day: date) -> str:
    return (day + timedelta(days=182)).isoformat()


def _statement(request: CityRequest) -> str:
    rules = "2021, when every recipient filed" if request.policy_year is PolicyYear.PRE2022 else "2022 and later"
    return (
        f"Your own city: {request.population:,} people, {request.clerks} clerks, {request.online_share:.1%} of the "
        f"filings online (the nation had 13.7 % in fiscal 2024), filing rules of {rules}. All other numbers are "
        "the template's assumptions. Personal data is synthetic."
    )


def _statement_ja(request: CityRequest) -> str:
    rules = "2021年(全受給者が届出)" if request.policy_year is PolicyYear.PRE2022 else "2022年以降"
    return (
        f"ご自身の市: 人口{request.population:,}人、職員{request.clerks}人、オンライン率{request.online_share:.1%}"
        f"(2024年度の全国値は13.7 %)、届出の要件は{rules}のもの。そのほかの数値はひな型の仮定。個人情報はすべて架空。"
    )
