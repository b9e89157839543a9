"""Rules and alerts: well-formed, each alert tested both ways, about metrics that exist, with a runbook."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from shinsei.room.alerts import QUIET
from shinsei.runtime.observability import RPC_BUCKETS_S
from shinsei.stack.home import Home
from shinsei.stack.parts import USUAL_PORTS
from shinsei.stack.prometheus import JOB, LOAD_JOB, program, scraped
from shinsei.stack.site import Site

REPO = Path(__file__).parents[2]
FOLDER = REPO / "deploy" / "prometheus"
RULES = sorted(FOLDER.glob("*.rules.yml"))
CASES = sorted((FOLDER / "tests").glob("*.yml"))
SEVERITIES = {"page", "ticket"}


def rules() -> list[dict[str, Any]]:
    return [
        rule
        for file in RULES
        for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]
        for rule in group["rules"]
    ]


ALERTS = {rule["alert"]: rule for rule in rules() if "alert" in rule}


def run(tool: str, *arguments: str | Path) -> None:
    done = subprocess.run([program(tool) or tool, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_rules_and_the_generated_configuration_are_valid(tmp_path: Path) -> None:
    site = Site(home=Home(path=tmp_path), ports=USUAL_PORTS)
    configuration = tmp_path / "prometheus.yml"
    configuration.write_text(json.dumps(site.prometheus.configuration()), encoding="utf-8")
    run("promtool", "check", "config", configuration)
    run("promtool", "check", "rules", *RULES)


@pytest.mark.slow
@pytest.mark.parametrize("file", CASES, ids=lambda file: file.name)
def test_every_alert_fires_and_keeps_quiet_as_its_cases_say(file: Path) -> None:
    run("promtool", "test", "rules", file)


def test_alerts_on_simulated_quantities_wait_for_no_real_time() -> None:
    """A pause, or another speed, would be taken for something that lasts."""
    (group,) = (
        group
        for file in RULES
        for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]
        if group["name"] == "municipality"
    )
    assert group["rules"]
    assert [rule["alert"] for rule in group["rules"] if "for" in rule or "keep_firing_for" in rule] == []


def test_every_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not() -> None:
    cases = [
        (case["alertname"], bool(case["exp_alerts"]))
        for file in CASES
        for test in yaml.safe_load(file.read_text(encoding="utf-8"))["tests"]
        for case in test.get("alert_rule_test", ())
    ]
    assert set(cases) == {(name, fires) for name in ALERTS for fires in (True, False)}


def test_every_recorded_value_is_held_by_a_case() -> None:
    """Those of the service levels by their alerts, window by window; of the others live data show that they are."""
    asked = [
        case["expr"]
        for file in CASES
        for test in yaml.safe_load(file.read_text(encoding="utf-8"))["tests"]
        for case in test.get("promql_expr_test", ())
    ]
    held = {name for expr in asked for name in re.findall(r"[\w:]+:shinsei_[\w:]+", expr)}
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    assert {name for name in recorded if not name.startswith("slo:")} <= held <= recorded


def test_what_is_recorded_is_named_by_its_level_its_metric_and_what_was_done_with_it() -> None:
    for rule in rules():
        if "record" in rule:
            assert re.fullmatch(r"[a-z_]+:shinsei_[a-z_]+:[a-z0-9_]+", rule["record"]), rule["record"]


def test_burn_rates_are_of_real_time() -> None:
    """A season that is paused would burn nothing, and one that is fast a month's budget in an hour."""
    simulated = set(
        re.findall(r"^\| `(shinsei_\w+)` \|.*`clock`", (REPO / "docs/metrics.md").read_text("utf-8"), re.MULTILINE)
    )
    assert simulated
    for rule in rules():
        if rule.get("record", "").startswith("slo:"):
            used = {re.sub(r"_(bucket|count|sum)$", "", name) for name in re.findall(r"shinsei_\w+", rule["expr"])}
            assert used
            assert not used & simulated, rule["record"]


def test_the_configuration_of_alertmanager_is_valid() -> None:
    run("amtool", "check-config", FOLDER / "alertmanager.yml")


@pytest.mark.parametrize(("severity", "receiver"), [("page", "on_call"), ("ticket", "operators")])
def test_who_is_told_of_an_alert_goes_by_its_severity(severity: str, receiver: str) -> None:
    config = f"--config.file={FOLDER / 'alertmanager.yml'}"
    run("amtool", "config", "routes", "test", config, f"--verify.receivers={receiver}", f"severity={severity}")


def test_an_alert_is_kept_quiet_by_one_that_explains_it_and_by_no_other() -> None:
    rules = yaml.safe_load((FOLDER / "alertmanager.yml").read_text(encoding="utf-8"))["inhibit_rules"]
    found = [(rule["source_matchers"], rule["target_matchers"], rule.get("equal", [])) for rule in rules]
    assert found == [([f'alertname="{by}"'], [f"alertname{others}"], list(equal)) for by, others, equal, _ in QUIET]


