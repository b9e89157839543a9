"""The 31 procedures of the source document (総務省「自治体DXの推進について」令和3年11月18日), in its order.

``name_ja`` is its wording. Volumes are assumptions; numbers 1 and 2 are anchored on 呉市's published counts
of fiscal 2022 (815 and 466 in a city of about 208,000).
"""

from shinsei.domain.catalogue import seasons
from shinsei.domain.catalogue.model import (
    AttachmentProfile,
    CoreSystem,
    Group,
    Level,
    Procedure,
    SeasonProfile,
    Signature,
)

_ASSUMED = ("A", "typical value, nobody published it")
_KURE = ("A", "anchored on 呉市 FY2022, city.kure.lg.jp/soshiki/36/onlinekouhyou.html")
_RARE = ("A", "fewer than one a year")
_STATUS = ("A", "rules from 2022: 100 to 400; before 2022 every recipient, 5,000 to 9,000")
_BURST = ("A", "only where a scenario says so; 20 to 30 % of the households in 30 days in a town that is hit")
_PREFECTURE = ("A", "order of magnitude only, per 100,000 people of a prefecture")

_NONE = seasons.NO_ATTACHMENT


def _childcare(
    number: int,
    names: tuple[str, str, str, str],
    season: SeasonProfile,
    volume: float,
    source: tuple[str, str] = _ASSUMED,
    *,
    attachments: AttachmentProfile = _NONE,
    core_system: CoreSystem = CoreSystem.CHILD_ALLOWANCE,
    signature: Signature = Signature.REQUIRED,
) -> Procedure:
    return _procedure(
        number,
        names,
        (Group.CHILDCARE, Level.MUNICIPAL, core_system, signature),
        (attachments, season),
        (volume, *source),
    )


def _care(
    number: int,
    names: tuple[str, str, str, str],
    season: SeasonProfile,
    volume: float,
    attachments: AttachmentProfile = _NONE,
) -> Procedure:
    place = (Group.LONG_TERM_CARE, Level.MUNICIPAL, CoreSystem.LONG_TERM_CARE, Signature.VARIES)
    return _procedure(number, names, place, (attachments, season), (volume, *_ASSUMED))


def _vehicle(number: int, names: tuple[str, str, str, str], core_system: CoreSystem, volume: float) -> Procedure:
    place = (Group.VEHICLE, Level.PREFECTURAL, core_system, Signature.VARIES)
    return _procedure(number, names, place, (_NONE, seasons.MARCH), (volume, *_PREFECTURE))


def _procedure(
    number: int,
    names: tuple[str, str, str, str],
    place: tuple[Group, Level, CoreSystem, Signature],
    profiles: tuple[AttachmentProfile, SeasonProfile],
    volume: tuple[float, str, str],
) -> Procedure:
    key, name_ja, short_ja, name_en = names
    group, level, core_system, signature = place
    attachments, season = profiles
    return Procedure(
        number=number,
        key=key,
        name_ja=name_ja,
        short_ja=short_ja,
        name_en=name_en,
        group=group,
        level=level,
        core_system=core_system,
        signature=signature,
        attachments=attachments,
        season=season,
        volume_per_100k=volume[0],
        volume_mark=volume[1],
        volume_source=volume[2],
    )


