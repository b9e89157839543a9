"""How methods, resources, activities and moments are called before people, in English and Japanese."""

from collections.abc import Mapping

from shinsei.domain.linkage.incident import IncidentKind
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import SimTime, day_number, to_datetime
from shinsei.season.text import Text, both

METHOD_NAMES: Mapping[LinkageMethod, Text] = {
    LinkageMethod.TRANSCRIPTION: Text("Transcription", "画面からの転記"),
    LinkageMethod.RPA: Text("RPA", "RPA"),
    LinkageMethod.SCREEN_IMPORT: Text("Screen import", "画面取込"),
    LinkageMethod.BATCH_IMPORT: Text("Batch import", "一括取込"),
    LinkageMethod.STANDARD_API: Text("Standard API", "標準IF"),
    LinkageMethod.ONE_STOP_SERVICE: Text("One-stop service", "OSS"),
}
METHOD_ORDINALS: Mapping[LinkageMethod, Text] = {
    LinkageMethod.TRANSCRIPTION: Text("method 1", "方式1"),
    LinkageMethod.RPA: Text("method 2", "方式2"),
    LinkageMethod.SCREEN_IMPORT: Text("method 3", "方式3"),
    LinkageMethod.BATCH_IMPORT: Text("method 4", "方式4"),
    LinkageMethod.STANDARD_API: Text("baseline", "基準"),
    LinkageMethod.ONE_STOP_SERVICE: Text("prefecture", "県"),
}

RESOURCE_NAMES: Mapping[str, Text] = {
    "clerks": Text("clerks", "職員"),
    "robots": Text("robots", "ロボット"),
    "login_seats": Text("login seats", "ログイン枠"),
    "batch_window": Text("batch window", "取込枠"),
}

INCIDENT_NAMES: Mapping[IncidentKind, Text] = {
    IncidentKind.MISALIGNED_FILE: Text("a misaligned file", "列ずれ"),
    IncidentKind.FILE_HANDED_OVER_TWICE: Text("a file handed over twice", "二重取込"),
    IncidentKind.STALLED_FILE: Text("a file over the cap, refused whole,", "上限超過による取込停止"),
    IncidentKind.SCREEN_DRIFT: Text("a change of the screen that robots key past", "画面変更に気付かないロボット"),
    IncidentKind.WINDOW_MISSED: Text("a window that another job had", "他業務による取込枠の逸失"),
}

_COUNTED = ("none", "one", "two", "three", "four")
_SMALL_YEN = 1e5
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WEEKDAYS_JA = "月火水木金土日"


def method_of(spec: RunSpec) -> LinkageMethod:
    """The method by which a run is called: that of the comparison, else that of its policy."""
    return spec.twin_method or spec.policy.default


def run_name(method: LinkageMethod, *, is_compared: bool, municipality: str = "") -> Text:
    """How a run is called: by its method, or as a city whose policy chooses one per procedure.

    Args:
        method: that of the comparison, else that of the policy.
        is_compared: the run is there for its method.
        municipality: its code, where the method does not tell it from another run.
    """
    named = is_compared or method is LinkageMethod.ONE_STOP_SERVICE
    name = METHOD_NAMES[method] if named else Text("By policy", "方針による")
    return name + both(f" {municipality}") if municipality else name


def day(at: SimTime) -> Text:
    """``Thu 1 Jul`` and ``7月1日(木)``."""
    moment = to_datetime(at)
    return Text(
        f"{_WEEKDAYS[moment.weekday()]} {moment.day} {_MONTHS[moment.month - 1]}",
        f"{moment.month}月{moment.day}日({_WEEKDAYS_JA[moment.weekday()]})",
    )


def short_day(at: SimTime) -> Text:
    """``1 Jul`` and ``7/1``."""
    moment = to_datetime(at)
    return Text(f"{moment.day} {_MONTHS[moment.month - 1]}", f"{moment.month}/{moment.day}")


def month(number: int) -> Text:
    """``Jul`` and ``7月``."""
    return Text(_MONTHS[number - 1], f"{number}月")


def full_day(at: SimTime) -> Text:
    """``1 July 2021`` with the year, for headings."""
    moment = to_datetime(at)
    return Text(
        f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}", f"{moment.year}年{moment.month}月{moment.day}日"
    )


def clock(at: SimTime) -> str:
    """``17:05``."""
    return to_datetime(at).strftime("%H:%M")


def last_day(*, has_deadline: bool) -> Text:
    """How the last day of filing is called."""
    return Text("the deadline", "期限") if has_deadline else Text("the last day of filing", "申請期間の最終日")


def after_deadline(deadline: SimTime, at: SimTime, *, has_deadline: bool = True) -> Text:
    """How long after the last day of filing, which may be a deadline or not."""
    days = day_number(at) - day_number(SimTime(deadline - 1))
    end = last_day(has_deadline=has_deadline)
    if days < 0:
        return Text(f"before {end.en}", f"{end.ja}前")
    if days == 0:
        return Text(f"the day of {end.en}" if has_deadline else end.en, f"{end.ja}当日")
    if days == 1:
        return Text(f"the day after {end.en}", f"{end.ja}の翌日")
    return Text(f"{days} days after {end.en}", f"{end.ja}の{days}日後")


def yen(amount: float) -> Text:
    """``¥2.1 M`` and ``210万円``: as exact as an assumption deserves; a small amount in thousands."""
    if 0 < abs(amount) < _SMALL_YEN:
        return Text(f"¥{amount / 1e3:,.0f} k", f"{amount / 1e4:,.1f}万円")
    return Text(f"¥{amount / 1e6:,.1f} M", f"{amount / 1e4:,.0f}万円")


def of_methods(count: int) -> Text:
    """``of the four``: which methods a choice is among, the baseline never being one of them."""
    return Text(f"of the {_COUNTED[count]}", f"{count}方式のうち")


def join(texts: list[Text]) -> Text:
    """``A, B and C``."""
    if len(texts) == 1:
        return texts[0]
    return Text(
        ", ".join(text.en for text in texts[:-1]) + f" and {texts[-1].en}", "、".join(text.ja for text in texts)
    )
