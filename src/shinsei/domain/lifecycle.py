"""The life of an application as one table: which action is possible in which status, and where it leads.

The diagram in ``docs/model.md`` is generated from this table, and the trace of a season is made of its
actions. Words that must not be mixed: *stored* is in application management, *registered* in the core
system; *not accepted* ends a case before registration, *denied* is a decision after it.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from shinsei.domain.errors import IllegalTransitionError


class Status(StrEnum):
    """Where an application stands."""

    SUBMITTED = "SUBMITTED"
    """Accepted by the portal (受付); the portal's database has committed it."""
    FETCHED = "FETCHED"
    """Taken over by the linkage server through the pull interface."""
    QUARANTINED = "QUARANTINED"
    """Held back at the linkage server by the file-type, size or virus check."""
    STORED = "STORED"
    """In the database of the application management system (データベース格納)."""
    UNIDENTIFIED = "UNIDENTIFIED"
    """No resident found by the serial number; a clerk must search."""
    IDENTIFIED = "IDENTIFIED"
    """Applicant tied to a resident number (宛名番号)."""
    CORRECTION_REQUESTED = "CORRECTION_REQUESTED"
    """Returned to the applicant for correction (要訂正, 補正)."""
    CHECKED = "CHECKED"
    """Content checked by a clerk (内容確認)."""
    WAITING_FOR_LINKAGE = "WAITING_FOR_LINKAGE"
    """Ready for the core system, waiting for a clerk, robot or window."""
    LINKING = "LINKING"
    """Being entered into the core system."""
    REGISTERED = "REGISTERED"
    """In the core system (基幹システム登録)."""
    EXAMINED = "EXAMINED"
    """Examination finished in the core system (審査)."""
    GRANTED = "GRANTED"
    """Decided in the applicant's favour; the result has been keyed in by a clerk."""
    DENIED = "DENIED"
    """Decided against the applicant (却下)."""
    NOTIFIED = "NOTIFIED"
    """Notice of the decision sent (通知)."""
    NOT_ACCEPTED = "NOT_ACCEPTED"
    """Ended before registration by the municipality (不受理)."""
    WITHDRAWN = "WITHDRAWN"
    """Ended by the applicant (取下げ)."""
    EXPIRED = "EXPIRED"
    """Ended because a period ran out."""
    DEAD_LETTERED = "DEAD_LETTERED"
    """Could not be handled; the message is in the dead letters with its reason."""
    LAPSED = "LAPSED"
    """Removed by the portal before it was fetched (保存期間経過); a clerk recovers it by hand."""
    TRANSFERRED = "TRANSFERRED"
    """Ended here before registration, because the file went to the applicant's new municipality (移管)."""


class Action(StrEnum):
    """What happens to an application; each transition of a trace names one."""

    SUBMIT = "SUBMIT"
    FETCH = "FETCH"
    QUARANTINE = "QUARANTINE"
    RELEASE = "RELEASE"
    """What was held back or had lapsed is there after all: a clean file, or an application recovered by hand."""
    STORE = "STORE"
    FAIL_IDENTIFICATION = "FAIL_IDENTIFICATION"
    IDENTIFY = "IDENTIFY"
    REQUEST_CORRECTION = "REQUEST_CORRECTION"
    CORRECT = "CORRECT"
    CHECK = "CHECK"
    QUEUE_FOR_LINKAGE = "QUEUE_FOR_LINKAGE"
    START_LINKAGE = "START_LINKAGE"
    RETURN_TO_QUEUE = "RETURN_TO_QUEUE"
    """An exception or an import reject: a clerk keys the case in instead; not an end."""
    REGISTER = "REGISTER"
    EXAMINE = "EXAMINE"
    GRANT = "GRANT"
    DENY = "DENY"
    NOTIFY = "NOTIFY"
    NOT_ACCEPT = "NOT_ACCEPT"
    WITHDRAW = "WITHDRAW"
    EXPIRE = "EXPIRE"
    DEAD_LETTER = "DEAD_LETTER"
    # A place in this order is a rank in the trace: what is new comes last.
    LAPSE = "LAPSE"
    """The portal's retention window has passed; the municipality gets the receipt number alone."""
    TRANSFER = "TRANSFER"


ACTION_RANK: Mapping[Action, int] = MappingProxyType({action: rank for rank, action in enumerate(Action)})
"""The one table that ranks what happens at the same moment; traces sort by (id, time, rank, n)."""

_LEAVING = {
    Action.NOT_ACCEPT: Status.NOT_ACCEPTED,
    Action.WITHDRAW: Status.WITHDRAWN,
    Action.EXPIRE: Status.EXPIRED,
    Action.TRANSFER: Status.TRANSFERRED,
}
_DEAD = {Action.DEAD_LETTER: Status.DEAD_LETTERED}