_CHILD_ALLOWANCE = (
    _childcare(
        1,
        (
            "child_allowance_claim",
            "児童手当等の受給資格及び児童手当の額についての認定請求",
            "児童手当 認定請求",
            "Child allowance eligibility claim",
        ),
        seasons.BIRTHS_AND_MOVES,
        390,
        _KURE,
        attachments=seasons.INSURANCE_AND_ACCOUNT,
    ),
    _childcare(
        2,
        (
            "child_allowance_revision",
            "児童手当等の額の改定の請求及び届出",
            "児童手当 額改定請求・届",
            "Child allowance amount revision",
        ),
        seasons.FLAT,
        225,
        _KURE,
    ),
    _childcare(
        3,
        (
            "child_allowance_address_change",
            "氏名変更／住所変更等の届出",
            "児童手当 氏名・住所変更等届",
            "Child allowance change of name or address",
        ),
        seasons.MOVES,
        50,
    ),
    _childcare(
        4,
        (
            "child_allowance_end",
            "受給事由消滅の届出",
            "児童手当 受給事由消滅届",
            "Child allowance end of entitlement",
        ),
        seasons.MOVES,
        130,
    ),
    _childcare(
        5,
        (
            "child_allowance_unpaid_claim",
            "未支払の児童手当等の請求",
            "児童手当 未支払請求",
            "Unpaid child allowance claim",
        ),
        seasons.FLAT,
        5,
        attachments=seasons.DEATH_AND_ACCOUNT,
    ),
    _childcare(
        6,
        (
            "child_allowance_donation",
            "児童手当等に係る寄附の申出",
            "児童手当 寄附の申出",
            "Child allowance donation offer",
        ),
        seasons.PRE_PAYMENT,
        0.5,
        _RARE,
    ),
    _childcare(
        7,
        (
            "child_allowance_donation_change",
            "児童手当に係る寄附変更等の申出",
            "児童手当 寄附変更等",
            "Child allowance donation change",
        ),
        seasons.FLAT,
        0.5,
        _RARE,
    ),
    _childcare(
        8,
        (
            "school_meal_deduction",
            "受給資格者の申出による学校給食費等の徴収等の申出",
            "学校給食費等徴収の申出",
            "School-meal deduction consent",
        ),
        seasons.APRIL,
        6,
    ),
    _childcare(
        9,
        (
            "school_meal_deduction_change",
            "受給資格者の申出による学校給食費等の徴収等の変更等の申出",
            "学校給食費等徴収の変更",
            "School-meal deduction change",
        ),
        seasons.FLAT,
        0.5,
        _RARE,
    ),
    _childcare(
        10,
        ("child_allowance_status_report", "児童手当等の現況届", "児童手当 現況届", "Child allowance status report"),
        seasons.JUNE,
        250,
        _STATUS,
        attachments=seasons.SEPARATE_LIVING,
        signature=Signature.VARIES,
    ),
)

_OTHER_CHILDCARE = (
    _childcare(
        11,
        ("childcare_certification", "支給認定の申請", "支給認定申請", "Childcare benefit certification"),
        seasons.NURSERY,
        900,
        attachments=seasons.EMPLOYMENT,
        core_system=CoreSystem.CHILDCARE_SUPPORT,
    ),
    _childcare(
        12,
        ("nursery_place_application", "保育施設等の利用申込", "保育施設等利用申込", "Nursery place application"),
        seasons.NURSERY,
        550,
        attachments=seasons.EMPLOYMENT_AND_HEALTH,
        core_system=CoreSystem.CHILDCARE_SUPPORT,
    ),
    _childcare(
        13,
        ("nursery_status_report", "保育施設等の現況届", "保育施設等現況届", "Nursery status report"),
        seasons.JUNE_TO_OCTOBER,
        1_500,
        attachments=seasons.EMPLOYMENT,
        core_system=CoreSystem.CHILDCARE_SUPPORT,
        signature=Signature.VARIES,
    ),
    _childcare(
        14,
        (
            "child_rearing_allowance_status_report",
            "児童扶養手当の現況届の事前送信",
            "児童扶養手当 現況届 事前送信",
            "Child rearing allowance status report, sent ahead",
        ),
        seasons.AUGUST,
        700,
        core_system=CoreSystem.CHILD_REARING_ALLOWANCE,
        signature=Signature.NONE,
    ),
    _childcare(
        15,
        ("pregnancy_notification", "妊娠の届出", "妊娠届", "Pregnancy notification"),
        seasons.FLAT,
        600,
        core_system=CoreSystem.HEALTH,
        signature=Signature.VARIES,
    ),
)

