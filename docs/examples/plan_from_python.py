"""Planning from Python, read by ``docs/planning.md``: how many clerks a town needs, as a table of one's own."""

from collections.abc import Sequence

from shinsei import Study, load, plan


def main(clerks: Sequence[int] = (1, 2, 3), replications: int = 10) -> list[str]:
    """A line a number of clerks: staff hours of each method with their intervals, and how often it is recommended."""
    lines = []
    for number in clerks:
        scenario = load("smoke", [f"office.clerks={number}"])
        found = plan(scenario, replications=replications)
        lines.append(f"{number} clerks: {'; '.join(_told(found, index) for index in range(len(found.methods)))}")
    return lines


def _told(found: Study, method: int) -> str:
    hours = found.estimate(method, "staff_hours")
    interval = f"{hours.mean:.1f} ± {hours.half_width:.1f} h"
    return f"{found.methods[method].name.en} {interval}, first in {found.first_counts[method]} of {hours.n}"


if __name__ == "__main__":
    print("\n".join(main()))  # noqa: T201 - an example prints
