"""One look: what the page gets of open runs, of none, and of a stack that is half away."""

import inspect
import io
import json
import re
import urllib.error
from dataclasses import replace
from datetime import timedelta
from math import isnan, nan
from typing import TYPE_CHECKING

import pytest
from prometheus_client import REGISTRY

from app_mgmt.streams.throughput import REAL_MINUTE, SIM_DAY, SIM_HOUR
from shinsei.domain.forecast import Prospect
from shinsei.domain.horizon import horizon
from shinsei.domain.office.report import InUse, Resource
from shinsei.domain.run import Pacing
from shinsei.domain.simtime import SimTime, date_of, day_number
from shinsei.room import look as look_module
from shinsei.room import metrics, sources, watching
from shinsei.room.clockface import Trail, clockface
from shinsei.room.look import Seen, look, no_view, nothing_open
from shinsei.room.sources import Levels, samples
from shinsei.room.twins import office_now
from shinsei.scenario import load
from shinsei.season.text import Text
from shinsei.testing.offices import june

if TYPE_CHECKING:
    from tests.unit.room.conftest import MakeTwin

METRICS = """\
# HELP shinsei_pending_cases Cases that wait at a stage.
# TYPE shinsei_pending_cases gauge
shinsei_pending_cases{stage="fetch",linkage_method="none",prefecture="48"} 179.0
shinsei_portal_sim_unfetched_late_cases 9.0
shinsei_pending_cases{stage="intake",linkage_method="RPA",prefecture="48"} 2.0
shinsei_kafka_lag_records{topic="work.requested",partition="1"} 4.0
shinsei_kafka_lag_seconds{topic="work.requested",partition="1"} 0.2
shinsei_kafka_lag_seconds{topic="work.completed",partition="1"} 1.5
shinsei_app_mgmt_streams_registered{window="sim hour",linkage_method="RPA",clock="sim"} 3.0
shinsei_app_mgmt_streams_registered{window="sim hour",linkage_method="TRANSCRIPTION",clock="sim"} 2.0
shinsei_app_mgmt_streams_registered{window="sim day",linkage_method="RPA",clock="sim"} 17.0
shinsei_app_mgmt_streams_registered{window="real minute",linkage_method="RPA",clock="real"} 4.0
shinsei_app_mgmt_streams_backlog_cases{linkage_method="RPA"} 9.0
shinsei_app_mgmt_streams_backlog_age_seconds{linkage_method="RPA",clock="sim"} 7200.0
shinsei_app_mgmt_streams_deadline_risk_cases{linkage_method="RPA",clock="sim"} 5.0
"""


def levels(text: str = METRICS) -> Levels:
    values: dict[str, list[tuple[object, float]]] = {}
    for name, labels, value in samples(text):
        values.setdefault(name, []).append((labels, value))
    return Levels(values)  # type: ignore[arg-type]


def seen(*twins: object, **changes: object) -> Seen:
    clock = clockface(twins, speed=20.0, wished=None, can_control=False)  # type: ignore[arg-type]
    return Seen(levels=levels(), alerts=None, twins=twins, of=len(twins), clock=clock, **changes)  # type: ignore[arg-type]


def test_every_family_that_the_room_tells_of_is_asked_for_and_no_other() -> None:
    told = "".join(inspect.getsource(one) for one in (look_module, watching))
    named = set(re.findall(r'"(shinsei_[a-z_]+)"', told))
    assert named == set(sources.WANTED)


def test_where_not_all_municipalities_are_shown_the_pace_of_all_of_them_counts(a_twin: "MakeTwin") -> None:
    """Those that are shown may be safe while all the others are lost."""
    found = look(replace(seen(a_twin()), of=200))
    assert found["verdict"]["state"] == "at_risk"
    assert "of all 200, 5 cases filed in time would miss the target" in found["verdict"]["sentence"]["en"]
    assert [one["command"] for one in found["todo"]] == ["shinsei ledger"]
    assert metrics.NOT_SHOWN._value.get() == 199
    look(seen(a_twin()))
    assert metrics.NOT_SHOWN._value.get() == 0


def test_the_baseline_beside_the_methods_puts_no_municipality_at_risk(a_twin: "MakeTwin") -> None:
    of_baseline = levels(METRICS.replace("RPA", "STANDARD_API"))
    states = [look(replace(seen(a_twin(n=n)), levels=of_baseline, of=200))["verdict"]["state"] for n in (0, 4)]
    assert states == ["safe", "at_risk"], "unless there is nothing else"


def test_a_standing_run_of_many_municipalities_has_no_date_to_miss(a_twin: "MakeTwin") -> None:
    twin = a_twin(Prospect.UNKNOWN)
    found = look(replace(seen(replace(twin, spec=replace(twin.spec, pacing=Pacing.CLOCK))), of=200))
    assert (found["verdict"]["state"], found["todo"], metrics.NOT_SHOWN._value.get()) == ("standing", [], 0)


