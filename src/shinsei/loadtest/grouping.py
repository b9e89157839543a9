"""What is counted by linkage method and by procedure.

Every application has one of each, counted together with the total, so that either adds up to it. Both are closed lists:
what is kept of them does not grow with the length of a test.
"""

from collections.abc import Mapping

from shinsei.domain.catalogue import Procedure, procedure

_PROCEDURE = "procedure-"

Groups = tuple[str, str]
"""Linkage method and procedure of an application."""


def groups_of(method: str, number: int) -> Groups:
    """Under which names an application is counted, beside the total."""
    return method, f"{_PROCEDURE}{number}"


def procedure_of(group: str) -> Procedure | None:
    """The procedure that a group stands for; None of a linkage method."""
    _, is_one, number = group.partition(_PROCEDURE)
    return procedure(int(number)) if is_one else None


def number_of(group: str) -> int:
    """By which groups are put in order: 0 of a linkage method."""
    found = procedure_of(group)
    return 0 if found is None else found.number


def rows_by_group(
    counted: Mapping[str, Mapping[str, int]], columns: Mapping[str, str]
) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
    """One row for each linkage method, and one for each procedure by its key.

    Args:
        counted: by counter, applications by group.
        columns: name of a column and the counter that is behind it.
    """
    by_method: dict[str, dict[str, int]] = {}
    by_procedure: dict[int, dict[str, int]] = {}
    for group in {group for found in counted.values() for group in found}:
        row = {name: counted.get(counter, {}).get(group, 0) for name, counter in columns.items()}
        one = procedure_of(group)
        if one is None:
            by_method[group] = row
        else:
            by_procedure[one.number] = row
    return dict(sorted(by_method.items())), {procedure(n).key: row for n, row in sorted(by_procedure.items())}
