"""Each mechanism of a scenario at nothing changes nothing: neither the trace nor the books."""

from functools import cache

import pytest

from shinsei.domain.office.report import OfficeReport
from shinsei.domain.plan import run_all
from shinsei.domain.trace import trace_hash
from shinsei.scenario import load

pytestmark = pytest.mark.slow

BASE = ("municipality.population=800", "run.end=2021-08-15", "twins.methods=['RPA','SCREEN_IMPORT','BATCH_IMPORT']")
CORRECTED = (
    'corrections={request={mean="3 min"},p_reply=1.0,reply_delay={mean="4 d"},'
    'deadline="9 d",grace="1 d",max_requests=2}'
)
NOTHING = {
    "absence": ("workforce.p_absent=0.0",),
    "attachment faults": ('attachment_faults={p_refile=0.5,refile_delay={mean="6 h"}}',),
    "core system never off-line": ("office.core_offline=[]",),
    "defects": (CORRECTED, "defects={rate=0.0,share_without_preset=0.5,rate_without_preset=0.0}"),
    "doubles": ('doubles={delay={mean="3 d"},check={mean="5 min"},found_by_match=0.5,found_by_core=0.5}',),
    "duty of nobody": ('workforce.duty=[{starts="09:00",ends="12:00",clerks=0}]',),
    "file handed over twice": (
        'methods.batch_import.handed_over_twice={idempotent=false,detection={mean="1 d"},yen_per_case=9.0}',
    ),
    "identification": (
        "identification={p_proxy=0.0,p_care_proxy=0.0,p_stranger=0.0,p_variant=0.0,variant_factor=3.0}",
    ),
    "learning": ("workforce.learning={rate=1.0,start_pace=1.0}",),
    "leave of nobody": ("workforce.leave=[{first_day=2021-06-07,last_day=2021-06-11,clerks=0}]",),
    "licences for all robots": ("methods.rpa.licences=9",),
    "line never down": ("line.outages=[]",),
    "misaligned file": ('methods.batch_import.misaligned={rollback_per_record={mean="5 min"}}',),
    "moves out": ('moves_out={share=0.0,delay={mean="3 d"},handling={mean="10 min"}}',),
    "no other job in the window": ("methods.batch_import.other_jobs=[]",),
    "portal never down": ("demand.portal_outages=[]",),
    "price of wrong records": ("costs.wrong_record_yen=30000.0",),
    "retention that nothing outlives": (
        'retention={window="365 d",recovery={mean="20 min"},reissue_delay={mean="2 d"},p_recovered=0.5}',
    ),
    "robot beside the terminal": ("methods.rpa.occupies_terminal=false",),
    "screen drift without a change": (
        "methods.rpa.ui_changes=[]",
        'methods.rpa.ui_drift={noticed_after="6 h",correction={mean="5 min"}}',
    ),
    "screen import without exceptions": (
        "methods.screen_import.p_exception=0.0",
        'methods.screen_import.exceptions=[{kind="variant_character",share=1.0,fix={mean="9 min"}}]',
    ),
    "temporary staff of nobody": (
        "workforce.temporary=[{first_day=2021-06-07,last_day=2021-06-30,clerks=0,pace=0.5}]",
    ),
    "withdrawals": ('withdrawals={share=0.0,delay={mean="3 d"}}',),
}
"""Overrides that name a mechanism and leave it without any case."""
WITHOUT = {
    "screen drift without a change": ("methods.rpa.ui_changes=[]",),
    "screen import without exceptions": ("methods.screen_import.p_exception=0.0",),
}
"""What the season next to it needs too."""


@cache
def season(overrides: tuple[str, ...]) -> tuple[str, list[OfficeReport]]:
    scenario = load("smoke", [*BASE, *overrides])
    runs = run_all(scenario.run_specs("run"))
    return trace_hash(line for run in runs for line in run.lines(scenario.end)), [run.report() for run in runs]


@pytest.mark.parametrize("mechanism", NOTHING)
def test_at_nothing_trace_and_books_are_those_of_a_season_without(mechanism: str) -> None:
    assert season(NOTHING[mechanism]) == season(WITHOUT.get(mechanism, ()))
