"""What a dashboard is made of: rows of panels, each one question with its queries; built with Grafana's own SDK."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from grafana_foundation_sdk.builders import common, stat, timeseries
from grafana_foundation_sdk.builders import dashboard as dashboards
from grafana_foundation_sdk.builders import prometheus as queries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common as shown
from grafana_foundation_sdk.models import dashboard as models

Built = TypeVar("Built", timeseries.Panel, stat.Panel)

SOURCE = models.DataSourceRef(type_val="prometheus", uid="shinsei")
"""As ``provisioning/datasources.yaml`` names it."""
WIDE = 24
"""Columns of Grafana's grid."""
REFRESH = "5s"
"""As often as Prometheus scrapes the local stack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One query of a panel."""

    expr: str
    legend: str = ""
    """With ``{{label}}`` for the value of a label; empty: all labels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One question, answered over time."""

    title: str
    says: str
    """What it shows and when to act; the text behind the panel's (i)."""
    queries: tuple[Query, ...]
    unit: str = "short"
    """Of Grafana: ``s`` seconds, ``percentunit`` a share, ``cps`` counts a second."""
    stacked: bool = False
    limit: float | None = None
    """A line that values should stay below."""

    height: ClassVar[int] = 8

    def build(self, width: int) -> timeseries.Panel:
        """The panel for the grid."""
        panel = _framed(timeseries.Panel(), self, width)
        panel.min(0).line_width(2).fill_opacity(30 if self.stacked else 5)
        panel.legend(common.VizLegendOptions().show_legend(show_legend=True).placement(shown.LegendPlacement.BOTTOM))
        panel.tooltip(common.VizTooltipOptions().mode(shown.TooltipDisplayMode.MULTI))
        if self.stacked:
            panel.stacking(common.StackingConfig().mode(shown.StackingMode.NORMAL))
        if self.limit is not None:
            dashed = shown.GraphThresholdsStyleMode.DASHED
            panel.thresholds_style(common.GraphThresholdsStyleConfig().mode(dashed))
        return panel


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number, green until it reaches its limit."""

    title: str
    says: str
    query: Query
    unit: str = "short"
    limit: float | None = None
    """From here on it is red; None: a number without a verdict."""

    height: ClassVar[int] = 4

    @property
    def queries(self) -> tuple[Query, ...]:
        """Its one query."""
        return (self.query,)

    def build(self, width: int) -> stat.Panel:
        """The panel for the grid."""
        return _framed(stat.Panel(), self, width).graph_mode(shown.BigValueGraphMode.AREA).no_value("–")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Panels side by side under a heading."""

    title: str
    panels: tuple[Panel | Figure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A dashboard: for whom it is, and its rows from the verdict down to the causes."""

    uid: str
    title: str
    says: str
    rows: tuple[Row, ...]
    time: tuple[str, str] = ("now-30m", "now")
    """What is shown at first."""
    timezone: str = "browser"
    """In which times are shown, and days begin."""
    choices: tuple[tuple[str, str], ...] = ()
    """Variables that a viewer chooses, each with the query of its values."""
    marks: tuple[tuple[str, str], ...] = (("fault flag set", "shinsei_fault_set == 1"),)
    """What is marked in every panel while a query finds it: a bend in a curve may be somebody's doing."""

    @property
    def panels(self) -> Iterator[Panel | Figure]:
        """All of them, in the order of reading."""
        return (panel for row in self.rows for panel in row.panels)


def encoded(board: Board) -> str:
    """The dashboard as Grafana reads it."""
    built = (
        dashboards.Dashboard(board.title)
        .uid(board.uid)
        .description(board.says)
        .tags(["shinsei"])
        .readonly()
        .refresh(REFRESH)
        .time(*board.time)
        .timezone(board.timezone)
        .tooltip(models.DashboardCursorSync.CROSSHAIR)
        .link(dashboards.DashboardLink("Shinsei").type(models.DashboardLinkType.DASHBOARDS).tags(["shinsei"]))
    )
    for name, values in board.choices:
        built = built.with_variable(
            dashboards.QueryVariable(name)
            .datasource(SOURCE)
            .query(values)
            .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
        )
    for name, expr in board.marks:
        mark = dashboards.AnnotationQuery().name(name).datasource(SOURCE).enable(enable=True).icon_color("red")
        built = built.annotation(mark.expr(expr))
    for row in board.rows:
        built = built.with_row(dashboards.Row(row.title))
        for panel in row.panels:
            built = built.with_panel(panel.build(WIDE // len(row.panels)))
    return JSONEncoder(sort_keys=True, indent=2).encode(built.build()) + "\n"


def _framed(panel: Built, asked: Panel | Figure, width: int) -> Built:
    """What every panel has: its question, its place, its queries and its limit."""
    panel.title(asked.title).description(asked.says).datasource(SOURCE).unit(asked.unit)
    panel.span(width).height(asked.height)
    if asked.limit is not None:
        panel.thresholds(_threshold(asked.limit))
    for target in _targets(asked.queries):
        panel.with_target(target)
    return panel


def _targets(asked: tuple[Query, ...]) -> Iterator[queries.Dataquery]:
    for place, query in enumerate(asked):
        target = queries.Dataquery().expr(query.expr).ref_id(chr(ord("A") + place))
        yield target.legend_format(query.legend) if query.legend else target


def _threshold(limit: float) -> dashboards.ThresholdsConfig:
    steps = [models.Threshold(value=None, color="green"), models.Threshold(value=limit, color="red")]
    return dashboards.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps(steps)