def test_what_is_inhibited_and_what_inhibits_are_alerts() -> None:
    text = (FOLDER / "alertmanager.yml").read_text(encoding="utf-8")
    named = {name for names in re.findall(r'alertname!?=~?"([^"]+)"', text) for name in names.split("|")}
    assert named <= ALERTS.keys()


@pytest.mark.parametrize("name", sorted(ALERTS))
def test_an_alert_has_a_severity_a_sentence_in_both_languages_and_a_runbook(name: str) -> None:
    alert = ALERTS[name]
    assert alert["labels"]["severity"] in SEVERITIES
    english, japanese = (alert["annotations"][text] for text in ("summary", "summary_ja"))
    assert english.endswith(".")
    assert japanese.endswith("。")
    values = [set(re.findall(r"{{ (\S+).*?}}", text)) for text in (english, japanese)]
    assert values[0] == values[1]
    assert "humanizeDuration }}" not in japanese, "14d 3h is English"
    page, _, anchor = alert["annotations"]["runbook_url"].partition("#")
    assert anchor == name.lower()
    assert f"\n#### {name}\n" in (REPO / page).read_text(encoding="utf-8")


def test_rules_are_about_metrics_that_exist() -> None:
    documented = set(re.findall(r"^\| `(shinsei_\w+)`", (REPO / "docs/metrics.md").read_text("utf-8"), re.MULTILINE))
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    for rule in rules():
        for used in re.findall(r"\b[\w:]*shinsei_[\w:]+", rule["expr"]):
            plain = re.sub(r"_(bucket|count|sum)$", "", used)
            assert {used, plain} & (documented | recorded), (rule, used)


def test_a_bound_that_a_rule_asks_for_is_one_of_the_buckets() -> None:
    """Of another one there is no series, and the rule would say nothing for ever."""
    asked = {bound for rule in rules() for bound in re.findall(r'\ble="([^"]+)"', rule["expr"])}
    assert asked
    assert asked <= set(map(str, RPC_BUCKETS_S))


def test_every_process_with_metrics_is_scraped_under_its_own_name(tmp_path: Path) -> None:
    site = Site(home=Home(path=tmp_path), ports=USUAL_PORTS)
    configuration: Any = site.prometheus.configuration()
    job, _ = configuration["scrape_configs"]
    assert job["job_name"] == JOB
    found = {group["labels"]["part"]: group["targets"] for group in job["static_configs"]}
    assert found == {part: [url.split("/")[2]] for part, url in site.addresses.metrics.items()}


def test_a_load_generator_is_found_while_it_runs_and_what_a_killed_one_has_left_is_replaced(tmp_path: Path) -> None:
    site = Site(home=Home(path=tmp_path), ports=USUAL_PORTS)
    configuration: Any = site.prometheus.configuration()
    _, job = configuration["scrape_configs"]
    ((name,),) = (source["files"] for source in job["file_sd_configs"])
    file = Path(name)

    def found() -> list[str]:
        (group,) = json.loads(file.read_text("utf-8"))
        return list(group["targets"])

    with scraped(site.home.prometheus, 4_001):
        assert list(tmp_path.iterdir()) == [], "no Prometheus has run here"
    file.parent.mkdir()
    with scraped(site.home.prometheus, 4_001):
        assert found() == ["127.0.0.1:4001"]
        with scraped(site.home.prometheus, 4_002):
            assert found() == ["127.0.0.1:4002"]
        assert list(file.parent.iterdir()) == []
    with pytest.raises(KeyboardInterrupt), scraped(site.home.prometheus, 4_003):
        raise KeyboardInterrupt
    assert list(file.parent.iterdir()) == []
    file.write_text(json.dumps([{"targets": ["127.0.0.1:4004"]}]), encoding="utf-8")
    with scraped(site.home.prometheus, 4_001):
        assert found() == ["127.0.0.1:4001"]
        file.write_text(json.dumps([{"targets": ["127.0.0.1:4004"]}]), encoding="utf-8")
    assert found() == ["127.0.0.1:4004"], "which is somebody else's"


def test_of_whoever_has_the_port_of_a_generator_that_was_killed_nothing_is_kept(tmp_path: Path) -> None:
    """No alert on the parts may come of it, and none of a generator that is away."""
    configuration: Any = Site(home=Home(path=tmp_path), ports=USUAL_PORTS).prometheus.configuration()
    _, job = configuration["scrape_configs"]
    (rule,) = job["metric_relabel_configs"]
    assert (job["job_name"], rule["source_labels"], rule["action"]) == (LOAD_JOB, ["__name__"], "keep")
    documented = re.findall(r"^\| `(shinsei_\w+)`", (REPO / "docs/metrics.md").read_text("utf-8"), re.MULTILINE)
    kept = {name for name in documented if re.fullmatch(rule["regex"], name)}
    assert len(kept) == 5
    asking = {name for name, alert in ALERTS.items() if any(one in alert["expr"] for one in kept)}
    assert asking == {"LoadGeneratorFallingBehind"}
    assert all(f'up{{job="{JOB}"}}' in alert["expr"] for alert in ALERTS.values() if "up{" in alert["expr"])
