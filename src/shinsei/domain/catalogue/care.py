"""Procedures 16 to 26: long-term care (介護関係); families' care managers often file as proxies."""

from shinsei.domain.catalogue import seasons
from shinsei.domain.catalogue.model import CoreSystem, Group, Level, Procedure, Signature
from shinsei.domain.catalogue.row import ASSUMED, row

_CARE = (Group.LONG_TERM_CARE, Level.MUNICIPAL, CoreSystem.LONG_TERM_CARE, Signature.VARIES)

LONG_TERM_CARE: tuple[Procedure, ...] = (
    row(
        (16, "care_certification", "要介護・要支援認定の申請", "要介護認定 新規", "Long-term care certification, new"),
        _CARE,
        (seasons.CARE_CERTIFICATION, seasons.MONTHLY),
        (1_500, *ASSUMED),
    ),
    row(
        (
            17,
            "care_certification_renewal",
            "要介護・要支援更新認定の申請",
            "要介護認定 更新",
            "Long-term care certification, renewal",
        ),
        _CARE,
        (seasons.CARE_CERTIFICATION, seasons.MONTHLY),
        (2_500, *ASSUMED),
    ),
    row(
        (
            18,
            "care_category_change",
            "要介護・要支援状態区分変更認定の申請",
            "要介護認定 区分変更",
            "Long-term care change of category",
        ),
        _CARE,
        (seasons.CARE_CERTIFICATION, seasons.FLAT),
        (500, *ASSUMED),
    ),
    row(
        (
            19,
            "care_plan_notification",
            "居宅(介護予防)サービス計画作成(変更)依頼の届出",
            "居宅サービス計画届",
            "Care-plan notification",
        ),
        _CARE,
        (seasons.NO_ATTACHMENT, seasons.FLAT),
        (1_500, *ASSUMED),
    ),
    row(
        (
            20,
            "copayment_card_reissue",
            "介護保険負担割合証の再交付申請",
            "負担割合証 再交付",
            "Co-payment card reissue",
        ),
        _CARE,
        (seasons.NO_ATTACHMENT, seasons.CARD_RENEWAL),
        (30, *ASSUMED),
    ),
    row(
        (21, "insured_card_reissue", "被保険者証の再交付申請", "被保険者証 再交付", "Insured card reissue"),
        _CARE,
        (seasons.NO_ATTACHMENT, seasons.FLAT),
        (200, *ASSUMED),
    ),
    row(
        (
            22,
            "high_cost_care_refund",
            "高額介護(予防)サービス費の支給申請",
            "高額介護サービス費",
            "High-cost care refund",
        ),
        _CARE,
        (seasons.BANK_ACCOUNT, seasons.MONTHLY),
        (800, *ASSUMED),
    ),
    row(
        (
            23,
            "copayment_ceiling_certification",
            "介護保険負担限度額認定申請",
            "負担限度額認定",
            "Co-payment ceiling certification",
        ),
        _CARE,
        (seasons.PASSBOOK_COPIES, seasons.JUNE_TO_AUGUST),
        (1_000, *ASSUMED),
    ),
    row(
        (
            24,
            "welfare_equipment_refund",
            "居宅介護(介護予防)福祉用具購入費の支給申請",
            "福祉用具購入費",
            "Welfare-equipment refund",
        ),
        _CARE,
        (seasons.RECEIPT_AND_CATALOGUE, seasons.FLAT),
        (400, *ASSUMED),
    ),
    row(
        (
            25,
            "home_modification_refund",
            "居宅介護(介護予防)住宅改修費の支給申請",
            "住宅改修費",
            "Home-modification refund",
        ),
        _CARE,
        (seasons.PLANS_AND_PHOTOS, seasons.FLAT),
        (300, *ASSUMED),
    ),
    row(
        (
            26,
            "care_certification_after_moving",
            "住所移転後の要介護・要支援認定申請",
            "住所移転後の要介護認定",
            "Long-term care certification after moving",
        ),
        _CARE,
        (seasons.ELIGIBILITY, seasons.MOVES),
        (60, *ASSUMED),
    ),
)
"""The 11 of long-term care."""
