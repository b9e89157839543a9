"""Reads a scenario file: TOML, what it extends, overrides, validation, marks; whatever is wrong is one clear line."""

import tomllib
from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from shinsei.domain.errors import InvalidInputError
from shinsei.domain.simtime import SimTime, to_datetime
from shinsei.scenario.arrivals import read_daily_counts
from shinsei.scenario.file import ScenarioFile
from shinsei.scenario.inlining import inlined
from shinsei.scenario.marks import Mark, parameters, read_marks
from shinsei.scenario.model import Scenario
from shinsei.scenario.problems import did_you_mean, keys_at, translated

_LIBRARY = Path(__file__).resolve().parents[1]
_FOLDERS = (_LIBRARY / "scenarios", _LIBRARY.parents[1] / "scenarios", Path("scenarios"))
"""Where shipped scenarios are: an installed library, the source tree, the folder in which the command runs."""
_EXTENDS = "extends"
"""Key with the name of a scenario, of which a file then only says what is different."""


def load(path: Path | str, overrides: Sequence[str] = ()) -> Scenario:
    """The scenario in a file (or shipped under this name), with ``key=value`` overrides applied.

    Raises:
        InvalidInputError: the file or an override is wrong; the text names file, key path and problem.
    """
    file = locate(path)
    return parse(_text(file), file, overrides)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")  # some editors put a byte order mark in front
    except UnicodeDecodeError:
        raise InvalidInputError(str(file), "is not UTF-8 text") from None
    except OSError as error:
        raise InvalidInputError(str(file), f"cannot be read ({error.strerror})") from None


def locate(name: Path | str) -> Path:
    """The file of a scenario given by its path, or by the bare name of a shipped one.

    Raises:
        InvalidInputError: there is no such file; the text names the nearest.
    """
    path = Path(name)
    if path.is_file():
        return path
    shipped = _shipped()
    bare = path.name.removesuffix(".toml")
    if path.parent == Path() and bare in shipped:
        return shipped[bare]
    hint = did_you_mean(bare, tuple(shipped)).replace("known keys", "shipped scenarios")
    raise InvalidInputError(str(name), f"there is no such scenario, {hint}" if shipped else "there is no such scenario")


def _shipped() -> dict[str, Path]:
    return {file.stem: file for folder in _FOLDERS for file in sorted(folder.glob("*.toml"))}


def parse(text: str, path: Path, overrides: Sequence[str] = ()) -> Scenario:
    """The scenario in a text; ``path`` names it and is where a CSV of arrivals is looked for."""
    data, marks, extends = _read(text, path, ())
    whole = inlined(data, marks) if extends else text
    for override in overrides:
        marks[_apply(data, override)] = Mark(mark="set", source="given with --set")
    try:
        file = ScenarioFile.model_validate(data)
    except ValidationError as error:
        raise translated(str(path), ScenarioFile, error) from None
    _check_against(path, data, file)
    return Scenario(
        name=path.stem,
        path=path,
        text=text,
        whole=whole,
        overrides=tuple(overrides),
        parameters=parameters(data, marks),
        file=file,
        daily_counts=_daily_counts(path, file),
    )


def _read(text: str, path: Path, above: tuple[Path, ...]) -> tuple[dict[str, Any], dict[str, Mark], bool]:
    """Tables and marks of a text, laid over those of the scenario that it extends, and whether it extends one."""
    try:
        tables, found = _of_text(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInputError(str(path), f"is not TOML: {error}") from None
    data, marks = deepcopy(tables), dict(found)
    if _EXTENDS not in data:
        return data, marks, False
    name = str(data.pop(_EXTENDS))
    above = (*above, path.resolve())
    file = path if name == path.stem and name not in _shipped() else beside(path, name)
    if file.resolve() in above:
        raise InvalidInputError(f"{path}: {_EXTENDS}", f"{name!r} extends itself")
    base, base_marks, _ = _read(_text(file), file, above)
    return _merged(base, data), base_marks | marks, True


@lru_cache(maxsize=64)
def _of_text(text: str) -> tuple[dict[str, Any], dict[str, Mark]]:
    """Tables and marks of a text alone; a study reads the same one again for each of its variants."""
    return tomllib.loads(text), read_marks(text)


def beside(path: Path, name: str) -> Path:
    """The file of a scenario that another one names: another one in the same folder, else a shipped one.

    Raises:
        InvalidInputError: there is none.
    """
    file = path.parent / f"{name}.toml"
    return file if file.is_file() and file.resolve() != path.resolve() else locate(name)


def _check_against(path: Path, data: dict[str, Any], file: ScenarioFile) -> None:
    """Refuse a counterpart that cannot be while nothing has run yet."""
    wanted = file.report.against
    if wanted is None:
        return
    if wanted.scenario:
        beside(path, wanted.scenario)
    for override in wanted.set:
        _apply(deepcopy(data), override)


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Tables are merged key by key; a value, a list or a distribution of the base is replaced whole."""
    result = dict(base)
    for key, value in over.items():
        before = result.get(key)
        if isinstance(before, Mapping) and isinstance(value, Mapping) and "mean" not in value:
            result[key] = _merged(before, value)
        else:
            result[key] = value
    return result


def _apply(data: dict[str, Any], override: str) -> str:
    """Set one value by its dotted path; the path must name a key of a scenario."""
    path, equals, value = override.partition("=")
    path = path.strip()
    keys = path.split(".")
    if not equals or not all(keys):
        raise InvalidInputError("--set", f"{override!r} is not of the form key=value, such as office.clerks=5")
    table, loc = data, list[int | str]()
    for depth, part in enumerate(keys[:-1]):
        key, _, place = part.partition("[")
        _known(path, loc, key, table)
        inner = table.setdefault(key, [] if place else {})
        loc.append(key)
        if place:
            inner = _element(path, inner, ".".join(keys[: depth + 1]), place)
            loc.append(0)
        if not isinstance(inner, dict):
            raise InvalidInputError(f"--set {path}", f"{'.'.join(keys[: depth + 1])} is no table")
        table = inner
    _known(path, loc, keys[-1], table)
    table[keys[-1]] = _value(value.strip())
    return path


def _element(path: str, tables: object, name: str, place: str) -> object:
    """One of the tables of an array, which are numbered from 0."""
    number = place.removesuffix("]")
    if not isinstance(tables, list) or not number.isdecimal() or int(number) >= len(tables):
        count = len(tables) if isinstance(tables, list) else 0
        raise InvalidInputError(f"--set {path}", f"there is no table {name}; there are {count}, numbered from 0")
    return tables[int(number)]


def _known(path: str, parents: Sequence[int | str], key: str, table: dict[str, Any]) -> None:
    """Refuse a key that a scenario cannot have, while the user's own words are at hand."""
    known = keys_at(ScenarioFile, parents)
    if key not in table and key not in known:
        raise InvalidInputError(f"--set {path}", f"unknown key {key!r}, {did_you_mean(key, known)}")


def _value(text: str) -> object:
    """A value as TOML reads it; a bare word or a duration is a text."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _daily_counts(path: Path, file: ScenarioFile) -> tuple[tuple[date, int], ...]:
    if not file.demand.arrivals:
        return ()
    csv_path = path.parent / file.demand.arrivals
    counts = read_daily_counts(csv_path)
    first, last = to_datetime(SimTime(file.run.start)).date(), to_datetime(SimTime(file.run.end - 1)).date()
    outside = [day for day, _ in counts if not first <= day <= last]
    if outside:
        raise InvalidInputError(str(csv_path), f"{outside[0]} is outside the run ({first} to {last})")
    return counts