TRANSITIONS: Mapping[Status | None, Mapping[Action, Status]] = MappingProxyType(
    {
        None: {Action.SUBMIT: Status.SUBMITTED},
        Status.SUBMITTED: {
            Action.FETCH: Status.FETCHED,
            Action.QUARANTINE: Status.QUARANTINED,
            Action.LAPSE: Status.LAPSED,
            **_LEAVING,
            **_DEAD,
        },
        Status.QUARANTINED: {
            Action.REQUEST_CORRECTION: Status.CORRECTION_REQUESTED,
            Action.RELEASE: Status.FETCHED,
            **_LEAVING,
        },
        Status.LAPSED: {Action.RELEASE: Status.FETCHED, **_LEAVING},
        Status.FETCHED: {Action.STORE: Status.STORED, **_LEAVING, **_DEAD},
        Status.STORED: {
            Action.IDENTIFY: Status.IDENTIFIED,
            Action.FAIL_IDENTIFICATION: Status.UNIDENTIFIED,
            # A prefecture hands over to the national one-stop service, which identifies by itself.
            Action.QUEUE_FOR_LINKAGE: Status.WAITING_FOR_LINKAGE,
            **_LEAVING,
            **_DEAD,
        },
        Status.UNIDENTIFIED: {
            Action.IDENTIFY: Status.IDENTIFIED,
            Action.REQUEST_CORRECTION: Status.CORRECTION_REQUESTED,
            **_LEAVING,
            **_DEAD,
        },
        Status.IDENTIFIED: {
            Action.CHECK: Status.CHECKED,
            Action.REQUEST_CORRECTION: Status.CORRECTION_REQUESTED,
            **_LEAVING,
            **_DEAD,
        },
        Status.CORRECTION_REQUESTED: {
            Action.CORRECT: Status.IDENTIFIED,
            # The file that was asked for again.
            Action.RELEASE: Status.FETCHED,
            **_LEAVING,
        },
        Status.CHECKED: {Action.QUEUE_FOR_LINKAGE: Status.WAITING_FOR_LINKAGE, **_LEAVING},
        Status.WAITING_FOR_LINKAGE: {Action.START_LINKAGE: Status.LINKING, **_LEAVING, **_DEAD},
        Status.LINKING: {
            Action.REGISTER: Status.REGISTERED,
            Action.RETURN_TO_QUEUE: Status.WAITING_FOR_LINKAGE,
            **_LEAVING,
            **_DEAD,
        },
        Status.REGISTERED: {Action.EXAMINE: Status.EXAMINED, Action.WITHDRAW: Status.WITHDRAWN},
        Status.EXAMINED: {Action.GRANT: Status.GRANTED, Action.DENY: Status.DENIED, Action.WITHDRAW: Status.WITHDRAWN},
        Status.GRANTED: {Action.NOTIFY: Status.NOTIFIED},
        Status.DENIED: {Action.NOTIFY: Status.NOTIFIED},
        Status.NOTIFIED: {},
        Status.NOT_ACCEPTED: {},
        Status.WITHDRAWN: {},
        Status.EXPIRED: {},
        Status.DEAD_LETTERED: {},
        Status.TRANSFERRED: {},
    }
)

_NEXT = {status: dict(row) for status, row in TRANSITIONS.items()}
"""The same for every step of every case: plain dictionaries are looked up fastest."""


class Step:
    """A transition, for whoever takes seven of them a case."""

    __slots__ = ("following", "rank", "status")

    def __init__(self, rank: int, status: Status) -> None:
        self.rank = rank
        """Place of the action among what happens at the same moment."""
        self.status = status
        """Where it leads."""
        self.following: dict[Action, Step] = {}
        """The transitions that are possible then."""


STEPS: Mapping[Status, dict[Action, Step]] = {
    status: {action: Step(ACTION_RANK[action], to) for action, to in row.items()}
    for status, row in TRANSITIONS.items()
    if status is not None
}
"""The table once more: the transitions that are possible in a status."""
for _row in STEPS.values():
    for _step in _row.values():
        _step.following = STEPS[_step.status]

LEDGER_ENDS: Mapping[Status, str] = MappingProxyType(
    {
        Status.REGISTERED: "registered",
        Status.NOT_ACCEPTED: "not_accepted",
        Status.WITHDRAWN: "withdrawn",
        Status.EXPIRED: "expired",
        Status.TRANSFERRED: "transferred",
        Status.DEAD_LETTERED: "dead_lettered",
    }
)
"""The ledger's lines by the first of these statuses that a case reaches; all others are in flight."""

DECIDED = frozenset({Status.GRANTED, Status.DENIED})
"""The statuses that an applicant reads as a decision."""


def next_status(application_id: str, status: Status | None, action: Action) -> Status:
    """Status after ``action``.

    Raises:
        IllegalTransitionError: the table has no such transition.
    """
    try:
        return _NEXT[status][action]
    except KeyError:
        raise IllegalTransitionError(application_id, status, action) from None
