"""What happened in the field, replayed in virtual time, each in the direction that its source tells.

The table of docs/scenarios.md lists the same incidents with their commands.
"""

from collections import Counter
from datetime import date
from functools import cache

import pytest

from shinsei.domain.demand import filings
from shinsei.domain.office.report import IncidentReport
from shinsei.domain.simtime import DAY_MS, day_number, day_of, day_start
from shinsei.scenario import counterpart, load
from shinsei.season.figures import Findings, MethodFindings
from shinsei.season.planned import plan_season
from shinsei.season.verdict import verdict
from shinsei.testing.seasons import SMALL

pytestmark = pytest.mark.slow

NEVER_SLOW = """demand.portal_outages=[
    { start = 2020-05-01T13:00:00, length = "4 h", give_up_share = 0.05, return_delay = { mean = "12 h" } },
    { start = 2020-06-15T10:00:00, length = "7 h", give_up_share = 0.05, return_delay = { mean = "12 h" } },
]"""
"""The payment of 2020 with its two stops alone."""
BATCH = "methods.batch_import.handed_over_twice"


@cache
def replayed(name: str, *overrides: str) -> Findings:
    return plan_season(load(name, (*SMALL[name], *overrides)))


@cache
def without(name: str) -> Findings:
    other = counterpart(load(name, SMALL[name]))
    assert other is not None
    return plan_season(other)


def method(season: Findings, name: str) -> MethodFindings:
    return next(one for one in season.methods if one.method == name)


def only(season: Findings) -> IncidentReport:
    [incident] = method(season, "BATCH_IMPORT").office.incidents
    assert not any(one.office.incidents for one in season.methods if one.method != "BATCH_IMPORT")
    return incident


def test_a_file_handed_over_twice_pays_every_household_twice() -> None:
    incident = only(replayed("incident-file-twice"))
    assert incident.kind == "file_handed_over_twice"
    assert incident.records > 0
    assert incident.yen == pytest.approx(309_000 * incident.records)


def test_a_batch_id_that_is_checked_makes_the_second_file_harmless() -> None:
    season = replayed("incident-file-twice", f"{BATCH}.idempotent=true")
    assert not any(incident.yen or incident.records for incident in method(season, "BATCH_IMPORT").office.incidents)
    assert season.trace_hash == replayed("incident-file-twice", f"{BATCH}.dates=[]").trace_hash


def test_what_is_found_late_is_exposed_longer_and_costs_the_same() -> None:
    soon, late = only(replayed("incident-file-twice")), only(replayed("incident-found-late"))
    assert (late.records, late.yen) == (soon.records, soon.yen)
    assert late.exposure_h > 4 * soon.exposure_h


def test_shifted_rows_reach_everybody_in_the_file_and_take_clerks_to_put_right() -> None:
    season = replayed("incident-shifted-rows")
    incident = only(season)
    assert incident.kind == "misaligned_file"
    assert incident.found_at is not None
    assert incident.settled_at is not None
    assert method(season, "BATCH_IMPORT").office.hours["rollback"] > 0
    assert season.ledger.unaccounted == 0


def test_a_rule_that_nobody_knows_is_overlooked_under_every_method() -> None:
    season = replayed("incident-rule-overlooked")
    [(wrong, registered)] = {(one.office.undetected_errors, one.registered) for one in season.methods}
    assert 0.5 < wrong / registered < 0.75
    assert {one.wrong_records_yen for one in season.methods} == {10_000 * wrong}
    assert f"{wrong} of {registered} under every method" in verdict(season).en
    assert f"どの方式でも{registered}件中{wrong}件" in verdict(season).ja


def test_a_cap_that_nobody_knows_stops_one_method_until_somebody_looks() -> None:
    season = replayed("incident-cap-unnoticed")
    incident = only(season)
    assert incident.kind == "stalled_file"
    assert incident.found_at is not None
    assert incident.found_at - incident.began_at >= 10 * DAY_MS
    batch = method(season, "BATCH_IMPORT")
    assert batch.backlog_peak > 2 * max(one.backlog_peak for one in season.methods if one is not batch)


def test_too_few_connections_show_under_load_alone_and_where_people_key() -> None:
    name = "incident-connection-cap"
    season, enough = replayed(name), without(name)
    assert method(season, "TRANSCRIPTION").backlog_peak > method(enough, "TRANSCRIPTION").backlog_peak
    assert method(season, "BATCH_IMPORT").backlog_peak == method(enough, "BATCH_IMPORT").backlog_peak
    quiet = "demand.policy_year=post2022"
    few, many = replayed(name, quiet), replayed(name, quiet, "office.login_seats=6")
    days = [day_number(method(season, "TRANSCRIPTION").cleared_at or season.end) for season in (few, many)]
    assert days[0] == days[1]


def test_sending_again_makes_no_second_case() -> None:
    name = "incident-connection-cap"
    assert replayed(name).trace_hash == replayed(name, "doubles.p_resend=0.0").trace_hash
    resends = replayed(name).resends
    assert resends is not None
    assert resends.sent_again > resends.second_cases == 0


def test_one_upstream_node_takes_every_municipality_off_the_line() -> None:
    season, up = replayed("incident-upstream-line"), without("incident-upstream-line")
    assert len(season.municipalities) == 9
    assert season.ledger.accepted == up.ledger.accepted
    assert season.ledger.unaccounted == 0
    for one, before in zip(season.municipalities, up.municipalities, strict=True):
        assert sum(hours or 0 for hours in one.lead_hours) > sum(hours or 0 for hours in before.lead_hours)


def test_those_who_cannot_log_in_come_back_later_and_the_office_hardly_notices() -> None:
    season, quiet = replayed("incident-login-trouble"), without("incident-login-trouble")
    assert season.echo is not None
    assert season.echo.failed > season.echo.given_up
    for one, before in zip(season.methods, quiet.methods, strict=True):
        assert abs(one.backlog_peak - before.backlog_peak) <= 0.1 * before.backlog_peak


def test_a_signature_service_that_is_slow_for_days_moves_filings_behind_it() -> None:
    name = "special-cash-payment-2020"
    slow = replayed(name)
    quick = replayed(name, "demand.portal_outages=[]")
    assert slow.echo is not None
    assert quick.echo is None
    assert slow.echo.failed > 0
    start, end = (day_start(day_of(date(2020, 5, day))) for day in (7, 12))

    def online(*overrides: str) -> Counter[bool]:
        """Online filings during the slow days, and in the week behind them (True)."""
        specs = load(name, (*SMALL[name], *overrides)).run_specs("run")
        found = [filing.at for spec in specs for filing in filings(spec) if filing.online]
        return Counter(at >= end for at in found if start <= at < end + 7 * DAY_MS)

    ours = [outage for outage in load(name).file.demand.portal_outages if start <= outage.start < end]
    assert len(ours) == 1
    met, unmet = online(), online(NEVER_SLOW)
    assert met[False] < unmet[False]
    assert met[True] > unmet[True]


def test_applicants_of_2020_are_looked_for_by_hand_everywhere_as_a_mapping_would_have_spared() -> None:
    name = "special-cash-payment-2020"
    mapped = ("registry.refresh_every=24 h", "registry.p_fresh_certificate=0.02", "registry.fresh_within=24 h")
    by_hand, spared = (
        [one.office.hours["manual_identification"] for one in season.methods]
        for season in (replayed(name), replayed(name, *mapped))
    )
    assert all(hours > 0 for hours in by_hand)
    assert sum(spared) < 0.1 * sum(by_hand)
