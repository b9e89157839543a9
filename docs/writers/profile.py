"""What the services do while as much as possible goes through, from what ``make flame`` keeps."""

from collections.abc import Iterator

from writers import performance
from writers.markdown import table


def profile() -> Iterator[str]:
    """The functions of each service that ran most themselves; nothing where no profile was kept."""
    found = performance.kept("profile.json")
    if found is None:
        return
    seen = "every thread that runs" if found["all"] else "who has the interpreter (no signature check, no system call)"
    environment = found["environment"]
    yield (
        f"Functions that ran most themselves, by `make flame` of {environment['at']}, commit {environment['commit']}, "
        f"mode `{found['mode']}`, method `{found['method']}`; seen is {seen}:"
    )
    yield ""
    lines = [
        (service if n == 0 else "", f"`{one['name']}`", f"{one['itself']:.1%}", f"{one['within']:.1%}")
        for service, each in found["services"].items()
        for n, one in enumerate(each["functions"])
    ]
    yield from table(("service", "function", "itself", "with what it calls"), lines)
