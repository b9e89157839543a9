"""What the derived views tell; simulated quantities carry ``clock="sim"``."""

from shinsei.runtime import observability

REGISTERED = observability.gauge(
    "shinsei_app_mgmt_streams_registered",
    "Cases registered in the last closed window of this length and clock.",
    ("window", "linkage_method", "clock"),
)
BACKLOG = observability.gauge(
    "shinsei_app_mgmt_streams_backlog_cases",
    "Cases given to the offices and neither registered nor ended, by the method of their municipality.",
    ("linkage_method",),
)
BACKLOG_AGE = observability.gauge(
    "shinsei_app_mgmt_streams_backlog_age_seconds",
    "Age of the oldest of them, to the hour, as if whoever came first left first (simulated time).",
    ("linkage_method", "clock"),
)
RISK = observability.gauge(
    "shinsei_app_mgmt_streams_deadline_risk_cases",
    "Of those filed in time, how many would wait still at the target at the pace of the last open days "
    "(simulated time).",
    ("linkage_method", "clock"),
)
REBUILDING = observability.gauge(
    "shinsei_app_mgmt_streams_rebuilding",
    "1: the log is read again after a start, and the figures of this view are not told before its end.",
)
FAILED = observability.counter("shinsei_app_mgmt_streams_failed_total", "Records that this view could not use.")
SEEN = observability.counter("shinsei_app_mgmt_streams_records_total", "Records read by this view.")
