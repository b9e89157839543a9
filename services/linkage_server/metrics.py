"""What the linkage server counts."""

from shinsei.runtime import observability
from shinsei.runtime.levels import real_stage

POLLS = observability.counter(
    "shinsei_linkage_server_polls_total", "Polls committed, by whether the line was up.", ("outcome",)
)
LINE_DOWN = observability.gauge(
    "shinsei_linkage_server_line_down", "Municipalities whose newest committed poll found the line down."
)
ENTRIES = observability.counter("shinsei_linkage_server_entries_total", "Entries published.", ("kind",))
STRUCK = observability.counter(
    "shinsei_linkage_server_struck_total", "Entries listed again though a committed poll had taken them."
)
LISTINGS = observability.counter("shinsei_linkage_server_listings_total", "Listings received from the portal.")
GET_SECONDS = observability.histogram(
    "shinsei_linkage_server_get_seconds", "Real time to get the applications of one publication."
)
PUSHES = observability.counter("shinsei_linkage_server_pushes_total", "Status pushes.", ("outcome",))
UPDATES = observability.counter("shinsei_linkage_server_updates_total", "Status updates pushed to the portal.")
LOGINS = observability.counter("shinsei_linkage_server_logins_total", "Logins at the portal.")
RUNS = observability.gauge("shinsei_linkage_server_runs", "Runs that this process serves.")
FAILURES = observability.counter(
    "shinsei_linkage_server_run_failures_total", "Work on a run that failed and began anew.", ("part",)
)
TAKEN = observability.counter(
    "shinsei_linkage_server_cases_taken_total",
    "Cases by the state in which they came: whole, quarantined, lapsed.",
    ("state",),
)
PAYLOADS = observability.counter("shinsei_linkage_server_payloads_total", "Attachments by outcome.", ("outcome",))
PAYLOAD_BYTES = observability.counter("shinsei_linkage_server_payload_bytes_total", "Bytes of stored attachments.")
WAITING = observability.gauge(
    "shinsei_linkage_server_updates_waiting", "Status updates that have arrived and wait for their push."
)
IGNORED = observability.counter(
    "shinsei_linkage_server_ignored_records_total", "Records of runs that are unknown or finished."
)


def observe_fetched(seconds: float, cases: int) -> None:
    """So many cases of committed polls were got and published."""
    if cases:
        observability.observe_all(real_stage("fetch"), {seconds: cases})
