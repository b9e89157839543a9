"""The folder of a load test: summary, report, histograms, series, preset, offices, environment."""

from typing import Any

from shinsei.loadtest.outcome import Outcome
from shinsei.loadtest.percentiles import percentile_table
from shinsei.loadtest.report.page import report_html
from shinsei.loadtest.series import series_csv
from shinsei.loadtest.summary import Context
from shinsei.season.results import ENVIRONMENT, REPORT, SCENARIO, SERIES, SUMMARY, Results, as_json

PRESET = "preset.toml"


def write(
    results: Results,
    outcome: Outcome,
    context: Context,
    summary: dict[str, Any],
    environment: dict[str, Any],
    scenario: str,
) -> None:
    """Writes everything; ``latest`` points to it when it is whole."""
    run_id = context.run_id
    results.write(run_id, PRESET, context.preset.text)
    results.write(run_id, SCENARIO, scenario)
    results.write(run_id, ENVIRONMENT, as_json(environment))
    results.write(run_id, SERIES, series_csv(outcome.books))
    for name, histogram in outcome.books.latencies.items():
        results.write(run_id, f"latency-{name.replace('/', '-')}.hgrm", percentile_table(histogram))
    for name, request in outcome.books.requests.items():
        results.write(run_id, f"request-{name.replace(' ', '-')}.hgrm", percentile_table(request.response))
    results.write(run_id, REPORT, report_html(outcome, context, summary, environment))
    results.write(run_id, SUMMARY, as_json(summary))
    results.point_latest(run_id)
