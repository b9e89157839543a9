"""Advice in words, English and Japanese: what to buy, and what weighs on a procedure."""

from collections.abc import Mapping, Sequence
from datetime import date
from math import isinf

from shinsei.domain.advice import Advice, BreakEven, PackageAdvice, ProcedureAdvice, Why
from shinsei.domain.advice.traits import traits_of
from shinsei.domain.catalogue import CoreSystem, Signature
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import PolicyYear
from shinsei.domain.simtime import day_of, day_start
from shinsei.scenario import Scenario
from shinsei.season.text import Text, both
from shinsei.season.words import METHOD_NAMES, full_day, join, yen

PACKAGE_NAMES: Mapping[CoreSystem, Text] = {
    CoreSystem.CHILD_ALLOWANCE: Text("child allowance", "児童手当"),
    CoreSystem.CHILDCARE_SUPPORT: Text("childcare support", "子ども・子育て支援"),
    CoreSystem.CHILD_REARING_ALLOWANCE: Text("child-rearing allowance", "児童扶養手当"),
    CoreSystem.HEALTH: Text("health", "健康管理"),
    CoreSystem.LONG_TERM_CARE: Text("long-term care", "介護保険"),
    CoreSystem.DISASTER_VICTIMS: Text("disaster victims", "被災者支援"),
}
_FEW = 100.0


def day(when: date) -> Text:
    """``27 Nov 2022``."""
    return full_day(day_start(day_of(when)))


def cases(number: float) -> str:
    """A number of cases, as exact as an assumption deserves."""
    if number < 1.0:
        return "<1"
    return f"{round(number, -1 if number < 10 * _FEW else -2):,.0f}" if number >= _FEW else f"{number:,.0f}"


def days(number: float) -> str:
    """Days, or that it does not end."""
    return "∞" if isinf(number) else f"{number:,.0f}"


_EXCLUDED = {
    Why.OVER_BUDGET: Text("what would pay does not fit the budget", "見合う方式は予算に収まらない"),
    Why.TOO_LATE: Text("nothing can be ready by the day asked for", "期日までに使える方式がない"),
}
"""What a wish excludes, in the words of the answer."""


def answer(advice: Advice) -> Text:
    """The advice in a sentence or two."""
    buyers = [package for package in advice.packages if package.acquired]
    if not buyers:
        return _stays(advice)
    saved = yen(advice.transcription_yen - advice.yearly_yen)
    parts = join([_buys(package) for package in buyers])
    rest = [package for package in advice.packages if not package.acquired]
    others = (
        Text(" Everything else stays with transcription.", "他は画面からの転記のままとする。") if rest else both("")
    )
    return (
        Text(f"Choose {parts.en}: ", f"{parts.ja}を選ぶ。")
        + Text(
            f"{yen(advice.investment_yen).en} at once, {saved.en} a year less than transcription throughout.",
            f"一時費用は{yen(advice.investment_yen).ja}、全件転記に比べ年{saved.ja}の減。",
        )
        + others
    )


def _stays(advice: Advice) -> Text:
    """Why nothing is bought: what was asked for excludes it, or it does not earn what it costs."""
    stay = Text("Stay with transcription for every procedure: ", "全手続を画面からの転記のままとする。")
    excluded = {loss.why for package in advice.packages for loss in package.losses} & set(_EXCLUDED)
    if not excluded:
        return stay + Text(
            "at these volumes no other method earns what it costs.",
            "この件数では、他のどの方式も費用に見合わない。",
        )
    why = join([text for reason, text in _EXCLUDED.items() if reason in excluded])
    return stay + Text(f"{why.en}. Below stands what each would save.", f"{why.ja}。各方式の効果は下に示す。")


def caution(scenario: Scenario) -> Text | None:
    """What is to be said before anything is bought for filings that the rules from 2022 have done away with."""
    if scenario.file.demand.policy_year is PolicyYear.POST2022 or not scenario.report.post2022:
        return None
    return Text(
        "These volumes are of the filing rules until 2021, which ended before most of this could be written off. "
        f"{scenario.post2022_line('en')} For a purchase today, ask with --set demand.policy_year=post2022.",
        "この件数は2021年までの要件によるもので、投資を回収し終える前に要件が変わっている。"
        f"{scenario.post2022_line('ja')}現在の調達については --set demand.policy_year=post2022 で尋ねること。",
    )


def _buys(package: PackageAdvice) -> Text:
    name = PACKAGE_NAMES[package.core_system]
    methods = join([METHOD_NAMES[method] for method in package.acquired])
    return Text(
        f"{methods.en.lower() if methods.en != 'RPA' else methods.en} for {name.en}", f"{name.ja}は{methods.ja}"
    )


def period(one: ProcedureAdvice) -> Text:
    """Whether the standard processing period is kept."""
    if one.standard_days is None:
        return both("–")
    told = f"{days(one.days[one.method])} / {one.standard_days:,.0f}"
    if one.keeps[one.method]:
        return both(told)
    if not any(one.keeps.values()):
        return Text(f"{told} (no method helps)", f"{told} (方式では守れない)")
    return Text(f"{told} (missed)", f"{told} (超過)")


def traits(one: ProcedureAdvice, p_signed: float) -> Text:
    """手続の特性: what weighs on the method beside money."""
    found: list[Text] = []
    item, judged = one.procedure, traits_of(one.procedure.number)
    if judged.judgement:
        found.append(Text(f"judged: {judged.judgement}", f"判断: {judged.judgement_ja}"))
    if item.attachments.documents:
        names = [stem.replace("_", " ") for stem, _ in item.attachments.documents]
        names_ja = "・".join(name for _, name in item.attachments.documents)
        found.append(Text(f"read by eye: {', '.join(names)}", f"目視: {names_ja}"))
    if judged.urgent:
        found.append(Text("urgent", "急ぐ"))
    if item.signature is Signature.NONE:
        found.append(Text("unsigned: a clerk searches everybody", "署名なし: 全件を職員が検索"))
    elif item.signature is Signature.VARIES and p_signed < 1.0:
        share = f"{1.0 - p_signed:.0%}"
        found.append(Text(f"{share} unsigned", f"署名なし {share}"))
    return Text("; ".join(text.en for text in found), "、".join(text.ja for text in found)) if found else both("–")


def volume(one: ProcedureAdvice) -> Text:
    """What half and twice the volume would change."""
    if not one.sensitive:
        return Text("same", "同じ")
    half, double = METHOD_NAMES[one.at_half], METHOD_NAMES[one.at_double]
    return Text(f"{half.en} | {double.en}", f"{half.ja} | {double.ja}")


def chosen(package: PackageAdvice) -> Text:
    """The methods that a package's procedures take, that of most cases first."""
    weights: dict[LinkageMethod, float] = {}
    for one in package.procedures:
        weights[one.method] = weights.get(one.method, 0.0) + one.cases
    return join([METHOD_NAMES[method] for method in sorted(weights, key=lambda method: -weights[method])])


def leaves_from(one: ProcedureAdvice) -> str:
    """The least break-even count at which a procedure would leave transcription: alone / sharing the price."""
    from_one = [pair for pair in one.break_evens if pair.now is LinkageMethod.TRANSCRIPTION]
    return " / ".join(_least(from_one, shared=shared) for shared in (False, True))


def _least(pairs: Sequence[BreakEven], *, shared: bool) -> str:
    found = [count for pair in pairs for count in [pair.shared if shared else pair.alone] if count is not None]
    return cases(min(found)) if found else "–"
