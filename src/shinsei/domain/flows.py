"""The reception flow of a procedure before and after going online (付録1): who does what, and for how long.

Clerks' times are the means that the office itself works with, so a flow says what a run costs per case. What the
model gives no time to (the applicant's evening, the counter's date stamp) has none here either. The order of the
steps follows the source's appendix as far as it was read (受付, 本人確認, 内容確認); the rest is from memory [M].
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from shinsei.domain.catalogue import CoreSystem, Procedure, Signature
from shinsei.domain.linkage_method import COMPARED_METHODS, LinkageMethod
from shinsei.domain.run import OfficeSpec, RunSpec
from shinsei.domain.simtime import MINUTE_MS

_SECONDS = 60.0


class Actor(StrEnum):
    """Who does a step."""

    APPLICANT = "applicant"
    """申請者."""
    COUNTER = "counter"
    """窓口の職員."""
    CLERK = "clerk"
    """担当課の職員."""
    SECOND_CLERK = "second clerk"
    """別の職員による確認."""
    ROBOT = "robot"
    SYSTEM = "system"
    """国のシステム、連携サーバ、申請管理、基幹システム."""
    EXAMINER = "examiner"
    """審査: outside the division's clerks."""


STAFF = frozenset({Actor.COUNTER, Actor.CLERK, Actor.SECOND_CLERK})
"""Whose minutes count as staff work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowStep:
    """One step of a reception flow."""

    name: str
    name_ja: str
    actor: Actor
    minutes: float | None = None
    """Mean handling minutes per case, where the model has one; days of an examination are not among them."""
    share: float = 1.0
    """Share of the cases that take this step."""
    mark: str = "M"
    """Of the step; the minutes have the mark of the scenario's parameter."""

    @property
    def staff_minutes(self) -> float:
        """Expected minutes of a clerk per case."""
        return (self.minutes or 0.0) * self.share if self.actor in STAFF else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A procedure's flow on one way: on paper, or online by one linkage method."""

    procedure: Procedure
    method: LinkageMethod | None
    """None: on paper, at the counter or by mail."""
    steps: tuple[FlowStep, ...]

    @property
    def staff_minutes(self) -> float:
        """Expected minutes of clerks per case."""
        return sum(step.staff_minutes for step in self.steps)


def flows(run: RunSpec, procedure: Procedure) -> tuple[Flow, ...]:
    """The flow before, and after by each linkage method and the standard interface."""
    before = Flow(procedure=procedure, method=None, steps=tuple(_on_paper(run.office, procedure)))
    after = (
        Flow(procedure=procedure, method=method, steps=tuple(_online(run, procedure, method)))
        for method in COMPARED_METHODS
    )
    return (before, *after)


def _preparation(procedure: Procedure) -> Iterator[FlowStep]:
    if procedure.attachments.documents:
        names = "・".join(name for _, name in procedure.attachments.documents)
        yield FlowStep(name="gathers attachments", name_ja=f"添付書類の準備({names})", actor=Actor.APPLICANT)


def _on_paper(office: OfficeSpec, procedure: Procedure) -> Iterator[FlowStep]:
    yield FlowStep(name="fills in the form", name_ja="申請書の作成", actor=Actor.APPLICANT)
    yield from _preparation(procedure)
    yield FlowStep(name="brings or mails it", name_ja="窓口への提出・郵送", actor=Actor.APPLICANT)
    yield FlowStep(name="accepts it, date stamp", name_ja="受理(受付印)", actor=Actor.COUNTER)
    yield FlowStep(name="looks at an identity card", name_ja="本人確認(目視)", actor=Actor.COUNTER)
    keying = office.paper_keying_min.mean * _factor(office, procedure)
    yield FlowStep(name="keys it in from paper", name_ja="基幹システムへの入力", actor=Actor.CLERK, minutes=keying)
    if office.methods.transcription.second_check:
        minutes = office.paper_check_min.mean
        yield FlowStep(
            name="checks what was keyed", name_ja="入力内容の確認", actor=Actor.SECOND_CLERK, minutes=minutes
        )
    yield from _examination(procedure)
    yield FlowStep(name="sends the notice", name_ja="結果の通知", actor=Actor.CLERK)


