"""Whoever files on the stack as it comes has to have signed; what citizens do in a season is signed by itself."""

import time
import urllib.request
from dataclasses import replace

from prometheus_client.parser import text_string_to_metric_families
from tests.e2e.conftest import targets

from shinsei.domain.demand import filings
from shinsei.domain.municipality import with_check_digit
from shinsei.domain.run import RunSpec
from shinsei.domain.simtime import SimTime
from shinsei.scenario import load
from shinsei.season.gateway import Gateway
from shinsei.stack import Stack

CITY = with_check_digit("48902")
COUNT = 20


def found(stack: Stack) -> dict[str, float]:
    """How many signatures the portal has found to be what."""
    with urllib.request.urlopen(stack.addresses.metrics["portal_sim"], timeout=10) as answer:  # noqa: S310 - loopback
        families = text_string_to_metric_families(answer.read().decode())
        samples = [
            one for family in families if family.name == "shinsei_portal_sim_signatures" for one in family.samples
        ]
    return {one.labels["outcome"]: one.value for one in samples if one.name.endswith("_total")}


def a_season() -> RunSpec:
    spec = load("smoke").run_specs(f"signed-{time.time_ns()}")[0]
    return replace(spec, municipality=CITY)


async def test_a_filing_counts_if_it_is_signed_and_else_it_is_refused(stack: Stack, gateway: Gateway) -> None:
    spec = a_season()
    some = [filing for filing in filings(spec) if filing.online and filing.signed][:COUNT]
    before = found(stack)
    await gateway.start(spec)
    await gateway.commit_frontier(spec, SimTime(some[-1].at + 1))
    async with Gateway(targets(stack)) as without_cards:
        refused = await without_cards.file(spec, some)
    assert len(refused) == COUNT
    assert all("nobody has signed" in why for why in refused)
    assert not await gateway.file(spec, some)
    after = found(stack)
    assert after["valid"] - before.get("valid", 0.0) >= COUNT
    assert after["missing"] - before.get("missing", 0.0) == COUNT
    await gateway.close_run(spec)