_LONG_TERM_CARE = (
    _care(
        16,
        ("care_certification", "要介護・要支援認定の申請", "要介護認定 新規", "Long-term care certification, new"),
        seasons.MONTHLY,
        1_500,
        seasons.CARE_CERTIFICATION,
    ),
    _care(
        17,
        (
            "care_certification_renewal",
            "要介護・要支援更新認定の申請",
            "要介護認定 更新",
            "Long-term care certification, renewal",
        ),
        seasons.MONTHLY,
        2_500,
        seasons.CARE_CERTIFICATION,
    ),
    _care(
        18,
        (
            "care_category_change",
            "要介護・要支援状態区分変更認定の申請",
            "要介護認定 区分変更",
            "Long-term care change of category",
        ),
        seasons.FLAT,
        500,
        seasons.CARE_CERTIFICATION,
    ),
    _care(
        19,
        (
            "care_plan_notification",
            "居宅(介護予防)サービス計画作成(変更)依頼の届出",
            "居宅サービス計画届",
            "Care-plan notification",
        ),
        seasons.FLAT,
        1_500,
    ),
    _care(
        20,
        (
            "copayment_card_reissue",
            "介護保険負担割合証の再交付申請",
            "負担割合証 再交付",
            "Co-payment card reissue",
        ),
        seasons.CARD_RENEWAL,
        30,
    ),
    _care(
        21,
        ("insured_card_reissue", "被保険者証の再交付申請", "被保険者証 再交付", "Insured card reissue"),
        seasons.FLAT,
        200,
    ),
    _care(
        22,
        (
            "high_cost_care_refund",
            "高額介護(予防)サービス費の支給申請",
            "高額介護サービス費",
            "High-cost care refund",
        ),
        seasons.MONTHLY,
        800,
        seasons.BANK_ACCOUNT,
    ),
    _care(
        23,
        (
            "copayment_ceiling_certification",
            "介護保険負担限度額認定申請",
            "負担限度額認定",
            "Co-payment ceiling certification",
        ),
        seasons.JUNE_TO_AUGUST,
        1_000,
        seasons.PASSBOOK_COPIES,
    ),
    _care(
        24,
        (
            "welfare_equipment_refund",
            "居宅介護(介護予防)福祉用具購入費の支給申請",
            "福祉用具購入費",
            "Welfare-equipment refund",
        ),
        seasons.FLAT,
        400,
        seasons.RECEIPT_AND_CATALOGUE,
    ),
    _care(
        25,
        (
            "home_modification_refund",
            "居宅介護(介護予防)住宅改修費の支給申請",
            "住宅改修費",
            "Home-modification refund",
        ),
        seasons.FLAT,
        300,
        seasons.PLANS_AND_PHOTOS,
    ),
    _care(
        26,
        (
            "care_certification_after_moving",
            "住所移転後の要介護・要支援認定申請",
            "住所移転後の要介護認定",
            "Long-term care certification after moving",
        ),
        seasons.MOVES,
        60,
        seasons.ELIGIBILITY,
    ),
)

_DISASTER = (
    _procedure(
        27,
        ("disaster_certificate", "罹災証明書の発行申請", "罹災証明書", "Disaster damage certificate"),
        (Group.DISASTER, Level.MUNICIPAL, CoreSystem.DISASTER_VICTIMS, Signature.VARIES),
        (seasons.PHOTOS, seasons.BURST),
        (0.0, *_BURST),
    ),
)

_VEHICLE = (
    _vehicle(
        28,
        (
            "vehicle_environment_tax",
            "自動車税環境性能割の申告納付",
            "自動車税環境性能割",
            "Vehicle environmental performance tax return",
        ),
        CoreSystem.VEHICLE_TAX,
        4_000,
    ),
    _vehicle(
        29,
        (
            "vehicle_tax_declaration",
            "自動車税の賦課徴収に関する事項の申告又は報告",
            "自動車税 申告・報告",
            "Vehicle tax assessment declaration",
        ),
        CoreSystem.VEHICLE_TAX,
        4_000,
    ),
    _vehicle(
        30,
        (
            "vehicle_tax_address_change",
            "自動車税住所変更届",
            "自動車税 住所変更届",
            "Vehicle tax change of address",
        ),
        CoreSystem.VEHICLE_TAX,
        500,
    ),
    _vehicle(
        31,
        (
            "parking_space_certificate",
            "自動車の保管場所証明の申請",
            "車庫証明",
            "Parking-space certificate",
        ),
        CoreSystem.PARKING_POLICE,
        5_000,
    ),
)

PROCEDURES: tuple[Procedure, ...] = (*_CHILD_ALLOWANCE, *_OTHER_CHILDCARE, *_LONG_TERM_CARE, *_DISASTER, *_VEHICLE)
"""All 31, by number."""