def test_how_old_the_forecast_is_and_for_how_long_it_has_been_too_old_is_told_until_the_end(
    a_twin: "MakeTwin",
) -> None:
    def told() -> list[float]:
        names = ("shinsei_season_forecast_age_seconds", "shinsei_season_forecast_overdue_seconds")
        return [REGISTRY.get_sample_value(name, {"linkage_method": "TRANSCRIPTION"}) or 0.0 for name in names]

    twin = a_twin()
    last = look(seen(replace(twin, foreseen=replace(twin.foreseen, age_s=130.0, overdue_s=121.0))))
    assert told() == [130.0, 121.0]
    metrics.tell_nothing(unread=0)
    assert all(map(isnan, [*told(), metrics.NOT_SHOWN._value.get()]))
    nothing_open(Seen(levels=levels(""), alerts=[]), last)
    assert [*told(), metrics.NOT_SHOWN._value.get()] == [0.0, 0.0, 0.0]


def test_a_look_is_json_and_has_what_the_page_shows(a_twin: "MakeTwin") -> None:
    found = json.loads(json.dumps(look(seen(a_twin(n=0), a_twin(n=1)))))
    assert found["verdict"]["state"] == "safe"
    assert found["flow"] == {"fetch": 179, "intake": 2}
    assert found["unfetched"]["en"].startswith("170 accepted in time")
    assert found["kafka"] == {"records": 4, "seconds": 1.5, "stopped": 0}
    assert (found["deadline"], found["target"]) == ("2021-06-15", "2021-06-25")
    assert [twin["mark"] for twin in found["twins"]] == ["1", "2"]
    assert found["twins"][0]["curve"][0][0] == "2021-06-01"
    assert found["alerts"] is None
    registered = {"hour": 5, "day": 17, "minute": 4}
    assert found["pace"] == {"at_risk": 5, "age_h": 2.0, "registered": registered}


def test_what_is_registered_in_a_window_is_told_as_the_views_name_it() -> None:
    assert set(look_module._WINDOWS.values()) == {SIM_HOUR, SIM_DAY, REAL_MINUTE}


def test_where_the_derived_views_are_away_nothing_is_registered_that_was_not_told(a_twin: "MakeTwin") -> None:
    values = {"shinsei_app_mgmt_streams_backlog_cases": [({"linkage_method": "RPA"}, 1.0)]}
    found = look(replace(seen(a_twin()), levels=Levels(values, ("app_mgmt_streams",))))
    assert found["pace"]["registered"] == {"hour": None, "day": None, "minute": None}


def test_the_end_of_a_season_stays_on_the_page(a_twin: "MakeTwin") -> None:
    last = look(seen(a_twin(Prospect.LOST)))
    over = nothing_open(Seen(levels=levels(""), alerts=[], missing=[Text("app_mgmt", "申請管理")]), last)
    assert (over["over"], over["run"], over["todo"]) == (True, last["run"], [])
    assert over["missing"] == [{"en": "app_mgmt", "ja": "申請管理"}]
    assert nothing_open(Seen(levels=levels(""), alerts=[]), {})["verdict"]["state"] == "idle"


def test_a_dead_letter_is_named_until_it_is_settled_whether_a_season_runs_or_not(a_twin: "MakeTwin") -> None:
    lie = levels('shinsei_dead_letters_unsettled{topic="work.requested"} 2.0\n')
    last = look(replace(seen(a_twin()), levels=lie))
    found = (last, nothing_open(Seen(levels=lie, alerts=[]), last), nothing_open(Seen(levels=lie, alerts=[]), {}))
    assert [one["todo"][0]["command"] for one in found] == ["shinsei dead-letters list"] * 3
    assert [len(one["todo"]) for one in found] == [1, 1, 2], "and how a season is started, where none was"


def test_a_standing_run_is_shown_and_not_judged(a_twin: "MakeTwin") -> None:
    twin = a_twin(Prospect.UNKNOWN)
    found = look(seen(replace(twin, spec=replace(twin.spec, pacing=Pacing.CLOCK))))
    assert found["verdict"]["state"] == "standing"
    assert (found["deadline"], found["target"], found["todo"]) == (None, None, [])


def test_a_standing_run_that_hangs_asks_for_something(a_twin: "MakeTwin") -> None:
    twin = a_twin(Prospect.UNKNOWN)
    standing = replace(twin, spec=replace(twin.spec, pacing=Pacing.CLOCK))
    stopped = levels('shinsei_kafka_partition_stopped{topic="work.requested",partition="1"} 1.0\n')
    found = look(replace(seen(standing), levels=stopped))
    assert [one["command"] for one in found["todo"]] == ["shinsei status"]