def _online(run: RunSpec, procedure: Procedure, method: LinkageMethod) -> Iterator[FlowStep]:
    office = run.office
    yield FlowStep(name="fills in the online form", name_ja="電子申請フォームの入力", actor=Actor.APPLICANT)
    yield from _preparation(procedure)
    if procedure.signature is not Signature.NONE:
        yield FlowStep(name="signs with the My Number card", name_ja="電子署名", actor=Actor.APPLICANT)
    yield FlowStep(name="form check and receipt number", name_ja="形式チェック・受付番号", actor=Actor.SYSTEM, mark="F")
    if procedure.signature is not Signature.NONE:
        yield FlowStep(name="verifies the signature", name_ja="署名検証(国)", actor=Actor.SYSTEM, mark="SRC")
    wait = run.poll.interval_ms / MINUTE_MS / 2
    yield FlowStep(name="is fetched at the next poll", name_ja="取り込み(連携サーバ)", actor=Actor.SYSTEM, minutes=wait)
    unidentified = _unidentified(run, procedure)
    if unidentified < 1.0:
        yield FlowStep(
            name="identifies the applicant by serial number",
            name_ja="シリアル番号による申請者特定",
            actor=Actor.SYSTEM,
            share=1.0 - unidentified,
            mark="SRC",
        )
    yield FlowStep(
        name="searches the applicant",
        name_ja="申請者の検索(職員)",
        actor=Actor.CLERK,
        minutes=office.manual_identification_min.mean,
        share=unidentified,
    )
    yield FlowStep(
        name="checks the content",
        name_ja="内容確認",
        actor=Actor.CLERK,
        minutes=office.content_check_min.mean,
        mark="F",
    )
    yield from _LINKAGE[method](office, procedure)
    yield from _examination(procedure)
    minutes = office.result_entry_min.mean
    yield FlowStep(
        name="keys the result into application management",
        name_ja="処理結果の入力(申請管理)",
        actor=Actor.CLERK,
        minutes=minutes,
        mark="F",
    )
    yield FlowStep(name="sends the notice", name_ja="結果の通知", actor=Actor.CLERK, minutes=office.notice_min.mean)


_EXAMINATIONS = {
    CoreSystem.LONG_TERM_CARE: "認定調査・主治医意見書・審査会",
    CoreSystem.CHILDCARE_SUPPORT: "支給認定・利用調整",
    CoreSystem.HEALTH: "面談",
    CoreSystem.CHILD_REARING_ALLOWANCE: "面談・審査",
    CoreSystem.DISASTER_VICTIMS: "被害調査",
}


def _examination(procedure: Procedure) -> Iterator[FlowStep]:
    name_ja = _EXAMINATIONS.get(procedure.core_system, "審査・決裁")
    yield FlowStep(name="examination and decision", name_ja=name_ja, actor=Actor.EXAMINER)


def _factor(office: OfficeSpec, procedure: Procedure) -> float:
    return dict(office.keying_factors).get(procedure.number, 1.0)


def _unidentified(run: RunSpec, procedure: Procedure) -> float:
    """Share whom the serial number does not find: no signature, or a certificate newer than the copy."""
    signed = {
        Signature.REQUIRED: 1.0,
        Signature.VARIES: run.demand.p_signed_where_varies,
        Signature.NONE: 0.0,
    }[procedure.signature]
    # A fresh certificate's age is even over fresh_within, and the last refresh lies half an interval back on average.
    registry = run.registry
    stale = registry.p_fresh_certificate * min(1.0, registry.refresh_every_ms / 2 / max(1, registry.fresh_within_ms))
    return 1.0 - signed * (1.0 - stale)


def _keyed(office: OfficeSpec, procedure: Procedure, share: float) -> Iterator[FlowStep]:
    """Transcription of these cases, by one clerk, and the check by another."""
    spec = office.methods.transcription
    keying = spec.keying_min.mean * _factor(office, procedure)
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


_LINKAGE = {
    LinkageMethod.TRANSCRIPTION: _transcription,
    LinkageMethod.RPA: _rpa,
    LinkageMethod.SCREEN_IMPORT: _screen_import,
    LinkageMethod.BATCH_IMPORT: _batch_import,
    LinkageMethod.STANDARD_API: _standard_api,
}
