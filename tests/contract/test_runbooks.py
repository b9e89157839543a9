"""Every alert is walked: raised beside a running stack, or by promtool where only hours and days would raise it."""

import re
from pathlib import Path

import yaml
from tests.e2e.runbooks import BY_A_STAND_IN, BY_PROMTOOL_ALONE, LOADED, SEASON, STOPPED

from shinsei.room import metrics
from shinsei.testing.prometheus import hurried

RULES = (Path(__file__).parents[2] / "deploy" / "prometheus" / "alerts.rules.yml").read_text(encoding="utf-8")


def alerts(text: str) -> dict[str, dict[str, str]]:
    return {rule["alert"]: rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]}


def test_every_alert_has_exactly_one_walk() -> None:
    walked = [*SEASON, *BY_A_STAND_IN, *STOPPED, *LOADED, *BY_PROMTOOL_ALONE]
    assert sorted(walked) == sorted(alerts(RULES))


def test_burn_rates_are_left_to_promtool_and_nothing_else() -> None:
    burning = {name for name, rule in alerts(RULES).items() if "slo:" in rule["expr"]}
    assert set(BY_PROMTOOL_ALONE) == burning


def test_a_stand_in_tells_what_the_room_alone_can_say_and_no_other_alert() -> None:
    room = {metrics.PROSPECT._name, metrics.UNACCOUNTED._name, metrics.NOT_SHOWN._name}
    told = {name for name, rule in alerts(RULES).items() if set(re.findall(r"shinsei_\w+", rule["expr"])) & room}
    assert BY_A_STAND_IN.keys() == told - {"SeasonLost"}, "which its fault raises"


def test_a_hurry_shortens_real_times_and_leaves_simulated_limits_alone() -> None:
    found, usual = alerts(hurried(RULES)), alerts(RULES)
    assert found["PartMissing"]["for"] == "1500ms"
    assert "[6000ms]" in found["ConsumerStalled"]["expr"]
    assert "offset 45000ms" in found["DeadLettersNonZero"]["expr"]
    assert found["OutboxStuck"]["expr"].endswith("> 1.5")
    assert found["ForecastTooOld"]["expr"].endswith("> 6")
    assert found["LagSecondsGrowing"]["expr"].startswith("topic:shinsei_kafka_lag_seconds:max > 1.5 and")
    for name in (
        "OldestPendingTooOld",
        "NotFetched",
        "SeasonLost",
        "MunicipalitiesAtRisk",
        "LedgerMismatch",
        "BatchWindowFull",
        "BatchWindowMissed",
    ):
        assert found[name] == usual[name]
