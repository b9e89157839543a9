"""The reception flow says per case what the office costs per case."""

from dataclasses import replace

import pytest

from shinsei.domain.catalogue import PROCEDURES, Signature, procedure
from shinsei.domain.flows import COVERED as GROUPS
from shinsei.domain.flows import Actor, flows, kinds
from shinsei.domain.linkage_method import COMPARED_METHODS, LinkageMethod
from shinsei.domain.plan import VirtualRun
from shinsei.domain.run import IdentificationSpec, RunSpec
from shinsei.domain.simtime import DAY_MS, SimTime
from shinsei.scenario import load

REPORT = procedure(10)
COVERED = [item for item in PROCEDURES if item.group in GROUPS]


def a_season(method: LinkageMethod) -> RunSpec:
    """The demonstration's office with clerks enough, the season alone, all of it online, and no screen change."""
    overrides = (
        "municipality.population=20000",
        "demand.online_share=1.0",
        "demand.background_scale=0",
        "office.clerks=30",
        "office.login_seats=40",
        "methods.rpa.ui_changes=[]",
        "methods.rpa.stops_per_h=0",
    )
    return load("child-allowance-status-report", overrides).run_spec("flows", method)


@pytest.mark.parametrize("method", COMPARED_METHODS)
def test_a_flow_costs_what_the_office_works(method: LinkageMethod) -> None:
    """The means of one and the average of the other, over 1,400 cases."""
    spec = a_season(method)
    done = VirtualRun(spec)
    done.advance(SimTime(spec.end + 30 * DAY_MS))
    report = done.report()
    assert report.unfinished_cases == 0
    worked = sum(report.staff_minutes.values()) / report.registered
    (flow,) = [one for one in flows(spec, REPORT) if one.method is method]
    assert flow.staff_minutes == pytest.approx(worked, rel=0.04)


@pytest.mark.parametrize("item", COVERED, ids=lambda item: item.key)
def test_every_procedure_has_a_way_on_paper_and_five_online(item: object) -> None:
    number = item.number  # type: ignore[attr-defined]
    found = flows(a_season(LinkageMethod.RPA), procedure(number))
    assert [flow.method for flow in found] == [None, *COMPARED_METHODS]
    for flow in found:
        assert flow.steps[0].actor is Actor.APPLICANT
        assert all(step.name and step.name_ja and 0.0 < step.share <= 1.0 for step in flow.steps)
        assert all(step.mark in ("F", "SRC", "M") for step in flow.steps)
    signs = any(step.name_ja == "電子署名" for step in found[1].steps)
    assert signs is (procedure(number).signature is not Signature.NONE)


def test_a_longer_form_takes_longer_to_key_on_every_way_that_keys() -> None:
    spec = a_season(LinkageMethod.RPA)
    twice = replace(spec, office=replace(spec.office, keying_factors=((10, 2.0),)))
    for plain, longer in zip(flows(spec, REPORT), flows(twice, REPORT), strict=True):
        assert longer.staff_minutes > plain.staff_minutes


def test_who_cannot_sign_is_searched_by_a_clerk() -> None:
    """Procedure 14 is sent without a signature, so that no serial number leads to the applicant."""
    search = {
        number: next(
            step.share
            for step in flows(a_season(LinkageMethod.RPA), procedure(number))[1].steps
            if "searches" in step.name
        )
        for number in (1, 10, 14)
    }
    assert search[1] < search[10] < search[14] == 1.0


def test_the_appendix_covers_26_procedures_each_in_one_kind() -> None:
    assert len(COVERED) == 26
    told = [one[0].procedure.number for kind in kinds(a_season(LinkageMethod.RPA)) for one in kind]
    assert sorted(told) == list(range(1, 27))
    assert len(told) == len(set(told))


def test_steps_differ_by_the_kind_of_procedure() -> None:
    def names(number: int) -> str:
        return "・".join(step.name_ja for step in flows(a_season(LinkageMethod.RPA), procedure(number))[0].steps)

    assert "介護認定審査会" in names(17)
    assert "代行申請" in names(17)
    assert "審査会" not in names(21)
    assert "利用調整" in names(12)
    assert "就労証明書" in names(12)
    assert "目視" not in names(2).replace("本人確認(目視)", "")
    assert "面談" in names(14)


def test_the_entry_alone_depends_on_the_method() -> None:
    paper, *online = flows(a_season(LinkageMethod.RPA), REPORT)
    assert not any(step.by_method for step in paper.steps)
    assert len({tuple(step for step in way.steps if not step.by_method) for way in online}) == 1
    linkage = {way.method: way.linkage_minutes for way in online}
    assert linkage[LinkageMethod.TRANSCRIPTION] == 12.0
    assert linkage[LinkageMethod.BATCH_IMPORT] == pytest.approx(0.75 + 0.03 * 12.0)


def test_corrections_are_in_a_flow_where_the_scenario_has_them() -> None:
    def share(name: str) -> float:
        steps = flows(load(name).run_specs("flows")[0], REPORT)[1].steps
        return sum(step.share for step in steps if step.name == "asks for a correction")

    assert share("child-allowance-status-report") == 0.0
    assert 0.0 < share("corrections") < 1.0


def shares(spec: RunSpec, number: int) -> dict[str, float]:
    return {step.name: step.share for step in flows(spec, procedure(number))[1].steps}


def test_proxies_and_strangers_are_in_a_flow_as_the_run_draws_them() -> None:
    spec = a_season(LinkageMethod.TRANSCRIPTION)
    people = IdentificationSpec(p_proxy=0.1, p_care_proxy=0.5, p_insured_number_wrong=0.2, p_stranger=0.04)
    plain, mixed = shares(spec, 1), shares(replace(spec, identification=people), 1)
    found = plain["identifies the applicant by serial number"]
    assert mixed["identifies the applicant by serial number"] == pytest.approx(found * 0.86)
    assert mixed["searches the applicant"] == pytest.approx(1.0 - found * 0.86)
    assert mixed["finds nobody, does not accept it"] == 0.04
    assert mixed["keys it in from the screen"] == mixed["sends the notice"] == pytest.approx(0.96)
    care = shares(replace(spec, identification=people), 17)
    assert care["identifies the person by insured number"] == pytest.approx(0.4)
    assert "identifies the person by insured number" not in mixed


def test_a_flow_with_proxies_strangers_and_variants_costs_what_the_office_works() -> None:
    people = IdentificationSpec(p_proxy=0.3, p_stranger=0.2, p_variant=0.5, variant_factor=3.0)
    spec = replace(a_season(LinkageMethod.BATCH_IMPORT), identification=people)
    done = VirtualRun(spec)
    done.advance(SimTime(spec.end + 30 * DAY_MS))
    report = done.report()
    assert report.not_accepted > 0
    worked = sum(report.staff_minutes.values()) / (report.registered + report.not_accepted)
    (flow,) = [one for one in flows(spec, REPORT) if one.method is LinkageMethod.BATCH_IMPORT]
    assert flow.staff_minutes == pytest.approx(worked, rel=0.04)
