"""A run as the linkage server keeps it, for tests that need some."""

from linkage_server.handlers.model import PollState, PushState, RunRow
from shinsei.testing import a_run_spec

SPEC = a_run_spec()
ROW = RunRow(
    key=1,
    run_id=SPEC.run_id,
    municipality=SPEC.municipality,
    partition=SPEC.partition,
    spec=SPEC,
    spec_bytes=b"",
    finished=False,
    poll=PollState(started=False, polled=None, published=None, working=None, complete=None, busy_until=SPEC.start),
    push=PushState(status=SPEC.start, number=0, pushed=SPEC.start, pushed_number=0),
)
"""One of which nothing has been polled or pushed yet."""
