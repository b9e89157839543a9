"""The office: who and what is at work, and which of them is the limit."""

from boards.panels import Board, Figure, Panel, Query, Row


def _share_busy(family: str) -> str:
    return f'sum({family}{{state="busy"}}) / clamp_min(sum({family}{{state="there"}}), 1)'


def _by_state(family: str) -> tuple[Query, ...]:
    return (Query(expr=f"sum by (linkage_method, state) ({family})", legend="{{linkage_method}} {{state}}"),)


BOARD = Board(
    uid="shinsei-office",
    title="Shinsei: office and staff",
    says="For whoever staffs the office: clerks, login seats, robots and the batch window, and what they get done.",
    rows=(
        Row(
            title="Now",
            panels=(
                Figure(
                    title="Open offices",
                    says="Offices in memory, one a municipality of an open run.",
                    query=Query(expr="sum(shinsei_core_systems_open_offices)"),
                ),
                Figure(
                    title="Clerks busy",
                    says="Of the clerks on the staff; none are busy while the office is closed.",
                    query=Query(expr=_share_busy("shinsei_core_systems_clerks")),
                    unit="percentunit",
                ),
                Figure(
                    title="Login seats taken",
                    says="At one, whoever comes next waits for a screen: the cap on logins is the limit.",
                    query=Query(expr=_share_busy("shinsei_core_systems_login_seats")),
                    unit="percentunit",
                    limit=1,
                ),
                Figure(
                    title="Batch window filled",
                    says="Records of the last import file as a share of its cap.",
                    query=Query(expr="max(shinsei_core_systems_batch_window_fill_ratio)"),
                    unit="percentunit",
                    limit=1,
                ),
                Figure(
                    title="Core systems off line",
                    says="Open offices that cannot enter anything, though their core systems are usually there now.",
                    query=Query(expr="sum(shinsei_core_systems_offices_offline)"),
                    limit=1,
                ),
                Figure(
                    title="Paper that waits",
                    says="Paper cases that have arrived and are not yet registered; the same clerks key them.",
                    query=Query(expr="sum(shinsei_core_systems_paper_waiting)"),
                ),
            ),
        ),
        Row(
            title="At work",
            panels=(
                Panel(
                    title="Clerks",
                    says="There, and busy, in the open offices of each method.",
                    queries=_by_state("shinsei_core_systems_clerks"),
                ),
                Panel(
                    title="Login seats",
                    says="There, and taken, in the open offices of each method; clerks and robots share them.",
                    queries=_by_state("shinsei_core_systems_login_seats"),
                ),
                Panel(
                    title="Robots",
                    says="There, and busy, in the open offices of each method. One that is away waits for a person.",
                    queries=_by_state("shinsei_core_systems_robots"),
                ),
                Panel(
                    title="Share at work",
                    says="Of those who are there, by method: at one, a method has no clerk, seat or robot left.",
                    queries=tuple(
                        Query(
                            expr=f"method:shinsei_core_systems_{family}:ratio",
                            legend=f"{name} {{{{linkage_method}}}}",
                        )
                        for family, name in (("clerks", "clerks"), ("login_seats", "seats"), ("robots", "robots"))
                    ),
                    unit="percentunit",
                    limit=1,
                ),
            ),
        ),
        Row(
            title="What gets done",
            panels=(
                Panel(
                    title="Actions a second",
                    says="Every action of the offices, in real time: a season runs at the speed that it has.",
                    queries=(
                        Query(
                            expr="sum by (action) (rate(shinsei_core_systems_transitions_total[1m]))",
                            legend="{{action}}",
                        ),
                    ),
                    unit="cps",
                ),
                Panel(
                    title="Registrations a second, by core system",
                    says="Where the cases are entered.",
                    queries=(
                        Query(
                            expr="sum by (core_system) (rate(shinsei_core_systems_registrations_total[1m]))",
                            legend="{{core_system}}",
                        ),
                    ),
                    unit="cps",
                    stacked=True,
                ),
                Panel(
                    title="From stored to registered, by method",
                    says="Nine of ten cases within, over the last ten minutes. Simulated time.",
                    queries=(
                        Query(
                            expr="histogram_quantile(0.9, sum by (le, linkage_method) "
                            '(rate(shinsei_stage_duration_seconds_bucket{stage="office",clock="sim"}[10m])))',
                            legend="{{linkage_method}}",
                        ),
                    ),
                    unit="s",
                ),
            ),
        ),
    ),
)
