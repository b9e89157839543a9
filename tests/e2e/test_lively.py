"""People and offices that are not all alike, on the live stack: the trace is the plan's with all of it turned on."""

from pathlib import Path

from shinsei.domain.plan import run_all
from shinsei.domain.trace import trace_hash
from shinsei.scenario import load
from shinsei.testing.command_line import CommandLine

LIVELY = """\
extends = "smoke"

[identification]
p_proxy = 0.1  # [A] high, so that each occurs in a small town
p_stranger = 0.05  # [A] high, so that each occurs in a small town
p_variant = 0.2  # [A] high, so that each occurs in a small town
variant_factor = 2.0  # [A] high, so that each occurs in a small town
p_two_serials = 0.2  # [A] high, so that each occurs in a small town
renewed_within = "5 d"  # [A] short, so that each occurs in a small town

[moves_out]
share = 0.2  # [A] high, so that each occurs in a small town
delay = { mean = "2 d", cv = 0.5 }  # [A] short, so that each occurs in a small town
handling = { mean = "10 min", cv = 0.5 }  # [A] as shipped

[doubles]
p_online = 0.2  # [A] high, so that each occurs in a small town
p_paper = 0.1  # [A] high, so that each occurs in a small town
p_resend = 0.2  # [A] high, so that each occurs in a small town
delay = { mean = "2 d", cv = 0.5 }  # [A] high, so that each occurs in a small town
check = { mean = "5 min", cv = 0.5 }  # [A] high, so that each occurs in a small town
found_by_match = 0.4  # [A] high, so that each occurs in a small town
found_by_clerk = 0.2  # [A] high, so that each occurs in a small town
found_by_core = 0.2  # [A] high, so that each occurs in a small town

[workforce]
p_absent = 0.1  # [A] high, so that each occurs in a small town

[[workforce.duty]]
starts = "09:00"  # [A] high, so that each occurs in a small town
ends = "11:00"  # [A] high, so that each occurs in a small town
clerks = 1  # [A] high, so that each occurs in a small town

[[workforce.temporary]]
first_day = 2021-06-07  # [A] high, so that each occurs in a small town
last_day = 2021-06-18  # [A] high, so that each occurs in a small town
clerks = 1  # [A] high, so that each occurs in a small town
pace = 0.6  # [A] high, so that each occurs in a small town

[workforce.learning]
rate = 0.9  # [A] high, so that each occurs in a small town
"""


async def test_strangers_doubles_and_a_changing_workforce_leave_the_plans_trace(
    shinsei: CommandLine, tmp_path: Path
) -> None:
    """Who has moved or renewed files again too, so a revocation that came too early would show."""
    file = tmp_path / "lively.toml"
    file.write_text(LIVELY, encoding="utf-8")
    scenario = load(file)
    planned = trace_hash(line for run in run_all(scenario.run_specs("plan")) for line in run.lines(scenario.end))
    summary = await shinsei.season(str(file))
    assert summary["trace_hash"] == planned
    assert summary["ledger"]["unaccounted"] == summary["refused"] == 0
    assert summary["ledger"]["not_accepted"] > 0
    for one in summary["methods"]:
        assert one["doubles"]["registered"] > 0
        assert one["doubles"]["persons_served"] < one["registered"]
        assert one["temporary_hours"] > 0
        assert one["duty_hours"] > 0
