"""The dashboards: drawn from their tables, about metrics that exist, each panel with a question of its own."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from shinsei.season.history import FAMILIES
from shinsei.stack.prometheus import program

REPO = Path(__file__).parents[2]
GRAFANA = REPO / "deploy" / "grafana"
BOARDS: dict[str, Any] = {
    file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted((GRAFANA / "dashboards").glob("*.json"))
}
METRICS = (REPO / "docs/metrics.md").read_text("utf-8")
PANELS = [panel for board in BOARDS.values() for panel in board["panels"] if panel["type"] != "row"]
WRONG = {
    "Parts missing": ('up{job="shinsei",part="room"}', "0x12", 1),
    "Partitions stopped": ('shinsei_kafka_partition_stopped{topic="work.requested",partition="3"}', "1x12", 1),
    "Dead letters": ('shinsei_kafka_dead_letters_total{topic="work.requested",kind="header"}', "2x12", 2),
    "Calls that failed, a second": (
        'shinsei_grpc_server_handled_total{method="Push",code="UNAVAILABLE"}',
        "0+10x12",
        1,
    ),
    "Refused a second": (
        'shinsei_grpc_server_handled_total{method="Submit",code="RESOURCE_EXHAUSTED"}',
        "0+20x12",
        2,
    ),
}
"""What is wrong, as a series, and what the panel of it then shows; it shows 0 where there is no such series."""
NOT_OURS = ("count(up", "process_resident_memory_bytes{")
"""Of Prometheus itself, and of its client library."""
each_board = pytest.mark.parametrize("uid", BOARDS)


def known() -> set[str]:
    documented = re.findall(r"^\| `(shinsei_\w+)`", METRICS, re.MULTILINE)
    rules = yaml.safe_load((REPO / "deploy/prometheus/recording.rules.yml").read_text("utf-8"))["groups"]
    history = {f"shinsei_season_{family.name}" for family in FAMILIES}
    return {*documented, *history, *(rule["record"] for group in rules for rule in group["rules"])}


def test_the_dashboards_are_what_their_tables_say() -> None:
    """If this fails: make dashboards."""
    command = [sys.executable, str(GRAFANA / "build.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_a_dashboard_drawn_by_hand_is_found(tmp_path: Path) -> None:
    copy = tmp_path / "grafana"
    for file in GRAFANA.rglob("*"):
        if file.suffix in {".py", ".json"}:
            (copy / file.relative_to(GRAFANA)).parent.mkdir(parents=True, exist_ok=True)
            (copy / file.relative_to(GRAFANA)).write_bytes(file.read_bytes())
    (copy / "dashboards" / "mine.json").write_text("{}", encoding="utf-8")
    command = [sys.executable, str(copy / "build.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "mine.json is stale: make dashboards" in done.stderr


def test_there_is_a_dashboard_for_each_question_of_an_operator() -> None:
    names = ("flow", "office", "infrastructure", "loadtest", "history")
    assert set(BOARDS) == {f"shinsei-{name}" for name in names}


@each_board
def test_a_dashboard_cannot_be_changed_by_hand_and_is_named_as_its_file(uid: str) -> None:
    board = BOARDS[uid]
    assert board["uid"] == uid
    assert board["editable"] is False
    titles = [panel["title"] for panel in board["panels"]]
    assert len(titles) == len(set(titles))


def test_the_days_of_a_season_are_those_of_tokyo_wherever_one_looks() -> None:
    zones = {uid: board["timezone"] for uid, board in BOARDS.items()}
    assert zones.pop("shinsei-history") == "Asia/Tokyo"
    assert set(zones.values()) == {"browser"}, "of the others the time is that of whoever looks"


def test_panels_ask_for_metrics_that_exist() -> None:
    names = known()
    for panel in PANELS:
        for target in panel["targets"]:
            used = re.findall(r"\b(?:\w+:)?shinsei_\w+(?::\w+)?", target["expr"])
            assert used or target["expr"].startswith(NOT_OURS), target
            for name in used:
                assert {name, re.sub(r"_(bucket|count|sum)$", "", name)} & names, (panel["title"], name)


def assert_shown(folder: Path, series: Mapping[str, str], panels: Mapping[str, float]) -> None:
    """By promtool, what figures show two minutes after these series have begun."""
    asked = {panel["title"]: panel["targets"][0]["expr"] for panel in PANELS}
    case = {
        "interval": "10s",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {"expr": asked[title], "eval_time": "2m", "exp_samples": [{"labels": "{}", "value": value}]}
            for title, value in panels.items()
        ],
    }
    file = folder / "panels.test.yml"
    file.write_text(json.dumps({"tests": [case]}), encoding="utf-8")
    command = [program("promtool") or "promtool", "test", "rules", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_panel_that_shows_0_where_nothing_is_wrong_shows_more_where_something_is(tmp_path: Path) -> None:
    """With ``or vector(0)`` it is never silent, so that nobody would see that it asks for the wrong thing."""
    assert {panel["title"] for panel in PANELS if "vector(0)" in str(panel["targets"])} == WRONG.keys()
    series = {name: values for name, values, _ in WRONG.values()}
    assert_shown(tmp_path, series, {title: value for title, (_, _, value) in WRONG.items()})


def test_a_dead_letter_that_is_settled_is_shown_no_more(tmp_path: Path) -> None:
    counted, values, _ = WRONG["Dead letters"]
    unsettled = 'shinsei_dead_letters_unsettled{topic="work.requested"}'
    assert_shown(tmp_path, {counted: values, unsettled: "0x12"}, {"Dead letters": 0})


def test_what_is_wrong_in_a_panel_s_case_has_the_labels_of_its_metric() -> None:
    documented = {
        name: set(re.findall(r"`(\w+)`", labels))
        for name, labels in re.findall(r"^\| `(shinsei_\w+)` \| \w+ \|([^|]*)\|", METRICS, re.MULTILINE)
    }
    for series, _, _ in WRONG.values():
        name, labels = series.partition("{")[::2]
        assert name == "up" or set(re.findall(r"(\w+)=", labels)) <= documented[name], series


def test_every_panel_says_what_it_shows() -> None:
    assert PANELS
    for panel in PANELS:
        assert panel["description"].endswith("."), panel["title"]
        assert panel["targets"], panel["title"]


def test_rates_are_of_real_time_and_durations_in_seconds() -> None:
    """A quantile of a histogram is in the histogram's unit, and all of ours are seconds."""
    for panel in PANELS:
        unit = panel["fieldConfig"]["defaults"]["unit"]
        for target in panel["targets"]:
            if "histogram_quantile" in target["expr"]:
                assert unit == "s", panel["title"]
            elif "rate(" in target["expr"]:
                assert unit == "cps", panel["title"]


def test_while_a_fault_flag_is_set_every_board_of_the_present_says_so() -> None:
    """A bend in a curve may be somebody's doing."""
    marks = {uid: [one["expr"] for one in board["annotations"].get("list", ())] for uid, board in BOARDS.items()}
    assert marks.pop("shinsei-history") == []
    assert set(map(tuple, marks.values())) == {("shinsei_fault_set == 1",)}
    assert "shinsei_fault_set" in known()


def test_all_panels_read_from_the_provisioned_source() -> None:
    sources = yaml.safe_load((GRAFANA / "provisioning" / "datasources.yaml").read_text("utf-8"))["datasources"]
    wanted = {(source["type"], source["uid"]) for source in sources}
    assert {(panel["datasource"]["type"], panel["datasource"]["uid"]) for panel in PANELS} == wanted
