"""What about a procedure weighs beside money (手続の特性): judgement and urgency, as a table over the catalogue.

Attachments and signatures stand in the catalogue itself. From memory [M], for nobody published such a table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

MARK = "M"


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """The traits of one procedure."""

    judgement: str = ""
    """Items that are judged and are in no form, so that somebody has to open the record; empty: none."""
    judgement_ja: str = ""
    urgent: bool = False
    """Whether a case cannot wait for a machine's next turn."""


_NONE = Traits()
_SUPPORT = Traits(judgement="who maintains the child, and where", judgement_ja="監護・生計関係")
_NEED = Traits(judgement="whether there is a need for care, and how much", judgement_ja="保育の必要性・必要量")
_CARE = Traits(judgement="the survey's and the doctor's findings", judgement_ja="認定調査・主治医意見書の内容")
TRAITS: Mapping[int, Traits] = MappingProxyType(
    {
        1: Traits(judgement="who maintains the household", judgement_ja="生計中心者"),
        5: Traits(judgement="who may receive what was unpaid", judgement_ja="未支払分の受給権"),
        10: _SUPPORT,
        11: _NEED,
        12: Traits(judgement="points and priorities of the allotment", judgement_ja="利用調整の指数・優先順位"),
        13: _NEED,
        14: Traits(judgement="what an interview brings to light", judgement_ja="面談による生計・事実婚の確認"),
        15: Traits(judgement="whether support is needed", judgement_ja="面談による支援の要否"),
        16: _CARE,
        17: _CARE,
        18: Traits(judgement=_CARE.judgement, judgement_ja=_CARE.judgement_ja, urgent=True),
        23: Traits(judgement="assets and income", judgement_ja="資産・所得"),
        24: Traits(judgement="whether it is needed", judgement_ja="購入の必要性"),
        25: Traits(judgement="whether the work is needed", judgement_ja="工事の必要性(理由書)"),
        27: Traits(judgement="the degree of the damage", judgement_ja="被害の程度", urgent=True),
    }
)
"""By catalogue number; who is not here has neither."""


def traits_of(number: int) -> Traits:
    """The traits of a procedure."""
    return TRAITS.get(number, _NONE)
