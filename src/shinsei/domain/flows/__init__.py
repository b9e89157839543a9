"""The reception flow of a procedure before and after going online (付録1): who does what, and for how long.

Clerks' times are the means that the office itself works with, so a flow says what a run costs per case. The counter's
times, which no run reads, come on top where a scenario states them; the applicant's evening has none. The order of the
steps follows the source's appendix as far as it was read (受付, 本人確認, 内容確認); the rest is from memory [M].
Steps differ by the kind of procedure: what is attached, who files, who examines and how.
"""

from collections.abc import Iterator
from dataclasses import replace

from shinsei.domain.catalogue import PROCEDURES, CoreSystem, Group, Procedure, Signature
from shinsei.domain.flows.entry import LINKAGE_STEPS, keying_factor
from shinsei.domain.flows.identification import identification_steps
from shinsei.domain.flows.model import STAFF, Actor, CounterTimes, Flow, FlowStep
from shinsei.domain.linkage_method import COMPARED_METHODS, LinkageMethod
from shinsei.domain.run import OfficeSpec, RunSpec
from shinsei.domain.simtime import MINUTE_MS

__all__ = ["COVERED", "STAFF", "Actor", "CounterTimes", "Flow", "FlowStep", "flows", "kinds"]

COVERED = (Group.CHILDCARE, Group.LONG_TERM_CARE)
"""The source's appendix has the flows of these 26 procedures alone."""


def flows(run: RunSpec, procedure: Procedure, counter: CounterTimes | None = None) -> tuple[Flow, ...]:
    """The flow before, and after by each linkage method and the standard interface."""
    before = Flow(procedure=procedure, method=None, steps=tuple(_on_paper(run.office, procedure, counter)))
    after = (
        Flow(procedure=procedure, method=method, steps=tuple(_online(run, procedure, method)))
        for method in COMPARED_METHODS
    )
    return (before, *after)


def kinds(run: RunSpec, counter: CounterTimes | None = None) -> list[list[tuple[Flow, ...]]]:
    """The flows of all covered procedures, those with the same steps and times together."""
    found: dict[object, list[tuple[Flow, ...]]] = {}
    for item in PROCEDURES:
        if item.group in COVERED:
            ways = flows(run, item, counter)
            common = tuple(tuple(step for step in way.steps if not step.by_method) for way in ways[:2])
            found.setdefault(common, []).append(ways)
    return list(found.values())


def _preparation(procedure: Procedure) -> Iterator[FlowStep]:
    if procedure.group is Group.LONG_TERM_CARE:
        # Care managers file for their clients as a rule (介護保険法27条).
        yield FlowStep(
            name="asks a care manager to file, or files alone",
            name_ja="代行申請の依頼(居宅介護支援事業所等)または本人申請",
            actor=Actor.APPLICANT,
            mark="F",
        )
    if procedure.attachments.documents:
        names = "・".join(name for _, name in procedure.attachments.documents)
        yield FlowStep(name="gathers attachments", name_ja=f"添付書類の準備({names})", actor=Actor.APPLICANT)


def _on_paper(office: OfficeSpec, procedure: Procedure, counter: CounterTimes | None) -> Iterator[FlowStep]:
    yield from _preparation(procedure)
    yield from _at_the_counter(procedure, counter)
    keying = office.paper_keying_min.mean * keying_factor(office, procedure)
    yield FlowStep(name="keys it in from paper", name_ja="基幹システムへの入力", actor=Actor.CLERK, minutes=keying)
    if office.methods.transcription.second_check:
        minutes = office.paper_check_min.mean
        yield FlowStep(
            name="checks what was keyed", name_ja="入力内容の確認", actor=Actor.SECOND_CLERK, minutes=minutes
        )
    yield from _examination(office, procedure)
    notice = counter.notice if counter else None
    yield FlowStep(name="sends the notice", name_ja="結果の通知", actor=Actor.CLERK, minutes=notice, counters=True)


def _at_the_counter(procedure: Procedure, counter: CounterTimes | None) -> Iterator[FlowStep]:
    yield FlowStep(name="fills in the form", name_ja="申請書の作成", actor=Actor.APPLICANT)
    yield FlowStep(name="brings or mails it", name_ja="窓口への提出・郵送", actor=Actor.APPLICANT)
    steps = (
        ("accepts it, date stamp", "受理(受付印)", counter.acceptance if counter else None, "M"),
        ("looks at an identity card", "本人確認(目視)", counter.identity if counter else None, "M"),
        ("checks the content", _content_ja(procedure), counter.content if counter else None, "F"),
    )
    for name, name_ja, minutes, mark in steps:
        yield FlowStep(name=name, name_ja=name_ja, actor=Actor.COUNTER, minutes=minutes, counters=True, mark=mark)


