"""Fault flags and alerts: each flag that is set is told by name, and the alert that its fault raises is one of ours."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import yaml
from tests.e2e.runbooks import BY_PROMTOOL_ALONE, SEASON

from shinsei.contracts.fault_flags import FLAGS, SET_ALERT
from shinsei.stack.prometheus import program

REPO = Path(__file__).parents[2]
FOLDER = REPO / "deploy" / "prometheus"
PAGE = (REPO / "docs" / "operations.md").read_text(encoding="utf-8")
RULES = yaml.safe_load((FOLDER / "alerts.rules.yml").read_text(encoding="utf-8"))
ALERTS = {rule["alert"]: rule for group in RULES["groups"] for rule in group["rules"]}
SET = ALERTS[SET_ALERT]


def told(part: str, flag: str) -> dict[str, Any]:
    """What is said of one flag in one service."""
    words = {"{{ $labels.part }}": part, "{{ $labels.flag }}": flag}
    said = dict(SET["annotations"])
    for name, text in said.items():
        for placeholder, word in words.items():
            text = text.replace(placeholder, word)  # noqa: PLW2901 - word by word
        said[name] = text
    return {"exp_labels": {**SET["labels"], "part": part, "flag": flag}, "exp_annotations": said}


def test_every_flag_that_is_set_is_told_in_every_service_in_which_it_can_be(tmp_path: Path) -> None:
    cases = [
        {
            "name": flag,
            "interval": "10s",
            "input_series": [
                {"series": f'shinsei_fault_set{{part="{part}",flag="{other}"}}', "values": f"{int(other == flag)}x3"}
                for part in one.services
                for other in FLAGS
            ],
            "alert_rule_test": [
                {"eval_time": "20s", "alertname": SET_ALERT, "exp_alerts": [told(part, flag) for part in one.services]}
            ],
        }
        for flag, one in FLAGS.items()
    ]
    file = tmp_path / "flags.test.yml"
    whole = {"rule_files": [str(FOLDER / "*.rules.yml")], "evaluation_interval": "10s", "tests": cases}
    file.write_text(json.dumps(whole), encoding="utf-8")
    command = [program("promtool") or "promtool", "test", "rules", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(cases) >= len(FLAGS) >= 16


def test_the_alert_that_a_flag_raises_by_what_it_does_is_one_of_ours() -> None:
    named = {flag.alert for flag in FLAGS.values() if flag.alert}
    assert named
    assert named <= ALERTS.keys()


def test_the_page_names_for_every_flag_the_alerts_that_see_it_and_each_is_one_of_ours() -> None:
    table = PAGE.partition("<!-- fault flags: generated -->")[2].partition("<!-- fault flags: end -->")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.strip().splitlines()]
    assert rows[0][-1] == "alert"
    found = {row[0].strip("`"): re.findall(r"`(\w+)`", row[-1]) for row in rows[2:]}
    assert found == {str(flag.name): [SET_ALERT, *filter(None, [flag.alert])] for flag in FLAGS.values()}
    assert {alert for alerts in found.values() for alert in alerts} <= ALERTS.keys()


def test_an_alert_that_a_flag_is_said_to_raise_is_walked_by_such_a_flag() -> None:
    for alert in {flag.alert for flag in FLAGS.values() if flag.alert} - BY_PROMTOOL_ALONE.keys():
        flags = {f"the flag {name}" for name, flag in FLAGS.items() if flag.alert == alert}
        assert SEASON[alert] in flags, alert
