"""The seasons that the catalogue's procedures share, and the kinds of attachments.

The months come from the domain table (from memory where nothing better was found); how strongly they stand
out is an assumption. Scenarios that care override the yearly volume or give daily counts.
"""

from collections.abc import Mapping

from shinsei.domain.catalogue.model import AttachmentProfile, MonthShape, SeasonProfile

_MONTHS = 12


def _season(key: str, peaks: Mapping[int, float], *, shape: MonthShape = MonthShape.EVEN) -> SeasonProfile:
    """A profile from relative peaks over a floor of 1 in the other months, scaled to a mean of 1."""
    raw = [peaks.get(month, 1.0) for month in range(1, _MONTHS + 1)]
    total = sum(raw)
    return SeasonProfile(key=key, months=tuple(weight * _MONTHS / total for weight in raw), shape=shape)


def _only(key: str, months: Mapping[int, float]) -> SeasonProfile:
    """A profile with nothing outside the given months."""
    return _season(key, {month: months.get(month, 0.0) for month in range(1, _MONTHS + 1)})


FLAT = _season("flat", {})
BIRTHS_AND_MOVES = _season("births flat, moves in March and April", {3: 1.5, 4: 1.8})
MOVES = _season("moves in March and April", {3: 3.0, 4: 3.5})
PRE_PAYMENT = _season("before the payments of February, June and October", {1: 3.0, 5: 3.0, 9: 3.0})
APRIL = _season("April", {4: 15.0})
JUNE = _only("June", {6: 0.9, 7: 0.1})
NURSERY = _season("October to December, monthly tail", {10: 6.0, 11: 8.0, 12: 4.0})
JUNE_TO_OCTOBER = _only("June to October", {6: 1.0, 7: 1.0, 8: 1.0, 9: 1.0, 10: 1.0})
AUGUST = _season("August", {8: 20.0})
CARD_RENEWAL = _season("August, when the cards are renewed", {7: 2.0, 8: 6.0, 9: 2.0})
JUNE_TO_AUGUST = _season("June to August", {6: 6.0, 7: 10.0, 8: 5.0})
MONTHLY = _season("monthly", {}, shape=MonthShape.EARLY)
BURST = _season("burst after a disaster only", {})
MARCH = _season("March", {3: 3.0})

NO_ATTACHMENT = AttachmentProfile(documents=())
INSURANCE_AND_ACCOUNT = AttachmentProfile(
    documents=(("insurance_card", "保険証・資格情報"), ("bank_account", "口座")),
)
DEATH_AND_ACCOUNT = AttachmentProfile(documents=(("death_certificate", "死亡等証明"), ("bank_account", "口座")))
SEPARATE_LIVING = AttachmentProfile(documents=(("separate_living_statement", "別居監護申立書"),), p_factor=0.25)
EMPLOYMENT = AttachmentProfile(documents=(("employment_certificate", "就労証明書"),), p_factor=1.5)
EMPLOYMENT_AND_HEALTH = AttachmentProfile(
    documents=(("employment_certificate", "就労証明書"), ("health_sheet", "健康票")), p_factor=1.6, files_factor=1.3
)
CARE_CERTIFICATION = AttachmentProfile(
    documents=(("doctor_information", "主治医情報"), ("insured_card", "被保険者証")),
)
BANK_ACCOUNT = AttachmentProfile(documents=(("bank_account", "口座"),))
PASSBOOK_COPIES = AttachmentProfile(documents=(("passbook", "通帳写し"),), p_factor=1.6, files_factor=3.0)
RECEIPT_AND_CATALOGUE = AttachmentProfile(documents=(("receipt", "領収書"), ("catalogue", "カタログ")), p_factor=1.6)
PLANS_AND_PHOTOS = AttachmentProfile(
    documents=(("plan", "図面"), ("estimate", "見積"), ("photo", "写真")), p_factor=1.6, files_factor=3.0, mb_factor=2.0
)
ELIGIBILITY = AttachmentProfile(documents=(("eligibility_certificate", "受給資格証明"),))
PHOTOS = AttachmentProfile(documents=(("photo", "写真"),), p_factor=1.6, files_factor=3.0, mb_factor=1.5)