def _online(run: RunSpec, procedure: Procedure, method: LinkageMethod) -> Iterator[FlowStep]:
    yield from _preparation(procedure)
    yield FlowStep(name="fills in the online form", name_ja="電子申請フォームの入力", actor=Actor.APPLICANT)
    if procedure.signature is not Signature.NONE:
        yield FlowStep(name="signs with the My Number card", name_ja="電子署名", actor=Actor.APPLICANT)
    yield FlowStep(name="form check and receipt number", name_ja="形式チェック・受付番号", actor=Actor.SYSTEM, mark="F")
    if procedure.signature is not Signature.NONE:
        yield FlowStep(name="verifies the signature", name_ja="署名検証(国)", actor=Actor.SYSTEM, mark="SRC")
    wait = run.poll.interval_ms / MINUTE_MS / 2
    yield FlowStep(name="is fetched at the next poll", name_ja="取り込み(連携サーバ)", actor=Actor.SYSTEM, minutes=wait)
    yield from identification_steps(run, procedure)
    found = 1.0 - run.identification.p_stranger
    yield from (replace(step, share=step.share * found) for step in _once_identified(run, procedure, method))


def _once_identified(run: RunSpec, procedure: Procedure, method: LinkageMethod) -> Iterator[FlowStep]:
    office = run.office
    yield FlowStep(
        name="checks the content",
        name_ja=_content_ja(procedure),
        actor=Actor.CLERK,
        minutes=office.content_check_min.mean,
        mark="F",
    )
    yield from _correction(run, procedure)
    yield from (replace(step, by_method=True) for step in LINKAGE_STEPS[method](office, procedure))
    yield from _examination(office, procedure)
    minutes = office.result_entry_min.mean
    yield FlowStep(
        name="keys the result into application management",
        name_ja="処理結果の入力(申請管理)",
        actor=Actor.CLERK,
        minutes=minutes,
        mark="F",
    )
    yield FlowStep(name="sends the notice", name_ja="結果の通知", actor=Actor.CLERK, minutes=office.notice_min.mean)


def _content_ja(procedure: Procedure) -> str:
    """Attachments are read by eye, on paper as on a screen."""
    return "内容確認(添付書類の目視を含む)" if procedure.attachments.documents else "内容確認"


def _correction(run: RunSpec, procedure: Procedure) -> Iterator[FlowStep]:
    """The first request to mend a filing; what the portal's form check refuses costs the applicant alone."""
    if run.defects is None or run.corrections is None:
        return
    without = run.defects.share_without_preset
    rate = (1.0 - without) * run.defects.rate_of(procedure.number) + without * run.defects.rate_without_preset
    share = rate * (1.0 - run.defects.found_by_form_check)
    if share > 0.0:
        yield FlowStep(
            name="asks for a correction",
            name_ja="補正の依頼",
            actor=Actor.CLERK,
            minutes=run.corrections.request_min.mean,
            share=share,
        )


_EXAMINATIONS = {
    CoreSystem.CHILD_ALLOWANCE: (("income and residence inquiries, decision", "所得・住基等の照会、審査・決裁", "M"),),
    CoreSystem.CHILDCARE_SUPPORT: (("certifies the need, decision", "支給認定の審査・決裁", "M"),),
    CoreSystem.CHILD_REARING_ALLOWANCE: (("interview, examination and decision", "面談、審査・決裁", "F"),),
    CoreSystem.HEALTH: (("interview, handbook", "面談・母子健康手帳の交付", "M"),),
}
"""What follows the registration, by core system: English, Japanese, mark."""
_BOARD = (
    ("visits and surveys; the doctor gives an opinion", "認定調査・主治医意見書", "F"),
    ("the certification board decides", "介護認定審査会・認定", "F"),
)
_ALLOTMENT = (
    ("certifies the need", "支給認定", "M"),
    ("allots the places, decision", "利用調整・決裁", "M"),
)
_ELSEWHERE = (("examination and decision", "審査・決裁", "M"),)
_PLAIN = (("confirms and approves", "確認・決裁", "M"),)
_BY_PROCEDURE = {
    **dict.fromkeys((16, 17, 18), _BOARD),
    12: _ALLOTMENT,
    **dict.fromkeys((3, 4, 6, 7, 8, 9), _PLAIN),
}
"""Where it differs from the core system's. Certifications alone go to the board; after a move the former one is taken
over [M]. Places are allotted to who applies for one. A name, an end, a gift or school meals need no inquiry [M]."""


def _examination(office: OfficeSpec, procedure: Procedure) -> Iterator[FlowStep]:
    """Who examines; the days of the whole stand at its last step."""
    steps = _BY_PROCEDURE.get(procedure.number) or _EXAMINATIONS.get(procedure.core_system, _ELSEWHERE)
    days = office.examination_of(procedure)
    for place, (name, name_ja, mark) in enumerate(steps, start=1):
        yield FlowStep(
            name=name,
            name_ja=name_ja,
            actor=Actor.EXAMINER,
            days=days.mean if days is not None and place == len(steps) else None,
            mark=mark,
        )
