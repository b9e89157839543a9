"""The catalogue holds the 31 procedures of the source document, in its order and wording."""

import pytest

from shinsei.domain.catalogue import (
    MUNICIPAL,
    PREFECTURAL,
    PROCEDURES,
    CoreSystem,
    Group,
    Procedure,
    procedure,
    procedure_by_key,
)
from shinsei.domain.errors import InvalidInputError

SOURCE_WORDING = (
    "児童手当等の受給資格及び児童手当の額についての認定請求 · 児童手当等の額の改定の請求及び届出 · "
    "氏名変更／住所変更等の届出 · 受給事由消滅の届出 · 未支払の児童手当等の請求 · 児童手当等に係る寄附の申出 · "
    "児童手当に係る寄附変更等の申出 · 受給資格者の申出による学校給食費等の徴収等の申出 · "
    "受給資格者の申出による学校給食費等の徴収等の変更等の申出 · 児童手当等の現況届 · 支給認定の申請 · "
    "保育施設等の利用申込 · 保育施設等の現況届 · 児童扶養手当の現況届の事前送信 · 妊娠の届出 · "
    "要介護・要支援認定の申請 · 要介護・要支援更新認定の申請 · 要介護・要支援状態区分変更認定の申請 · "
    "居宅(介護予防)サービス計画作成(変更)依頼の届出 · 介護保険負担割合証の再交付申請 · 被保険者証の再交付申請 · "
    "高額介護(予防)サービス費の支給申請 · 介護保険負担限度額認定申請 · 居宅介護(介護予防)福祉用具購入費の支給申請 · "
    "居宅介護(介護予防)住宅改修費の支給申請 · 住所移転後の要介護・要支援認定申請 · 罹災証明書の発行申請 · "
    "自動車税環境性能割の申告納付 · 自動車税の賦課徴収に関する事項の申告又は報告 · 自動車税住所変更届 · "
    "自動車の保管場所証明の申請"
)


def test_the_full_wording_is_the_sources_in_its_order() -> None:
    assert [item.name_ja for item in PROCEDURES] == SOURCE_WORDING.split(" · ")


def test_numbers_run_from_1_to_31_and_keys_are_unique() -> None:
    assert [item.number for item in PROCEDURES] == list(range(1, 32))
    assert len({item.key for item in PROCEDURES}) == 31
    assert len({item.short_ja for item in PROCEDURES}) == 31
    assert len({item.name_en for item in PROCEDURES}) == 31


def test_there_are_15_childcare_11_long_term_care_1_disaster_and_4_vehicle_procedures() -> None:
    counts = {group: sum(item.group is group for item in PROCEDURES) for group in Group}
    assert list(counts.values()) == [15, 11, 1, 4]
    assert (len(MUNICIPAL), len(PREFECTURAL)) == (27, 4)
    assert {item.group for item in PREFECTURAL} == {Group.VEHICLE}


@pytest.mark.parametrize("item", PROCEDURES, ids=lambda item: item.key)
def test_every_volume_has_its_mark_and_source(item: Procedure) -> None:
    assert item.volume_mark in {"F", "SRC", "M", "D", "A"}
    assert item.volume_source
    assert item.volume_per_100k >= 0


@pytest.mark.parametrize("item", PROCEDURES, ids=lambda item: item.key)
def test_a_seasons_months_average_to_one(item: Procedure) -> None:
    assert len(item.season.months) == 12
    assert sum(item.season.months) == pytest.approx(12.0)


def test_municipal_procedures_never_reach_a_prefectural_core_system() -> None:
    prefectural = {CoreSystem.VEHICLE_TAX, CoreSystem.PARKING_POLICE}
    assert {item.core_system for item in MUNICIPAL}.isdisjoint(prefectural)
    assert {item.core_system for item in PREFECTURAL} == prefectural


def test_disaster_certificates_come_only_where_a_scenario_says_so() -> None:
    assert procedure(27).volume_per_100k == 0


@pytest.mark.parametrize("number", [0, 32, -1, 1_000])
def test_an_unknown_number_is_refused(number: int) -> None:
    with pytest.raises(InvalidInputError, match="not in the catalogue"):
        procedure(number)


def test_a_procedure_is_found_by_key_or_number_and_a_misspelling_gets_a_hint() -> None:
    assert procedure_by_key("child_allowance_status_report") is procedure_by_key("10") is procedure(10)
    with pytest.raises(InvalidInputError, match="did you mean 'child_allowance_status_report'"):
        procedure_by_key("child_allowance_status_repot")
