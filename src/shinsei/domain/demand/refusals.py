"""Attachments that go wrong: refused by the portal at once, or found by the scanner behind the line.

A refused filing (a HEIC photograph, a file above the limit) is no filing: its applicant files again some time later,
or gives up. A file that a scanner will hold back is accepted like any other; its name alone tells it apart, because
no bytes of a real virus are anywhere in here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from shinsei.domain.draws import draw
from shinsei.domain.run import DeclaredAttachment, Filing, RunSpec
from shinsei.domain.simtime import HOUR_MS, MINUTE_MS, SimTime

_TEST_FILE = "virus-test-file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusals:
    """Filings of a run that the portal refused at first because of an attachment."""

    wrong_type: int = 0
    too_large: int = 0
    given_up: int = 0
    """Of these, those never filed again."""
    after_the_end: int = 0
    """Filed again, but behind the end of the run."""

    @property
    def refused(self) -> int:
        """All of them."""
        return self.wrong_type + self.too_large


def is_test_file(name: str) -> bool:
    """Whether the scanner takes a file of this name for infected: a harmless stand-in for a virus."""
    return name.startswith(_TEST_FILE)


def with_faults(spec: RunSpec, originals: Iterable[Filing]) -> Iterator[Filing]:
    """The filings as the portal accepts them at last."""
    faults = spec.attachment_faults
    for filing in originals:
        if not (filing.online and filing.attachments):
            yield filing
            continue
        accepted = _accepted(spec, filing) if faults.p_refused else filing
        if accepted is not None and accepted.at < spec.end:
            yield _infected(spec, accepted) if faults.p_virus else accepted


def refusals(spec: RunSpec, originals: Iterable[Filing]) -> Refusals:
    """What the form check refused because of attachments."""
    faults = spec.attachment_faults
    wrong_type = too_large = given_up = after_the_end = 0
    for filing in originals:
        if filing.online and filing.attachments and _is_refused(spec, filing):
            is_wrong_type = draw(spec.seed, filing.case_id, "attachment-refused") < faults.p_wrong_type
            wrong_type += is_wrong_type
            too_large += not is_wrong_type
            accepted = _accepted(spec, filing)
            given_up += accepted is None
            after_the_end += accepted is not None and accepted.at >= spec.end
    return Refusals(wrong_type=wrong_type, too_large=too_large, given_up=given_up, after_the_end=after_the_end)


def _is_refused(spec: RunSpec, filing: Filing) -> bool:
    return draw(spec.seed, filing.case_id, "attachment-refused") < spec.attachment_faults.p_refused


def _accepted(spec: RunSpec, filing: Filing) -> Filing | None:
    """The filing that is accepted, perhaps later; None for never."""
    faults = spec.attachment_faults
    if not _is_refused(spec, filing):
        return filing
    if draw(spec.seed, filing.case_id, "files-again") >= faults.p_refile:
        return None
    delay_ms = int(faults.refile_hours.sample(draw(spec.seed, filing.case_id, "refile-delay")) * HOUR_MS)
    return replace(filing, at=SimTime(filing.at + max(MINUTE_MS, delay_ms)))


def _infected(spec: RunSpec, filing: Filing) -> Filing:
    files = tuple(_file(spec, filing.case_id, n, item) for n, item in enumerate(filing.attachments))
    return filing if files == filing.attachments else replace(filing, attachments=files)


def _file(spec: RunSpec, case_id: str, n: int, item: DeclaredAttachment) -> DeclaredAttachment:
    if draw(spec.seed, case_id, "virus", n) >= spec.attachment_faults.p_virus:
        return item
    return replace(item, name=f"{_TEST_FILE}_{item.name}")
