"""How a case is entered into the core system: the part of a reception flow that depends on the linkage method."""

from collections.abc import Callable, Iterator, Mapping

from shinsei.domain.catalogue import Procedure
from shinsei.domain.flows.model import Actor, FlowStep
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import OfficeSpec

_SECONDS = 60.0


def keying_factor(office: OfficeSpec, procedure: Procedure) -> float:
    """How much longer than usual the procedure's form takes to key."""
    return dict(office.keying_factors).get(procedure.number, 1.0)


def _keyed(office: OfficeSpec, procedure: Procedure, share: float) -> Iterator[FlowStep]:
    """Transcription of these cases, by one clerk, and the check by another."""
    spec = office.methods.transcription
    keying = spec.keying_min.mean * keying_factor(office, procedure)
    yield FlowStep(
        name="keys it in from the screen", name_ja="画面からの転記", actor=Actor.CLERK, minutes=keying, share=share
    )
    if spec.second_check:
        minutes = spec.check_min.mean
        yield FlowStep(
            name="checks what was keyed",
            name_ja="入力内容の確認",
            actor=Actor.SECOND_CLERK,
            minutes=minutes,
            share=share,
        )


def _transcription(office: OfficeSpec, procedure: Procedure) -> Iterator[FlowStep]:
    yield from _keyed(office, procedure, 1.0)


def _rpa(office: OfficeSpec, procedure: Procedure) -> Iterator[FlowStep]:
    spec = office.methods.rpa
    works = 1.0 - spec.p_exception
    minutes = spec.machine_s.mean / _SECONDS
    yield FlowStep(name="keys it in by robot", name_ja="RPAによる入力", actor=Actor.ROBOT, minutes=minutes, mark="SRC")
    yield FlowStep(
        name="looks at what the robot keyed",
        name_ja="RPA結果の確認",
        actor=Actor.CLERK,
        minutes=spec.review_min.mean,
        share=works,
    )
    yield from _keyed(office, procedure, spec.p_exception)


def _screen_import(office: OfficeSpec, procedure: Procedure) -> Iterator[FlowStep]:
    spec = office.methods.screen_import
    minutes = spec.staff_min.mean
    yield FlowStep(
        name="imports, confirms and saves",
        name_ja="画面取込・確認・登録",
        actor=Actor.CLERK,
        minutes=minutes,
        mark="SRC",
    )
    yield from _keyed(office, procedure, spec.p_exception)


def _batch_import(office: OfficeSpec, procedure: Procedure) -> Iterator[FlowStep]:
    spec = office.methods.batch_import
    minutes = spec.per_record_s.mean / _SECONDS
    yield FlowStep(name="imports the file", name_ja="一括取込", actor=Actor.SYSTEM, minutes=minutes, mark="SRC")
    review = spec.review_min_per_record.mean
    yield FlowStep(name="goes through the result list", name_ja="取込結果の確認", actor=Actor.CLERK, minutes=review)
    yield from _keyed(office, procedure, spec.p_reject)


def _standard_api(office: OfficeSpec, procedure: Procedure) -> Iterator[FlowStep]:
    spec = office.methods.standard_api
    minutes = spec.machine_s.mean / _SECONDS
    yield FlowStep(
        name="takes it over by the interface", name_ja="標準IF連携", actor=Actor.SYSTEM, minutes=minutes, mark="F"
    )
    yield from _keyed(office, procedure, spec.p_exception)


LINKAGE_STEPS: Mapping[LinkageMethod, Callable[[OfficeSpec, Procedure], Iterator[FlowStep]]] = {
    LinkageMethod.TRANSCRIPTION: _transcription,
    LinkageMethod.RPA: _rpa,
    LinkageMethod.SCREEN_IMPORT: _screen_import,
    LinkageMethod.BATCH_IMPORT: _batch_import,
    LinkageMethod.STANDARD_API: _standard_api,
}
"""The steps of a case in the core system's entry, by method."""
