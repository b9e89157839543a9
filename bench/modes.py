"""How applications come and are fetched: the three modes in which product and limit are measured."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

HEADING = "infrastructure ceiling, offices without queues: not a linkage method's capacity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """One of them."""

    about: str
    size: int
    """Applications in one call; 1: ``Submit``, else ``SubmitBatch``."""
    singly: bool
    """One ``GetApplication`` a case, else ``GetApplications`` for up to a thousand."""
    lanes: int
    """Calls under way at once, at most; as many as the portal takes where it refuses some (``bench.allowance``)."""
    fewest_open: int = 1_000
    """Applications submitted and not yet registered, as many as there may always be."""
    expected_per_s: float = 0.0
    """So many are made ahead at least: a driver that signs while it is measured takes the processor from the product
    alone, as the limit's applications bear one signature."""


MODES: Mapping[str, Mode] = MappingProxyType(
    {
        "batch": Mode(about="batch submit, batched get", size=100, singly=False, lanes=8, expected_per_s=3_000.0),
        "batch-get-singly": Mode(
            about="batch submit, one get a case", size=100, singly=True, lanes=8, expected_per_s=1_500.0
        ),
        "unary": Mode(about="unary submit, batched get", size=1, singly=False, lanes=256, expected_per_s=1_500.0),
    }
)