def test_no_alert_is_raised_over_a_baseline_that_is_not_judged(a_twin: "MakeTwin") -> None:
    look(seen(a_twin(), a_twin(Prospect.LOST, n=4, left_at_target=3)))
    assert metrics.PROSPECT.labels("STANDARD_API", "lost")._value.get() == 0.0
    assert metrics.PROSPECT.labels("TRANSCRIPTION", "safe")._value.get() == 1.0


def test_a_method_at_risk_is_told_to_its_alert_until_it_is_lost(a_twin: "MakeTwin") -> None:
    def told() -> tuple[float, float]:
        at_risk, lost = (metrics.PROSPECT.labels("TRANSCRIPTION", prospect) for prospect in ("at_risk", "lost"))
        return at_risk._value.get(), lost._value.get()

    assert look(seen(a_twin(Prospect.AT_RISK)))["verdict"]["state"] == "at_risk"
    assert told() == (1.0, 0.0)
    look(seen(a_twin(Prospect.LOST, left_at_target=3)))
    assert told() == (0.0, 1.0)


def test_what_did_not_answer_is_not_nothing(a_twin: "MakeTwin") -> None:
    found = look(replace(seen(a_twin()), levels=Levels({}, ("portal_sim",))))
    assert found["flow"] == {"fetch": None, "intake": 0}
    assert found["kafka"] == {"records": 0, "seconds": 0, "stopped": 0}
    assert found["unfetched"]["en"].startswith("The portal does not say")
    found = look(replace(seen(a_twin()), levels=Levels({}, ("app_mgmt",))))
    assert found["flow"] == {"fetch": 0, "intake": None}
    assert found["kafka"] == {"records": None, "seconds": None, "stopped": None}
    assert (found["held"], found["updates"]) == (None, 0)


def test_what_a_process_could_not_measure_is_not_nothing_and_hides_nothing_else(a_twin: "MakeTwin") -> None:
    """It answers all the same, with what is known without its database."""
    unknown = METRICS.replace("179.0", "NaN").replace("} 1.5", "} NaN") + "shinsei_app_mgmt_held_statuses NaN\n"
    found = look(replace(seen(a_twin()), levels=levels(unknown)))
    assert found["flow"] == {"fetch": None, "intake": 2}
    assert found["kafka"] == {"records": 4, "seconds": None, "stopped": 0}
    assert found["held"] is None
    down = Levels({"shinsei_linkage_server_line_down": [({}, nan)]})
    assert watching._is_line_down(down) is None
    assert levels(unknown).at_least("shinsei_pending_cases") == 2


def test_a_partition_that_has_stopped_is_told_though_another_process_is_away(a_twin: "MakeTwin") -> None:
    values = {"shinsei_kafka_partition_stopped": [({"topic": "work.requested", "partition": "1"}, 1.0)]}
    found = look(replace(seen(a_twin()), levels=Levels(values, ("app_mgmt",))))
    assert found["kafka"]["stopped"] == 1


def test_where_nobody_says_whether_the_line_is_up_nothing_is_through(a_twin: "MakeTwin") -> None:
    twin = a_twin(evening="2021-07-25T18:00")
    states = [look(seen(twin, line_down=line))["verdict"]["state"] for line in (False, None, True)]
    assert states == ["through", "safe", "safe"]


def test_before_anything_has_been_seen_the_page_says_so() -> None:
    found = json.loads(json.dumps(no_view(("portal_sim", "app_mgmt"))))
    assert found["verdict"]["word"]["en"] == "No view"
    assert (found["run"], found["todo"], found["flow"]) == (None, [], {"fetch": None, "intake": None})


def test_alerts_on_a_season_end_with_it(a_twin: "MakeTwin") -> None:
    lost = metrics.PROSPECT.labels("TRANSCRIPTION", "lost")

    def left() -> float | None:
        labels = {"linkage_method": "TRANSCRIPTION", "clock": "sim"}
        return REGISTRY.get_sample_value("shinsei_season_cases_left_at_target", labels)

    last = look(seen(a_twin(Prospect.LOST, left_at_target=7)))
    assert (lost._value.get(), left()) == (1.0, 7.0)
    nothing_open(Seen(levels=levels(""), alerts=[]), last)
    assert (lost._value.get(), left()) == (0.0, 0.0)


def test_accepted_cases_that_no_office_has_are_on_the_way(a_twin: "MakeTwin") -> None:
    twin = a_twin(on_the_way=12)
    assert twin.report is not None
    assert twin.waiting is not None
    assert (twin.on_the_way, twin.waiting - twin.report.backlog) == (12, 12)


