"""The flow and the linkage methods: is the season safe, and where does the queue stand?"""

from boards.panels import Board, Figure, Panel, Query, Row

_SIM = "Simulated time."

BOARD = Board(
    uid="shinsei-flow",
    title="Shinsei: flow and methods",
    says="For the operator of a season: what waits, where, for how long, and how fast it goes under each method.",
    rows=(
        Row(
            title="Now",
            panels=(
                Figure(
                    title="Cases that wait",
                    says="Accepted by the portal and not yet in a core system.",
                    query=Query(expr="sum(stage:shinsei_pending_cases:sum)"),
                ),
                Figure(
                    title="Oldest case in the office",
                    says=f"Since its submission. {_SIM}",
                    query=Query(expr='max(stage_method:shinsei_oldest_pending_age_seconds:max{stage="office"})'),
                    unit="s",
                ),
                Figure(
                    title="Registered so far",
                    says="Since the processes started, all methods.",
                    query=Query(expr='sum(shinsei_app_mgmt_transitions_total{action="REGISTER"})'),
                ),
                Figure(
                    title="Dead letters",
                    says="Messages that nobody could use, and about which nobody has decided; where that is not known, "
                    "all since the processes started.",
                    query=Query(
                        expr="sum(shinsei_dead_letters_unsettled) or sum(shinsei_kafka_dead_letters_total) or vector(0)"
                    ),
                    limit=1,
                ),
                Figure(
                    title="Speed of the season",
                    says="Simulated over real seconds, by what comes back to the portal.",
                    query=Query(expr='max(stage:shinsei_watermark_timestamp_seconds:deriv1m{stage="returned"})'),
                ),
            ),
        ),
        Row(
            title="Backlog",
            panels=(
                Panel(
                    title="Backlog by method",
                    says="Cases in the offices that are not yet registered, by the route that they are on.",
                    queries=(Query(expr="method:shinsei_pending_cases:sum", legend="{{linkage_method}}"),),
                ),
                Panel(
                    title="What waits, by stage",
                    says="fetch: accepted and not yet pulled. intake: stored, watermark not there yet. "
                    "office: not yet registered.",
                    queries=(Query(expr="stage:shinsei_pending_cases:sum", legend="{{stage}}"),),
                    stacked=True,
                ),
                Panel(
                    title="Age of the oldest case",
                    says=f"Since its submission, by stage and method. {_SIM}",
                    queries=(
                        Query(
                            expr="stage_method:shinsei_oldest_pending_age_seconds:max",
                            legend="{{stage}} {{linkage_method}}",
                        ),
                    ),
                    unit="s",
                ),
                Panel(
                    title="Late for the target at this pace",
                    says=f"Filed in time, and not done by the target at the pace of the last open days. {_SIM}",
                    queries=(
                        Query(
                            expr="max by (linkage_method) (shinsei_app_mgmt_streams_deadline_risk_cases)",
                            legend="{{linkage_method}}",
                        ),
                    ),
                ),
            ),
        ),
        Row(
            title="Through the flow",
            panels=(
                Panel(
                    title="Registrations a second",
                    says="Real time, by the method chosen for the case: a season runs at the speed that it has.",
                    queries=(Query(expr="method:shinsei_app_mgmt_registrations:rate1m", legend="{{linkage_method}}"),),
                    unit="cps",
                ),
                Panel(
                    title="Completed a second, by method and prefecture",
                    says="Real time: cases entered into a core system, where, and on which route in the end.",
                    queries=(
                        Query(
                            expr="sum by (linkage_method, prefecture) (rate(shinsei_core_systems_completed_total[1m]))",
                            legend="{{linkage_method}} {{prefecture}}",
                        ),
                    ),
                    unit="cps",
                ),
                Panel(
                    title="Lead time, nine of ten within",
                    says=f"From the portal's acceptance to registration, over the last ten minutes. {_SIM}",
                    queries=(
                        Query(
                            expr="histogram_quantile(0.9, sum by (le, linkage_method) "
                            "(rate(shinsei_app_mgmt_lead_time_seconds_bucket[10m])))",
                            legend="{{linkage_method}}",
                        ),
                    ),
                    unit="s",
                ),
                Panel(
                    title="How far each stage is behind the portal",
                    says=f"By the watermarks. {_SIM} A stage that stays behind alone is where to look.",
                    queries=(Query(expr="stage:shinsei_watermark_lag_seconds:max", legend="{{stage}}"),),
                    unit="s",
                ),
            ),
        ),
        Row(
            title="Into the office",
            panels=(
                Panel(
                    title="Submissions a second",
                    says="What the portal did with them. Refused ones are back-pressure, and come again.",
                    queries=(
                        Query(
                            expr="sum by (outcome) (rate(shinsei_portal_sim_submissions_total[1m]))",
                            legend="{{outcome}}",
                        ),
                    ),
                    unit="cps",
                    stacked=True,
                ),
                Panel(
                    title="Stored a second, by identification",
                    says="Whether the certificate's serial number found the applicant.",
                    queries=(
                        Query(
                            expr="sum by (outcome) (rate(shinsei_app_mgmt_decisions_total[1m]))", legend="{{outcome}}"
                        ),
                    ),
                    unit="cps",
                    stacked=True,
                ),
                Panel(
                    title="Polls a second",
                    says="Polls of the portal, by whether the line was up.",
                    queries=(
                        Query(
                            expr="sum by (outcome) (rate(shinsei_linkage_server_polls_total[1m]))", legend="{{outcome}}"
                        ),
                    ),
                    unit="cps",
                ),
            ),
        ),
    ),
)
