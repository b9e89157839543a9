"""A season in which everything goes wrong that can, on the live stack: the trace is the plan's, the ledger closes.

Files are refused, held back and lost at the portal while the line is down; applicants move out; whole files of
method 4 abort, are over the cap, have shifted columns, and come twice, once where that is harmless and once not.
"""

from pathlib import Path
from typing import Any

import pytest

from shinsei.domain.plan import run_all
from shinsei.domain.trace import trace_hash
from shinsei.scenario import load
from shinsei.testing.command_line import CommandLine

HARD = """\
extends = "smoke"

[run]
lookahead = "3 d"  # [A] few round trips

[twins]
methods = ["TRANSCRIPTION", "BATCH_IMPORT"]

[corrections]
request = { mean = "3 min", cv = 0.5 }  # [A] as the template
p_reply = 0.7  # [A] so that both happen in a small town
reply_delay = { mean = "4 d", cv = 0.2 }  # [A] short, for a short season
deadline = "6 d"  # [A] short, for a short season
grace = "1 d"  # [A] as the template
max_requests = 2  # [A] as the template

[withdrawals]
share = 0.12  # [A] high, so that some do after the registration
delay = { mean = "7 d", cv = 0.3 }  # [A] about as long as it takes to register
after_registration = { mean = "10 min", cv = 0.5 }  # [A] as the template

[moves_out]
share = 0.2  # [A] high, so that some do in a small town
delay = { mean = "3 d", shape = "exponential" }  # [A] short, for a short season
handling = { mean = "10 min", cv = 0.5 }  # [A] as the template

[identification]
p_two_serials = 0.5  # [A] high, so that some renew between filing and identification
renewed_within = "2 d"  # [A] short, so that the line's outage comes between

[doubles]
p_online = 0.3  # [A] high, so that some file again with their new certificate
delay = { mean = "2 d", cv = 0.3 }  # [A] about as long as the renewal takes
check = { mean = "5 min", cv = 0.5 }  # [A] as the template
found_by_match = 0.7  # [A] so that it has to match two serial numbers
yen_per_case = 10_000.0  # [A] as the template

[office.p_rule_overlooked]
child_allowance_status_report = 0.5  # [A] high, so that some are

[attachment_faults]
p_wrong_type = 0.2  # [A] high, so that each occurs in a small town
p_too_large = 0.1  # [A] high, so that each occurs in a small town
p_refile = 0.4  # [A] so that both happen in a small town
refile_delay = { mean = "6 h", cv = 1.0 }  # [A] as good as any
p_virus = 0.2  # [A] high, so that each occurs in a small town

[retention]
window = "2 d"  # [A] short, for a short season
recovery = { mean = "20 min", cv = 0.5 }  # [A] as the template
reissue_delay = { mean = "2 d", cv = 0.5 }  # [A] short, for a short season
p_recovered = 0.8  # [A] so that both happen in a small town

[[line.outages]]
start = 2021-06-08T00:00:00  # [A] longer than the window
length = "4 d"  # [A] longer than the window

[methods.batch_import]
max_records = 4  # [A] so that the files of a small town are over it
over_cap = "stall"
noticed_after = "1 d"  # [A] short, for a short season
p_abort_per_run = 0.5  # [A] high, so that some do

[methods.batch_import.misaligned]
p_per_file = 0.2  # [A] high, so that some are
detection = "review"
rollback_per_record = { mean = "5 min", cv = 0.5 }  # [A] as the template

[methods.batch_import.handed_over_twice]
p_per_file = 0.5  # [A] high, so that some are
idempotent = false
detection = { mean = "1 d", cv = 0.5 }  # [A] short, for a short season
yen_per_case = 309_000  # [D] as the template
"""


async def live(shinsei: CommandLine, file: Path) -> dict[str, Any]:
    """The season on the stack, whose trace is that of the plan."""
    scenario = load(file)
    runs = run_all(scenario.run_specs("plan"))
    planned = trace_hash(line for run in runs for line in run.lines(scenario.end))
    found = await shinsei.season(str(file))
    assert found["trace_hash"] == planned
    batch = runs[-1].report()
    assert sum(one.aborts for one in batch.batch_runs) > 0
    ledger = found["ledger"]
    ends = (name for name in ledger if name not in {"accepted", "unaccounted"})
    assert ledger["unaccounted"] == 0
    assert ledger["accepted"] == sum(ledger[name] for name in ends)
    return found


@pytest.mark.parametrize("idempotent", [False, True])
async def test_whatever_goes_wrong_the_trace_is_the_plans(
    shinsei: CommandLine, tmp_path: Path, *, idempotent: bool
) -> None:
    file = tmp_path / "hard.toml"
    text = HARD.replace("idempotent = false", "idempotent = true") if idempotent else HARD
    file.write_text(text, encoding="utf-8")
    by_hand, batch = (await live(shinsei, file))["methods"]
    for one in (by_hand, batch):
        assert one["intake"]["quarantined"] > one["intake"]["clean_files"] > 0
        assert one["intake"]["lapsed"] > one["intake"]["recovered"] > 0
        assert one["intake"]["refused"]["given_up"] > 0
        assert one["ledger"]["expired"] >= one["intake"]["lost"] > 0
        assert one["doubles"]["found"]["match"] > 0
        assert one["undetected_errors"] > 0
        assert one["corrections"]["undone"] > 0
    kinds = {incident["kind"] for incident in batch["incidents"]}
    assert kinds == {"misaligned_file", "stalled_file", "file_handed_over_twice"}
    paid_twice = [one["yen"] for one in batch["incidents"] if one["kind"] == "file_handed_over_twice"]
    assert (max(paid_twice) > 0) is not idempotent
