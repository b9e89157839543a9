"""The 31 procedures, in the order and wording of 総務省「自治体DXの推進について」(令和3年11月18日)."""

from shinsei.domain.catalogue.care import LONG_TERM_CARE
from shinsei.domain.catalogue.childcare import CHILDCARE
from shinsei.domain.catalogue.model import Procedure
from shinsei.domain.catalogue.others import DISASTER_AND_VEHICLE

PROCEDURES: tuple[Procedure, ...] = (*CHILDCARE, *LONG_TERM_CARE, *DISASTER_AND_VEHICLE)
"""All 31, by number."""
