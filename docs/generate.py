"""Writes the generated parts of the documentation: the lifecycle diagram in ``docs/model.md``.

``python docs/generate.py`` rewrites what stands between the markers; ``--check`` fails if that would
change anything. The tests run the check.
"""

import sys
from pathlib import Path

from shinsei.domain.lifecycle import TRANSITIONS

MODEL = Path(__file__).parent / "model.md"
BEGIN, END = "<!-- lifecycle: generated -->", "<!-- lifecycle: end -->"


def lifecycle_diagram() -> str:
    """The transition table as a Mermaid state diagram."""
    lines = ["```mermaid", "stateDiagram-v2"]
    for status, row in TRANSITIONS.items():
        source = status or "[*]"
        lines.extend(f"    {source} --> {target}: {action}" for action, target in row.items())
        if not row:
            lines.append(f"    {source} --> [*]")
    return "\n".join([*lines, "```"])


def main() -> int:
    """Rewrites or checks the generated parts; returns an exit code."""
    text = MODEL.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    new = f"{head}{BEGIN}\n{lifecycle_diagram()}\n{END}{tail}"
    if "--check" in sys.argv:
        return int(new != text)
    MODEL.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
