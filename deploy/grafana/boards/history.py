"""A finished season at its simulated times: June as it was, day by day, not the three minutes that it took."""

from boards.panels import Board, Panel, Query, Row

_SEASON = '{run=~"$run"}'


def _daily(name: str, factor: str = "") -> tuple[Query, ...]:
    """A sample a day, at its end: the day before is what a moment shows."""
    asked = f"sum by (linkage_method) (last_over_time(shinsei_season_{name}{_SEASON}[1d])){factor}"
    return (Query(expr=asked, legend="{{linkage_method}}"),)


BOARD = Board(
    uid="shinsei-history",
    title="Shinsei: a season as it was",
    says="Of a finished season, in simulated time. Choose the run, and the days of its season as the range of time.",
    timezone="Asia/Tokyo",
    time=("2021-05-31T15:00:00.000Z", "2021-08-31T15:00:00.000Z"),
    choices=(("run", "label_values(shinsei_season_backlog_cases, run)"),),
    marks=(),
    rows=(
        Row(
            title="Cases",
            panels=(
                Panel(
                    title="Backlog at midnight",
                    says="Online cases under comparison, stored and not yet registered.",
                    queries=_daily("backlog_cases"),
                ),
                Panel(
                    title="Accepted a day",
                    says="Online cases by the portal's acceptance; twin cities get the same.",
                    queries=_daily("submitted_cases"),
                ),
                Panel(
                    title="Registered a day",
                    says="Online cases by the entry into the core system.",
                    queries=_daily("registered_cases"),
                ),
            ),
        ),
        Row(
            title="Work",
            panels=(
                Panel(
                    title="Clerks' handling a day",
                    says="Hours of work on cases, paper and other procedures included.",
                    queries=_daily("staff_seconds", " / 3600"),
                    unit="h",
                ),
                Panel(
                    title="Overtime a day",
                    says="Hours of presence beyond office hours.",
                    queries=_daily("overtime_seconds", " / 3600"),
                    unit="h",
                ),
                Panel(
                    title="Robots a day",
                    says="Hours in which robots entered cases.",
                    queries=_daily("robot_seconds", " / 3600"),
                    unit="h",
                ),
            ),
        ),
    ),
)
