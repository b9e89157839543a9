"""What the clerks of a division do, and in which order: the priorities are the competition for their time.

The same few people key cases, repair what machines left, check each other and key in results. The order of
this table is an assumption [A]: what blocks others comes first, what can wait comes last.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Activity(StrEnum):
    """One kind of staff work (職員の作業)."""

    ROBOT_RESTART = "robot_restart"
    """Getting a stopped robot going again."""
    EXCEPTION_KEYING = "exception_keying"
    """Keying a case that a robot, an import or an interface refused."""
    ROLLBACK = "rollback"
    """Putting right in the core system what an incident registered wrong (取込の取消し・訂正)."""
    UNDO = "undo"
    """Taking a record out of the core system whose applicant has withdrawn (登録の取消し)."""
    RECOVERY = "recovery"
    """Getting hold of a case that the portal had removed before it was fetched."""
    MANUAL_IDENTIFICATION = "manual_identification"
    """Searching the resident whom the serial number did not give."""
    SECOND_CHECK = "second_check"
    """Checking what another clerk has keyed."""
    PAPER_CHECK = "paper_check"
    """The same for a paper case."""
    LIST_REVIEW = "list_review"
    """Going through the result list of a batch import."""
    RPA_REVIEW = "rpa_review"
    """Looking at what a robot has saved."""
    CONTENT_CHECK = "content_check"
    """Checking the content of an application (内容確認), whatever the method."""
    CORRECTION_REQUEST = "correction_request"
    """Writing to an applicant what has to be corrected (補正依頼), or at last that the case is not accepted."""
    DOUBLE_CHECK = "double_check"
    """Looking at two filings of one person, once somebody has noticed (二重申請の確認)."""
    MOVE_OUT = "move_out"
    """Closing or sending on the case of somebody who has moved out (転出者の申請の処理)."""
    RESULT_ENTRY = "result_entry"
    """The return leg: keying the examination result into application management."""
    NOTICE = "notice"
    """Sending the notice of the decision (通知)."""
    KEYING = "keying"
    """Method 1: keying a case from the inquiry screen."""
    SCREEN_IMPORT = "screen_import"
    """Method 3: opening, importing, confirming and saving a case."""
    PAPER_KEYING = "paper_keying"
    """Keying a paper case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityRule:
    """How an activity competes."""

    level: int
    """Lower goes first; equal levels share one queue, first come, first served."""
    needs_seat: bool = False
    """Whether it occupies a core-system login. Alike for all activities of a level."""


ACTIVITIES: Mapping[Activity, ActivityRule] = MappingProxyType(
    {
        Activity.ROBOT_RESTART: ActivityRule(level=0),
        Activity.EXCEPTION_KEYING: ActivityRule(level=1, needs_seat=True),
        Activity.ROLLBACK: ActivityRule(level=1, needs_seat=True),
        Activity.UNDO: ActivityRule(level=1, needs_seat=True),
        Activity.RECOVERY: ActivityRule(level=2),
        Activity.MANUAL_IDENTIFICATION: ActivityRule(level=2),
        Activity.SECOND_CHECK: ActivityRule(level=3),
        Activity.PAPER_CHECK: ActivityRule(level=3),
        Activity.LIST_REVIEW: ActivityRule(level=4),
        Activity.RPA_REVIEW: ActivityRule(level=4),
        Activity.CONTENT_CHECK: ActivityRule(level=5),
        Activity.CORRECTION_REQUEST: ActivityRule(level=5),
        Activity.DOUBLE_CHECK: ActivityRule(level=5),
        Activity.MOVE_OUT: ActivityRule(level=5),
        Activity.RESULT_ENTRY: ActivityRule(level=6),
        Activity.NOTICE: ActivityRule(level=7),
        Activity.KEYING: ActivityRule(level=8, needs_seat=True),
        Activity.SCREEN_IMPORT: ActivityRule(level=8, needs_seat=True),
        Activity.PAPER_KEYING: ActivityRule(level=8, needs_seat=True),
    }
)
"""The one table of priorities; suspended work goes before all of it.

A second check reads an inquiry screen or a printout and takes no login [A]; the return leg is keyed into
application management, so it takes none either.
"""
PLACES: Mapping[Activity, int] = MappingProxyType({activity: place for place, activity in enumerate(Activity)})
"""Under which number the books keep the time of each."""
