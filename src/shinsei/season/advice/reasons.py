"""Why each method that was not chosen lost, in words."""

from collections.abc import Mapping

from shinsei.domain.advice import Loss, PackageAdvice, Why
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.season.advice.words import cases, day
from shinsei.season.text import Text
from shinsei.season.words import METHOD_NAMES, yen

_SAME = 0.05
"""Below this part of the cost a difference is none that the assumptions could carry."""
_PLAIN: Mapping[Why, Text] = {
    Why.PERIOD: Text(
        "would miss a standard processing period that another method keeps", "他の方式なら守れる標準処理期間を超える"
    ),
    Why.URGENT: Text("its turns come too seldom for urgent cases", "急ぐ案件には実行の間隔が長すぎる"),
    Why.NOT_YET: Text(
        "the core system has no standard interface, and no date of a migration is given",
        "基幹システムに標準IFがなく、移行日も示されていない",
    ),
    Why.DEARER: Text("saves no work here", "ここでは作業が減らない"),
}
"""Reasons that need no number."""
_DATED: Mapping[Why, tuple[str, str]] = {
    Why.TOO_LATE: ("cannot be ready before {}", "{}まで使えない"),
    Why.MIGRATION: (
        "would be ready only after the migration of {}, which ends its use",
        "使えるようになる前に、{}の標準準拠システムへの移行で不要になる",
    ),
    Why.NOT_YET: ("not before the migration of {}", "{}の移行までは使えない"),
}
"""Reasons with a day."""


def loser(loss: Loss, package: PackageAdvice) -> Text:
    """How a method that lost is called: transcription may have lost for some of the procedures only."""
    name = METHOD_NAMES[loss.method]
    stays = any(one.method is loss.method for one in package.procedures)
    return Text(f"{name.en} of everything", f"全手続の{name.ja}") if stays else name


def reason(loss: Loss, package: PackageAdvice) -> Text:
    """Why a method lost in a package."""
    if loss.on is not None and loss.why in _DATED:
        when, (en, ja) = day(loss.on), _DATED[loss.why]
        return Text(en.format(when.en), ja.format(when.ja))
    if loss.extra_yen is None:
        return _PLAIN[loss.why]
    if loss.why is Why.PERIOD:
        dearer = loss.extra_yen > 0.0
        extra = yen(abs(loss.extra_yen))
        return _PLAIN[loss.why] + Text(
            f", and is {extra.en} a year {'dearer' if dearer else 'cheaper'}",
            f"。費用は年{extra.ja}{'高い' if dearer else '安い'}",
        )
    if loss.why is Why.OVER_BUDGET:
        once, saved = yen(loss.investment_yen), yen(-loss.extra_yen)
        return Text(
            f"would save another {saved.en} a year, and needs {once.en} at once that the budget does not leave",
            f"さらに年{saved.ja}減るが、一時費用{once.ja}が予算に収まらない",
        )
    return _dearer(loss, loss.extra_yen, package)


def _dearer(loss: Loss, extra_yen: float, package: PackageAdvice) -> Text:
    extra = yen(extra_yen)
    told = Text(f"{extra.en} a year dearer", f"年{extra.ja}高い")
    if loss.method is LinkageMethod.TRANSCRIPTION:
        told += Text(", in clerks' time", "(職員の作業時間)")
    elif loss.pays_from is None:
        told += Text(", and at no volume cheaper than the choice", "。件数が増えても選んだ方式より安くならない")
    else:
        number = cases(loss.pays_from)
        told += Text(
            f"; cheaper than the choice from about {number} cases a year (the package has {cases(package.cases)})",
            f"。年約{number}件から選んだ方式より安くなる(パッケージの現在の件数は{cases(package.cases)}件)",
        )
    if extra_yen < _SAME * package.yearly_yen:
        told += Text(
            ". That is as good as equal: exceptions, terminals and changes of the core screen decide",
            "。ほぼ同額であり、例外の割合、端末の占有、画面変更の頻度で判断する",
        )
    return told
