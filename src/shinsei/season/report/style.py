"""Colours of methods and activities: Okabe and Ito's palette, told apart also by number, dash and label."""

from collections.abc import Mapping
from typing import Protocol

from shinsei.domain.linkage_method import LinkageMethod
from shinsei.season.figures import Group
from shinsei.season.text import Text


class Shown(Protocol):
    """One method as tables and charts show it, of a season or of a plan."""

    @property
    def method(self) -> LinkageMethod:
        """The one under comparison, else the default of the policy."""

    @property
    def is_compared(self) -> bool:
        """False for a city whose policy chooses a method per procedure."""

    @property
    def group(self) -> Group | None:
        """The municipalities that it stands for; None for a city by itself."""

    @property
    def name(self) -> Text:
        """What it is called before people."""


METHOD_COLOURS: Mapping[LinkageMethod, str] = {
    LinkageMethod.TRANSCRIPTION: "#D55E00",
    LinkageMethod.RPA: "#CC79A7",
    LinkageMethod.SCREEN_IMPORT: "#009E73",
    LinkageMethod.BATCH_IMPORT: "#0072B2",
    LinkageMethod.STANDARD_API: "#6B7280",
    LinkageMethod.ONE_STOP_SERVICE: "#6B7280",
}
METHOD_MARKS: Mapping[LinkageMethod, str] = {
    LinkageMethod.TRANSCRIPTION: "1",
    LinkageMethod.RPA: "2",
    LinkageMethod.SCREEN_IMPORT: "3",
    LinkageMethod.BATCH_IMPORT: "4",
    LinkageMethod.STANDARD_API: "B",
    LinkageMethod.ONE_STOP_SERVICE: "P",
}
_DASHES: Mapping[LinkageMethod, str] = {LinkageMethod.STANDARD_API: "5 4"}
_BY_POLICY = "#374151"
_GROUP_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#6B7280", "#374151")
_LETTERS = 26
_GROUP_DASHES = (None, "7 3", "2 3")


def colour_of(one: Shown) -> str:
    """Colour of a run, or of a group of them by its place."""
    place = _place(one)
    if place is not None:
        return _GROUP_COLOURS[place % len(_GROUP_COLOURS)]
    return METHOD_COLOURS[one.method] if one.is_compared or one.method is LinkageMethod.ONE_STOP_SERVICE else _BY_POLICY


def mark_of(one: Shown) -> str:
    """What stands in its dot: the number of the method, or the letter of the group."""
    place = _place(one)
    if place is not None:
        return chr(ord("A") + place % _LETTERS)
    return METHOD_MARKS[one.method] if one.is_compared or one.method is LinkageMethod.ONE_STOP_SERVICE else "C"


def dash_of(one: Shown) -> str | None:
    """Dashes of its line; None for a solid one."""
    place = _place(one)
    if place is not None:
        return _GROUP_DASHES[place // len(_GROUP_COLOURS) % len(_GROUP_DASHES)]
    return _DASHES.get(one.method)


def _place(one: Shown) -> int | None:
    """Among the groups of municipalities; None for a city by itself."""
    return None if one.group is None else one.group.place


ACTIVITY_GROUPS: tuple[tuple[Text, str, tuple[str, ...]], ...] = (
    (
        Text("Finding the applicant, checking the content", "申請者特定・内容確認"),
        "#56B4E9",
        ("manual_identification", "content_check", "correction_request", "double_check", "recovery", "move_out"),
    ),
    (
        Text(
            "Entering online cases (keying, second check, screen import)", "オンライン申請の入力(転記・確認・画面取込)"
        ),
        "#D55E00",
        ("keying", "second_check", "screen_import"),
    ),
    (
        Text("Looking after machines (reviews, restarts)", "機械の確認(結果確認・再起動)"),
        "#CC79A7",
        ("rpa_review", "list_review", "robot_restart"),
    ),
    (
        Text("Exceptions and rejects, keyed by hand", "例外・取込不可の手入力"),
        "#E69F00",
        ("exception_keying", "rollback", "undo"),
    ),
    (Text("Return leg (result entry, notice)", "結果入力・通知"), "#009E73", ("result_entry", "notice")),
    (Text("Paper cases (keying, check)", "紙申請の入力・確認"), "#9AA5B1", ("paper_keying", "paper_check")),
)
COST_LINES: tuple[tuple[Text, str, str], ...] = (
    (Text("Staff", "職員"), "#0072B2", "labour_yen"),
    (Text("Temporary staff", "会計年度任用職員等"), "#56B4E9", "temporary_yen"),
    (Text("Overtime", "時間外"), "#D55E00", "overtime_yen"),
    (Text("Licences", "ライセンス"), "#CC79A7", "licences_yen"),
    (Text("Modification or building, per year", "改修・構築(年割)"), "#E69F00", "modification_yen"),
    (Text("Upkeep", "保守"), "#9AA5B1", "upkeep_yen"),
)
LIGHT_COLOURS = frozenset({"#56B4E9", "#CC79A7", "#E69F00", "#9AA5B1"})
"""Colours on which white is hard to read."""
