"""Compares the locks with a database of known vulnerabilities that somebody has fetched.

usage: python deploy/local/audit.py DATABASE

DATABASE is a dump of records in the OSV format (https://ossf.github.io/osv-schema), for the ecosystem PyPI: a zip file
or a folder of JSON files. Nothing is asked of any server, so what is said is as old as the dump. The exit code is 1
where a pinned version is known to be vulnerable, 2 where there is no such database.
"""

import json
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

REPOSITORY = Path(__file__).resolve().parents[2]
LOCKS = (
    "requirements.lock",
    "deploy/docker/requirements.lock",
    "deploy/docker/loadtest.lock",
    "deploy/k8s/requirements.lock",
)
_PIN = re.compile(r"^([\w.-]+)==([^\s;\\]+)", re.MULTILINE)


def pins(text: str) -> dict[str, str]:
    """Version by canonical name, of a lock."""
    return {canonicalize_name(name): version for name, version in _PIN.findall(text)}


def records(database: Path) -> Iterator[dict[str, Any]]:
    """The records of a dump."""
    if database.is_dir():
        for file in sorted(database.glob("*.json")):
            yield json.loads(file.read_bytes())
        return
    with zipfile.ZipFile(database) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith(".json"):
                yield json.loads(archive.read(name))


def strikes(record: Mapping[str, Any], pinned: Mapping[str, str]) -> Iterator[str]:
    """``name version: id summary`` for each pinned version that a record is about."""
    if "withdrawn" in record:
        return
    for affected in record.get("affected", ()):
        package = affected.get("package", {})
        name = canonicalize_name(package.get("name", ""))
        if package.get("ecosystem") != "PyPI" or name not in pinned:
            continue
        if pinned[name] in affected.get("versions", ()) or _in_range(pinned[name], affected.get("ranges", ())):
            yield f"{name} {pinned[name]}: {record.get('id')} {record.get('summary', '')}".rstrip()


def _in_range(version: str, ranges: Sequence[Mapping[str, Any]]) -> bool:
    return any(
        _within(Version(version), one.get("events", ())) for one in ranges if one.get("type") in {"ECOSYSTEM", "SEMVER"}
    )


def _within(version: Version, events: Sequence[Mapping[str, str]]) -> bool:
    """Whether a version lies behind an introduction and before its end; events come in order."""
    is_in = False
    for event in events:
        for kind, text in event.items():
            at = Version("0") if text == "0" else _version(text)
            if at is None:
                continue
            if kind == "introduced" and version >= at:
                is_in = True
            elif (kind == "fixed" and version >= at) or (kind == "last_affected" and version > at):
                is_in = False
    return is_in


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def main(arguments: Sequence[str]) -> int:
    """Say what is known; returns an exit code."""
    if len(arguments) != 1 or not Path(arguments[0]).exists():
        sys.stderr.write("usage: python deploy/local/audit.py DATABASE (an OSV dump of PyPI: a zip file or folder)\n")
        return 2
    pinned = [pins((REPOSITORY / lock).read_text(encoding="utf-8")) for lock in LOCKS]
    count, found = 0, set[str]()
    for record in records(Path(arguments[0])):
        count += 1
        found.update(strike for one in pinned for strike in strikes(record, one))
    names = {name for one in pinned for name in one}
    sys.stdout.write("".join(f"{strike}\n" for strike in sorted(found)))
    sys.stdout.write(f"{len(found)} known in {len(names)} packages, by {count} records\n")
    return 1 if found or not count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
