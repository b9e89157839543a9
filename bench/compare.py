"""``python -m bench.compare [OLD [NEW]]``: has a ratio product : limit fallen by more than 15 %?

Ratios, since they mean the same on another machine; rates do not. A row that is gone counts as fallen. It is for
whoever changed what is done for each application, by hand on a quiet machine; CI's machines are too busy for it.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.keeping import KEPT, LATEST, read

MOST_FALLEN = 0.15


def fallen(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What has fallen, a line each; prints every row beside its earlier self."""
    now = {_name(row): row for row in new["rows"]}
    found = []
    for row in old["rows"]:
        name, before = _name(row), row["ratio"]
        if name not in now:
            found.append(f"{name}: {before:.2f}, and not measured any more")
            continue
        ratio = now[name]["ratio"]
        note = ", within its range" if ratio != before and _overlap(row, now[name]) else ""
        line = f"{name}: {_told(row)}, now {_told(now[name])}: {ratio / before - 1:+.0%}{note}"
        print(line)
        if ratio < before * (1 - MOST_FALLEN):
            found.append(line)
    return found


def _overlap(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether pairs of either came to what pairs of the other came to."""
    (low, high), (least, most) = one["ratio_range"], other["ratio_range"]
    return bool(max(low, least) <= min(high, most))


def _told(row: Mapping[str, Any]) -> str:
    low, high = row["ratio_range"]
    return f"{row['ratio']:.2f} ({low:.2f} to {high:.2f})"


def _name(row: Mapping[str, Any]) -> str:
    return f"{row['mode']} {row['method']}"


def main(arguments: Sequence[str]) -> int:
    """1 where something has fallen, 2 where a file is no result, or both are the same one."""
    parser = argparse.ArgumentParser(prog="python -m bench.compare", description=__doc__.splitlines()[0])
    parser.add_argument("old", type=Path, nargs="?", default=KEPT)
    parser.add_argument("new", type=Path, nargs="?", default=LATEST)
    wanted = parser.parse_args(arguments)
    try:
        old, new = read(wanted.old), read(wanted.new)
        if old == new:
            print("bench.compare: both are the same run: run make bench, or name another (OLD=, NEW=)", file=sys.stderr)
            return 2
        found = fallen(old, new)
    except (OSError, ValueError, KeyError) as error:
        print(f"bench.compare: no result of make bench ({error!r})", file=sys.stderr)
        return 2
    for line in found:
        print(f"fallen by more than {MOST_FALLEN:.0%}: {line}", file=sys.stderr)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
