"""An outage of the portal moves filings behind its end, loses those that are given up, and touches nothing else."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime

import pytest

from shinsei.domain.demand import echo_of, filings
from shinsei.domain.distributions import Distribution, Shape
from shinsei.domain.plan import run_all
from shinsei.domain.run import PortalOutageSpec, RunSpec
from shinsei.domain.simtime import DAY_MS, HOUR_MS, SimTime, day_of, day_start, from_datetime
from shinsei.domain.trace import trace_hash
from shinsei.testing.builders import a_run_spec

BASE = a_run_spec()
BASE = replace(BASE, end=SimTime(BASE.start + 60 * DAY_MS))
START = from_datetime(datetime(2021, 6, 30, 19))  # noqa: DTZ001 - read as Tokyo time
END = SimTime(START + 4 * HOUR_MS)
MIDNIGHT = day_start(day_of(date(2021, 7, 1)))


def with_outage(**changes: object) -> RunSpec:
    outage = PortalOutageSpec(
        start=START,
        end=END,
        affected_share=1.0,
        give_up_share=0.1,
        return_hours=Distribution(mean=2.0, cv=1.0, shape=Shape.EXPONENTIAL),
    )
    outages = (replace(outage, **changes),)  # type: ignore[arg-type]
    return replace(BASE, demand=replace(BASE.demand, portal_outages=outages))


def online_at(spec: RunSpec) -> list[SimTime]:
    return [filing.at for filing in filings(spec) if filing.online]


def test_nobody_files_in_an_outage_and_there_is_an_echo_behind_it() -> None:
    before, after = Counter(online_at(BASE)), Counter(online_at(with_outage()))
    assert not [at for at in after if START <= at < END]
    echo = sum(count for at, count in after.items() if END <= at < END + DAY_MS)
    assert echo > 1.5 * sum(count for at, count in before.items() if END <= at < END + DAY_MS)


def test_filings_outside_the_outage_stay_where_they_are() -> None:
    assert (
        Counter(at for at in online_at(BASE) if not START <= at < END) - Counter(online_at(with_outage())) == Counter()
    )


def test_paper_does_not_notice() -> None:
    paper = [[filing.at for filing in filings(spec) if not filing.online] for spec in (BASE, with_outage())]
    assert paper[0] == paper[1]


def test_who_gives_up_is_never_filed_and_the_count_says_so() -> None:
    spec = with_outage(give_up_share=0.3)
    found = echo_of(spec)
    assert found is not None
    assert found.given_up == len(online_at(BASE)) - len(online_at(spec)) > 0
    assert found.failed == sum(START <= at < END for at in online_at(BASE))


def test_late_are_those_who_come_back_after_the_deadline() -> None:
    spec = with_outage(give_up_share=0.0)
    found = echo_of(spec)
    assert found is not None
    on_time = [sum(at < MIDNIGHT for at in online_at(each)) for each in (BASE, spec)]
    assert found.late == on_time[0] - on_time[1] > 0


def test_a_slow_portal_fails_a_share_only() -> None:
    all_of_them, some = echo_of(with_outage()), echo_of(with_outage(affected_share=0.4))
    assert all_of_them is not None
    assert some is not None
    assert 0 < some.failed < all_of_them.failed


@pytest.mark.parametrize("changes", [{"affected_share": 0.0}, {"end": START}], ids=["nobody", "no-time"])
def test_an_outage_that_touches_nobody_changes_no_trace(changes: dict[str, object]) -> None:
    specs = [replace(spec, end=SimTime(BASE.start + 32 * DAY_MS)) for spec in (BASE, with_outage(**changes))]
    hashes = [trace_hash(line for run in run_all([spec]) for line in run.lines(spec.end)) for spec in specs]
    assert hashes[0] == hashes[1]


def test_without_an_outage_there_is_no_echo_to_tell_of() -> None:
    assert echo_of(BASE) is None
