"""The advice as JSON."""

from datetime import date
from math import isinf
from typing import Any

from shinsei.domain.advice import Advice, BreakEven, Loss, PackageAdvice, ProcedureAdvice, Question, Way
from shinsei.scenario import Scenario
from shinsei.season.advice.reasons import reason
from shinsei.season.advice.words import answer, caution, traits

SCHEMA = 1


def content(scenario: Scenario, question: Question, advice: Advice) -> dict[str, Any]:
    """Everything that the page says, for programs; yen are whole, days that do not end are null."""
    told, warned = answer(advice), caution(scenario)
    return {
        "schema": SCHEMA,
        "scenario": scenario.name,
        "answer": {"en": told.en, "ja": told.ja},
        "caution": warned and {"en": warned.en, "ja": warned.ja},
        "question": {
            "budget_yen": question.budget_yen,
            "ready_by": _iso(question.ready_by),
            "horizon_years": question.years,
            "decided_on": _iso(question.spec.decided_on),
            "budget_from": _iso(question.spec.budget_from),
            "standard_system_from": _iso(question.spec.standard_system_from),
            "subsidised_share": advice.subsidised_share,
            "planned": bool(question.planned_days),
        },
        "investment_yen": round(advice.investment_yen),
        "yearly_yen": round(advice.yearly_yen),
        "transcription_yen": round(advice.transcription_yen),
        "packages": [_package(one) for one in advice.packages],
        "procedures": [_procedure(one, question, advice) for one in advice.procedures],
    }


def _iso(when: date | None) -> str | None:
    return None if when is None else when.isoformat()


def _package(one: PackageAdvice) -> dict[str, Any]:
    return {
        "core_system": one.core_system,
        "cases": round(one.cases, 1),
        "acquired": list(one.acquired),
        "investment_yen": round(one.investment_yen),
        "yearly_yen": round(one.yearly_yen),
        "transcription_yen": round(one.transcription_yen),
        "ready": _iso(one.ready),
        "ways": [_way(way) for way in one.ways],
        "losses": [_loss(loss, one) for loss in one.losses],
    }


def _way(way: Way) -> dict[str, Any]:
    return {
        "method": way.method,
        "available": way.available,
        "yearly_yen": round(way.yearly_yen),
        "labour_yen": round(way.labour_yen),
        "investment_yen": round(way.investment_yen),
        "investment_a_year_yen": round(way.investment_a_year_yen),
        "running_yen": round(way.running_yen),
    }


def _loss(loss: Loss, package: PackageAdvice) -> dict[str, Any]:
    told = reason(loss, package)
    return {
        "method": loss.method,
        "why": loss.why,
        "extra_yen": None if loss.extra_yen is None else round(loss.extra_yen),
        "pays_from_cases": None if loss.pays_from is None else round(loss.pays_from),
        "on": _iso(loss.on),
        "en": told.en,
        "ja": told.ja,
    }


def _procedure(one: ProcedureAdvice, question: Question, advice: Advice) -> dict[str, Any]:
    item = one.procedure
    subsidised = advice.with_subsidy.get(item.number)
    return {
        "number": item.number,
        "key": item.key,
        "name_ja": item.short_ja,
        "core_system": item.core_system,
        "cases": round(one.cases, 1),
        "method": one.method,
        "yearly_yen": round(one.yearly_yen),
        "transcription_yen": round(one.transcription_yen),
        "minutes": {method: round(minutes, 2) for method, minutes in one.minutes.items()},
        "days": {method: None if isinf(lasted) else round(lasted, 2) for method, lasted in one.days.items()},
        "planned": one.planned,
        "standard_days": one.standard_days,
        "keeps_period": dict(one.keeps),
        "unfit": sorted(one.unfit),
        "extra_look_share": round(one.extra_look_share, 3),
        "traits": traits(one, question.run.demand.p_signed_where_varies).en,
        "break_evens": [_break_even(pair) for pair in one.break_evens],
        "at_half_volume": one.at_half,
        "at_double_volume": one.at_double,
        "with_subsidy": subsidised,
    }


def _break_even(pair: BreakEven) -> dict[str, Any]:
    return {
        "now": pair.now,
        "then": pair.then,
        "alone_cases": None if pair.alone is None else round(pair.alone),
        "shared_cases": None if pair.shared is None else round(pair.shared),
    }
