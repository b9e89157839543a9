"""Procedures 1 to 15: childcare (子育て関係).

Volumes are assumptions; numbers 1 and 2 are anchored on 呉市's published counts of fiscal 2022 (815 and 466 in a
city of about 208,000).
"""

from shinsei.domain.catalogue import seasons
from shinsei.domain.catalogue.model import CoreSystem, Group, Level, Procedure, Signature
from shinsei.domain.catalogue.row import ASSUMED, row

_KURE = ("A", "anchored on 呉市 FY2022, city.kure.lg.jp/soshiki/36/onlinekouhyou.html")
_RARE = ("A", "fewer than one a year")
_STATUS = ("A", "rules from 2022: 100 to 400; before 2022 every recipient, 5,000 to 9,000")

_CHILD_ALLOWANCE = (Group.CHILDCARE, Level.MUNICIPAL, CoreSystem.CHILD_ALLOWANCE, Signature.REQUIRED)
_CHILD_ALLOWANCE_UNSIGNED_TOO = (Group.CHILDCARE, Level.MUNICIPAL, CoreSystem.CHILD_ALLOWANCE, Signature.VARIES)
_CHILDCARE = (Group.CHILDCARE, Level.MUNICIPAL, CoreSystem.CHILDCARE_SUPPORT, Signature.REQUIRED)
_CHILDCARE_UNSIGNED_TOO = (Group.CHILDCARE, Level.MUNICIPAL, CoreSystem.CHILDCARE_SUPPORT, Signature.VARIES)
_CHILD_REARING = (Group.CHILDCARE, Level.MUNICIPAL, CoreSystem.CHILD_REARING_ALLOWANCE, Signature.NONE)
_HEALTH = (Group.CHILDCARE, Level.MUNICIPAL, CoreSystem.HEALTH, Signature.VARIES)

CHILDCARE: tuple[Procedure, ...] = (
    row(
        (
            1,
            "child_allowance_claim",
            "児童手当等の受給資格及び児童手当の額についての認定請求",
            "児童手当 認定請求",
            "Child allowance eligibility claim",
        ),
        _CHILD_ALLOWANCE,
        (seasons.INSURANCE_AND_ACCOUNT, seasons.BIRTHS_AND_MOVES),
        (390, *_KURE),
    ),
    row(
        (
            2,
            "child_allowance_revision",
            "児童手当等の額の改定の請求及び届出",
            "児童手当 額改定請求・届",
            "Child allowance amount revision",
        ),
        _CHILD_ALLOWANCE,
        (seasons.NO_ATTACHMENT, seasons.FLAT),
        (225, *_KURE),
    ),
    row(
        (
            3,
            "child_allowance_address_change",
            "氏名変更／住所変更等の届出",
            "児童手当 氏名・住所変更等届",
            "Child allowance change of name or address",
        ),
        _CHILD_ALLOWANCE,
        (seasons.NO_ATTACHMENT, seasons.MOVES),
        (50, *ASSUMED),
    ),
    row(
        (
            4,
            "child_allowance_end",
            "受給事由消滅の届出",
            "児童手当 受給事由消滅届",
            "Child allowance end of entitlement",
        ),
        _CHILD_ALLOWANCE,
        (seasons.NO_ATTACHMENT, seasons.MOVES),
        (130, *ASSUMED),
    ),
    row(
        (
            5,
            "child_allowance_unpaid_claim",
            "未支払の児童手当等の請求",
            "児童手当 未支払請求",
            "Unpaid child allowance claim",
        ),
        _CHILD_ALLOWANCE,
        (seasons.DEATH_AND_ACCOUNT, seasons.FLAT),
        (5, *ASSUMED),
    ),
    row(
        (
            6,
            "child_allowance_donation",
            "児童手当等に係る寄附の申出",
            "児童手当 寄附の申出",
            "Child allowance donation offer",
        ),
        _CHILD_ALLOWANCE,
        (seasons.NO_ATTACHMENT, seasons.PRE_PAYMENT),
        (0.5, *_RARE),
    ),
    row(
        (
            7,
            "child_allowance_donation_change",
            "児童手当に係る寄附変更等の申出",
            "児童手当 寄附変更等",
            "Child allowance donation change",
        ),
        _CHILD_ALLOWANCE,
        (seasons.NO_ATTACHMENT, seasons.FLAT),
        (0.5, *_RARE),
    ),
    row(
        (
            8,
            "school_meal_deduction",
            "受給資格者の申出による学校給食費等の徴収等の申出",
            "学校給食費等徴収の申出",
            "School-meal deduction consent",
        ),
        _CHILD_ALLOWANCE,
        (seasons.NO_ATTACHMENT, seasons.APRIL),
        (6, *ASSUMED),
    ),
    row(
        (
            9,
            "school_meal_deduction_change",
            "受給資格者の申出による学校給食費等の徴収等の変更等の申出",
            "学校給食費等徴収の変更",
            "School-meal deduction change",
        ),
        _CHILD_ALLOWANCE,
        (seasons.NO_ATTACHMENT, seasons.FLAT),
        (0.5, *_RARE),
    ),
    row(
        (10, "child_allowance_status_report", "児童手当等の現況届", "児童手当 現況届", "Child allowance status report"),
        _CHILD_ALLOWANCE_UNSIGNED_TOO,
        (seasons.SEPARATE_LIVING, seasons.JUNE),
        (250, *_STATUS),
    ),
    row(
        (11, "childcare_certification", "支給認定の申請", "支給認定申請", "Childcare benefit certification"),
        _CHILDCARE,
        (seasons.EMPLOYMENT, seasons.NURSERY),
        (900, *ASSUMED),
    ),
    row(
        (12, "nursery_place_application", "保育施設等の利用申込", "保育施設等利用申込", "Nursery place application"),
        _CHILDCARE,
        (seasons.EMPLOYMENT_AND_HEALTH, seasons.NURSERY),
        (550, *ASSUMED),
    ),
    row(
        (13, "nursery_status_report", "保育施設等の現況届", "保育施設等現況届", "Nursery status report"),
        _CHILDCARE_UNSIGNED_TOO,
        (seasons.EMPLOYMENT, seasons.JUNE_TO_OCTOBER),
        (1_500, *ASSUMED),
    ),
    row(
        (
            14,
            "child_rearing_allowance_status_report",
            "児童扶養手当の現況届の事前送信",
            "児童扶養手当 現況届 事前送信",
            "Child rearing allowance status report, sent ahead",
        ),
        _CHILD_REARING,
        (seasons.NO_ATTACHMENT, seasons.AUGUST),
        (700, *ASSUMED),
    ),
    row(
        (15, "pregnancy_notification", "妊娠の届出", "妊娠届", "Pregnancy notification"),
        _HEALTH,
        (seasons.NO_ATTACHMENT, seasons.FLAT),
        (600, *ASSUMED),
    ),
)
"""The 15 of childcare."""
