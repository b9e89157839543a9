"""Certificates that are renewed in the middle of a season (電子証明書の更新): one person with two serial numbers.

Who renews has a new serial number from that moment on, and the registry lists both: the old one until then, the new
one since. What was signed before and is looked up after leads to nobody, and so does the new serial until the next
refresh. Both lead to the same resident, so that a second filing under the new serial still matches the first.
"""

from shinsei.domain.draws import draw
from shinsei.domain.run import Filing, RunSpec
from shinsei.domain.simtime import SimTime


def renewed_at(spec: RunSpec, filing: Filing) -> SimTime | None:
    """When the person of an online filing renews his certificate, after his first filing; None for not at all."""
    share = spec.identification.p_two_serials
    if not share or not filing.online or draw(spec.seed, filing.subject, "renews-certificate") >= share:
        return None
    delay_ms = draw(spec.seed, filing.subject, "renewal-delay") * spec.identification.renewed_within_ms
    return SimTime((filing.original or filing).at + max(1, int(delay_ms)))


def renewed(subject: str) -> str:
    """The subject of the certificate that follows a subject's first one."""
    return f"{subject}/renewed"