def test_speed_is_that_of_the_last_while() -> None:
    trail = Trail()

    def told(at_s: float, clock: str) -> tuple[float, float | None]:
        trail.reaches(june(1, clock), at_s)
        return trail.speed, trail.lately

    assert (trail.speed, trail.lately) == (0.0, None)
    assert told(0.0, "00:00") == (0.0, None)
    assert told(2.0, "00:10") == (300.0, None), "a step may be slow"
    assert told(10.0, "01:00") == (360.0, 375.0)
    assert told(12.0, "01:00") == (300.0, 300.0)
    assert told(14.0, "01:00") == (257.1, 0.0)
    assert told(30.0, "01:00") == (0.0, 0.0)
    assert told(31.0, "00:30") == (0.0, None), "another season began"


def test_an_office_says_when_it_opens_next(a_twin: "MakeTwin") -> None:
    spec = a_twin().spec
    assert office_now(spec, june(15, "10:00")) == {"open": True, "opens_at": None}
    for day, clock, opens in ((15, "05:00", 15), (15, "18:00", 16), (18, "18:00", 21)):
        assert str(office_now(spec, june(day, clock))["opens_at"]).startswith(f"2021-06-{opens}T08:30")


def test_of_several_deadlines_the_next_one_counts() -> None:
    once = load("nursery-entry").run_specs("x")[0]
    wave = next(wave for wave in once.demand.waves if wave.has_deadline)
    first, last = wave.last_day, wave.last_day + timedelta(days=30)
    spec = replace(once, demand=replace(once.demand, waves=(wave, replace(wave, last_day=last))))
    found = [horizon(spec, now, 10) for now in (spec.start, spec.end)]
    assert [date_of(day_number(SimTime(one.deadline - 1))) for one in found] == [first, last]
    assert all(one.deadline < one.target for one in found)


def test_who_is_at_work_is_told_by_the_offices_at_their_own_moment(a_twin: "MakeTwin") -> None:
    """A gauge of five seconds ago is of another time of day where the clock does a day in ten: 0 of 0 at any hour."""
    found = []
    for n, hour in enumerate(("10:00", "11:00")):
        twin = a_twin(n=n)
        assert twin.report is not None
        at_work: dict[str, InUse] = {Resource.CLERKS: InUse(there=2, busy=n)}
        found.append(replace(twin, report=replace(twin.report, until=june(10, hour), at_work=at_work)))
    shown = look(seen(*found))
    assert shown["resources"]["clerks"] == {"there": 4, "busy": 1}
    assert shown["work"] == {"at": "2021-06-10T10:00:00+09:00", "open": True}


def test_without_the_derived_views_nothing_is_said_of_the_pace(a_twin: "MakeTwin") -> None:
    assert look(replace(seen(a_twin()), levels=levels("")))["pace"] is None


@pytest.mark.parametrize("answer", [None, b"", b"<html>", b"{}", b'{"data": null}'], ids=repr)
async def test_where_no_prometheus_answers_nobody_knows_whether_an_alert_fires(
    answer: bytes | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None at all is another thing than no alert."""

    def urlopen(*_: object, **__: object) -> io.BytesIO:
        if answer is None:
            raise urllib.error.URLError("Connection refused")
        return io.BytesIO(answer)

    monkeypatch.setattr("urllib.request.urlopen", urlopen)
    assert await sources.alerts("http://127.0.0.1:19090") is None
    assert await sources.alerts("") is None


@pytest.mark.parametrize(("scraped", "known"), [([], None), ([{"metric": {}, "value": [1, "0"]}], [])])
async def test_a_prometheus_that_scrapes_no_part_evaluates_nothing(
    scraped: list[object], known: list[object] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answers, and no alert fires, whatever is wrong: behind samples of the future it takes no others."""

    def urlopen(url: str, **_: object) -> io.BytesIO:
        data = {"alerts": []} if url.endswith("/api/v1/alerts") else {"result": scraped}
        return io.BytesIO(json.dumps({"data": data}).encode())

    monkeypatch.setattr("urllib.request.urlopen", urlopen)
    assert await sources.alerts("http://127.0.0.1:19090") == known


def test_what_calls_somebody_now_comes_first_among_the_alerts() -> None:
    found = [
        {"name": name, "state": state, "severity": severity}
        for name, state, severity in (
            ("A", "pending", "page"),
            ("B", "firing", "ticket"),
            ("C", "firing", "page"),
        )
    ]
    assert [one["name"] for one in sorted(found, key=sources._urgency)] == ["C", "B", "A"]


def test_an_alert_is_told_in_both_languages_with_its_runbook() -> None:
    annotations = {"summary": "Gone.", "summary_ja": "なし。", "runbook_url": "docs/operations.md#x"}
    told = sources._alert({"labels": {"alertname": "X"}, "state": "firing", "annotations": annotations})
    assert told["summary"] == {"en": "Gone.", "ja": "なし。"}
    assert (told["name"], told["runbook"]) == ("X", "docs/operations.md#x")
