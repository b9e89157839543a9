"""A load test: what the system says of it, and what `shinsei loadtest run` tells while it runs.

A scrape every few seconds is no measurement of milliseconds; the figures that count are in its report.
"""

from boards.panels import Board, Figure, Panel, Query, Row

_SUBMIT = 'method=~"Submit|SubmitBatch"'


def _states(states: str) -> str:
    """Applications a second, by what became of them."""
    return f'sum by (state) (rate(shinsei_loadtest_applications_total{{state=~"{states}"}}[1m]))'


BOARD = Board(
    uid="shinsei-loadtest",
    title="Shinsei: load test",
    says="Beside a running load test: the system's side of it, and the generator's. The report has the figures.",
    rows=(
        Row(
            title="Now",
            panels=(
                Figure(
                    title="Accepted a second",
                    says="Submissions that the portal has stored.",
                    query=Query(expr='sum(rate(shinsei_portal_sim_submissions_total{outcome="accepted"}[1m]))'),
                    unit="cps",
                ),
                Figure(
                    title="Completed a second",
                    says="Cases registered in a core system. Below what is accepted, a queue grows.",
                    query=Query(expr="sum(method:shinsei_app_mgmt_registrations:rate1m)"),
                    unit="cps",
                ),
                Figure(
                    title="Refused a second",
                    says="Back-pressure: RESOURCE_EXHAUSTED, with a hint when to come again.",
                    query=Query(
                        expr="sum(rate(shinsei_grpc_server_handled_total"
                        f'{{{_SUBMIT},code="RESOURCE_EXHAUSTED"}}[1m])) or vector(0)'
                    ),
                    unit="cps",
                ),
                Figure(
                    title="Submissions that wait for their commit",
                    says="At the portal; it refuses before this grows without end.",
                    query=Query(expr="sum(shinsei_portal_sim_pending_submissions)"),
                ),
            ),
        ),
        Row(
            title="The generator",
            panels=(
                Panel(
                    title="Planned and offered",
                    says="What the preset has planned, and what came of it. Offered below planned: look at the lag.",
                    queries=(
                        Query(expr="sum(shinsei_loadtest_planned_per_second)", legend="planned"),
                        Query(expr=_states("offered|accepted|registered"), legend="{{state}}"),
                    ),
                    unit="cps",
                ),
                Panel(
                    title="Offered and not accepted",
                    says="Dropped found no free slot of the generator, refused is back-pressure, failed all the rest.",
                    queries=(Query(expr=_states("dropped|refused|failed"), legend="{{state}}"),),
                    unit="cps",
                ),
                Panel(
                    title="Lag of the generator",
                    says="How late it begins what is due. Above the preset's limit it is part of what is measured.",
                    queries=(
                        Query(expr="max(shinsei_loadtest_dispatcher_lag_seconds)", legend="lag, p99 of a second"),
                        Query(expr="max(shinsei_loadtest_dispatcher_lag_limit_seconds)", legend="limit"),
                    ),
                    unit="s",
                ),
                Panel(
                    title="From the intended moment",
                    says="Half, and 99 of 100, had come so far within. The report has them to the millisecond.",
                    queries=tuple(
                        Query(
                            expr=f"histogram_quantile({share}, sum by (le, stage) "
                            "(rate(shinsei_loadtest_latency_seconds_bucket[1m])))",
                            legend=f"{{{{stage}}}} p{share * 100:g}",
                        )
                        for share in (0.5, 0.99)
                    ),
                    unit="s",
                ),
            ),
        ),
        Row(
            title="Rates",
            panels=(
                Panel(
                    title="In and out",
                    says="Accepted by the portal, stored by application management, registered in a core system.",
                    queries=(
                        Query(
                            expr='sum(rate(shinsei_portal_sim_submissions_total{outcome="accepted"}[1m]))',
                            legend="accepted",
                        ),
                        Query(expr="sum(rate(shinsei_app_mgmt_decisions_total[1m]))", legend="stored"),
                        Query(expr="sum(method:shinsei_app_mgmt_registrations:rate1m)", legend="registered"),
                    ),
                    unit="cps",
                ),
                Panel(
                    title="Where it queues",
                    says="Cases that wait, by stage: the stage before the slowest part grows.",
                    queries=(Query(expr="stage:shinsei_pending_cases:sum", legend="{{stage}}"),),
                    stacked=True,
                ),
            ),
        ),
        Row(
            title="Latency on the server's side",
            panels=(
                Panel(
                    title="Submission",
                    says="Duration of the calls that submit: half, and 99 of 100, within. What a caller waited before "
                    "his call reached the portal is not in it.",
                    queries=tuple(
                        Query(
                            expr=f"histogram_quantile({share}, sum by (le) "
                            f"(rate(shinsei_grpc_server_handling_seconds_bucket{{{_SUBMIT}}}[1m])))",
                            legend=f"p{share * 100:g}",
                        )
                        for share in (0.5, 0.99)
                    ),
                    unit="s",
                ),
                Panel(
                    title="Between the stages",
                    says="From writing a record to having handled it: half of them within, by topic.",
                    queries=(
                        Query(
                            expr="histogram_quantile(0.5, sum by (le, topic) "
                            "(rate(shinsei_kafka_transit_seconds_bucket[1m])))",
                            legend="{{topic}}",
                        ),
                    ),
                    unit="s",
                ),
            ),
        ),
    ),
)
