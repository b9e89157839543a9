"""What the portal counts."""

from collections.abc import Mapping

from shinsei.runtime import observability
from shinsei.runtime.levels import real_stage

SUBMISSIONS = observability.counter(
    "shinsei_portal_sim_submissions_total", "Submissions by what became of them.", ("outcome",)
)
COMMITS = observability.counter("shinsei_portal_sim_commits_total", "Transactions that stored submissions.")
PENDING = observability.gauge("shinsei_portal_sim_pending_submissions", "Submissions that wait for their commit.")
COMMIT_SECONDS = observability.histogram(
    "shinsei_portal_sim_commit_seconds", "Real time of a transaction that stores submissions."
)
ENTRIES_LISTED = observability.counter("shinsei_portal_sim_entries_listed_total", "Entries handed to pollers.")
TRANSITIONS_RETURNED = observability.counter(
    "shinsei_portal_sim_transitions_returned_total", "Transitions that municipalities pushed back."
)
ATTACHMENT_BYTES = observability.counter(
    "shinsei_portal_sim_attachment_bytes_total", "Attachment bytes.", ("direction",)
)
OPEN_RUNS = observability.gauge("shinsei_portal_sim_open_runs", "Runs that take submissions.", ("pacing",))
CASES = observability.gauge(
    "shinsei_portal_sim_cases", "Cases of the open runs by how far they have come back.", ("state", "prefecture")
)
UNFETCHED_LATE = observability.gauge(
    "shinsei_portal_sim_unfetched_late_cases",
    "Cases not yet fetched that were accepted after the filing of their season had closed.",
)
REACTIONS = observability.counter(
    "shinsei_portal_sim_reactions_total", "Replies and withdrawals by what became of them.", ("outcome", "kind")
)
SIGNATURES = observability.counter(
    "shinsei_portal_sim_signatures_total", "Signatures of submissions by what was found.", ("outcome",)
)
SIGNATURE_SECONDS = observability.histogram(
    "shinsei_portal_sim_signature_seconds", "Real time for which the signatures of one call are checked."
)


def observe_submitted(waited: Mapping[float, int]) -> None:
    """Submissions were stored that had waited for so many seconds."""
    observability.observe_all(real_stage("submit"), waited)
