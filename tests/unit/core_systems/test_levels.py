"""What the gauges say of an office is what its books say."""

from prometheus_client import REGISTRY

from core_systems.handlers import levels
from core_systems.handlers.values import RunKey
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.office import Office
from shinsei.domain.simtime import HOUR_MS
from shinsei.testing.builders import A_MUNICIPALITY
from shinsei.testing.offices import a_plain_office, june, opened

KEY = RunKey(run_id="run-1", municipality=A_MUNICIPALITY)
PREFECTURE = A_MUNICIPALITY[:2]


def an_office_at_work() -> Office:
    """Three cases on the morning of the 1st, of which the clerk has the first in hand at half past eight."""
    office = Office(a_plain_office())
    for number in range(1, 4):
        office.offer(opened(june(1, f"06:0{number}"), number=number))
    office.advance(june(1, "08:40"))
    return office


def value(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


def test_levels_are_those_of_the_report() -> None:
    office = an_office_at_work()
    found, report = office.levels(), office.report()
    assert sum(found.backlog.values()) == report.backlog == 3
    assert min(found.oldest.values()) == report.oldest_submitted_at
    assert (found.clerks.there, found.clerks.busy) == (1, 1)
    assert report.at_work == {"clerks": found.clerks, "robots": found.robots, "login_seats": found.seats}


def test_gauges_fall_to_nothing_when_the_office_is_gone() -> None:
    """A series that vanished would leave the last value standing in whoever looks."""
    labels = {"stage": "office", "linkage_method": "TRANSCRIPTION", "prefecture": PREFECTURE}
    levels.export([(KEY, an_office_at_work().levels())])
    assert value("shinsei_pending_cases", **labels) == 3
    age_s = value("shinsei_oldest_pending_age_seconds", clock="sim", **labels)
    assert age_s is not None
    assert 2 * HOUR_MS / 1000 < age_s < 48 * HOUR_MS / 1000
    levels.export([])
    assert value("shinsei_pending_cases", **labels) == 0
    assert value("shinsei_watermark_timestamp_seconds", stage="office", clock="sim") == 0


def test_municipalities_of_a_prefecture_are_counted_together() -> None:
    """The number of series does not grow with the number of municipalities."""
    office = an_office_at_work().levels()
    keys = [RunKey(run_id="run-1", municipality=f"{PREFECTURE}{number:04d}") for number in range(1_741)]
    levels.export((key, office) for key in keys)
    family = next(one for one in REGISTRY.collect() if one.name == "shinsei_pending_cases")
    shown = [one for one in family.samples if one.labels["stage"] == "office"]
    assert len(shown) <= len(LinkageMethod)
    assert sum(one.value for one in shown) == 3 * 1_741
    levels.export([])
