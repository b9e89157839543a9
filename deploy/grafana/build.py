"""Writes the Grafana dashboards from the tables of panels beside it, so that no panel is drawn by hand.

usage: python deploy/grafana/build.py [--check]     --check: exit 1 if a dashboard is not what its table says
"""

import sys
from pathlib import Path

from boards import flow, history, infrastructure, load, office
from boards.panels import Board, encoded

FOLDER = Path(__file__).resolve().parent / "dashboards"
BOARDS: tuple[Board, ...] = (flow.BOARD, office.BOARD, infrastructure.BOARD, load.BOARD, history.BOARD)


def files() -> dict[Path, str]:
    """The text of every dashboard by its file."""
    return {FOLDER / f"{board.uid}.json": encoded(board) for board in BOARDS}


def stale() -> list[str]:
    """Files that are not what the tables say, and files of no table."""
    wanted = files()
    wrong = [file.name for file, text in wanted.items() if not file.exists() or file.read_text("utf-8") != text]
    return wrong + [file.name for file in FOLDER.glob("*.json") if file not in wanted]


def main() -> int:
    """Rewrites or checks the dashboards; returns an exit code."""
    if "--check" in sys.argv:
        for name in stale():
            sys.stderr.write(f"grafana: {name} is stale: make dashboards\n")
        return int(bool(stale()))
    FOLDER.mkdir(exist_ok=True)
    for file in FOLDER.glob("*.json"):
        file.unlink()
    for file, text in files().items():
        file.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
