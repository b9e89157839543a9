"""Why each method that was not chosen lost: what it would cost, from when it would pay, or what stands in its way."""

from collections.abc import Sequence
from dataclasses import replace

from shinsei.domain.advice.model import Loss, Question, Why
from shinsei.domain.advice.options import Market, Option, best, options
from shinsei.domain.advice.prospects import Prospect
from shinsei.domain.linkage_method import COMPARED_METHODS, LinkageMethod

_STEPS = 40
_MOST = 1e6
"""Cases of a package a year beyond which nothing is looked for."""
_EXACT = 1.0005


def losses(question: Question, market: Market, package: Sequence[Prospect], chosen: Option) -> tuple[Loss, ...]:
    """One loss a method that no procedure of the package takes, and that of transcribing everything."""
    taken = set(chosen.assigned.values())
    if chosen.acquired:
        taken.discard(LinkageMethod.TRANSCRIPTION)
    return tuple(_loss(question, market, package, chosen, method) for method in COMPARED_METHODS if method not in taken)


def _loss(
    question: Question, market: Market, package: Sequence[Prospect], chosen: Option, method: LinkageMethod
) -> Loss:
    offer = market.offers[method]
    if offer.obstacle is not None:
        on = offer.ready if offer.obstacle is Why.TOO_LATE else question.spec.standard_system_from
        return Loss(method=method, why=offer.obstacle, on=on)
    if method is LinkageMethod.TRANSCRIPTION:
        plain = best(options(market, package, frozenset()))
        why = Why.PERIOD if plain.misses > chosen.misses else Why.DEARER
        return Loss(method=method, why=why, extra_yen=plain.yearly_yen - chosen.yearly_yen)
    rival = rival_with(market, package, method)
    if rival is None:
        is_unfit = all(method in one.unfit for one in package)
        return Loss(method=method, why=Why.URGENT if is_unfit else Why.DEARER)
    extra = rival.yearly_yen - chosen.yearly_yen
    if rival.misses > chosen.misses:
        why = Why.PERIOD
    elif rival.rank < chosen.rank:
        why = Why.OVER_BUDGET
    else:
        why = Why.DEARER
    factor = pays_from(market, package, method, chosen.acquired) if why is Why.DEARER else None
    cases = sum(one.cases for one in package)
    return Loss(
        method=method,
        why=why,
        extra_yen=extra,
        investment_yen=rival.investment_yen,
        pays_from=None if factor is None else factor * cases,
    )


def rival_with(market: Market, package: Sequence[Prospect], method: LinkageMethod) -> Option | None:
    """The best choice that pays for this method alone and uses it; None where it is fit for nothing."""
    found = [option for option in options(market, package, frozenset({method})) if method in option.acquired]
    return best(iter(found)) if found else None


def pays_from(
    market: Market, package: Sequence[Prospect], method: LinkageMethod, acquired: Sequence[LinkageMethod]
) -> float | None:
    """From which multiple of today's volume a method is cheaper than what is chosen; None: at none that is looked for.

    Below the first crossing found by halving it is dearer; the costs are straight lines but for robots.
    """

    def cheaper(factor: float) -> bool:
        scaled = [one.scaled(factor) for one in package]
        rival = rival_with(market, scaled, method)
        now = best(options(market, scaled, frozenset(acquired)))
        return rival is not None and rival.yearly_yen < now.yearly_yen

    most = max(1.0, _MOST / sum(one.cases for one in package))
    if not cheaper(most):
        return None
    low, high = 1.0, most
    for _ in range(_STEPS):
        middle = (low * high) ** 0.5
        low, high = (low, middle) if cheaper(middle) else (middle, high)
        if high / low < _EXACT:
            break
    return high


def without_obstacles(market: Market) -> Market:
    """The market as if everything could be had, for comparison."""
    free = {method: replace(offer, obstacle=None) for method, offer in market.offers.items()}
    return replace(market, offers=free)
