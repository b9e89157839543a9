"""The sections of the report on the figures and curves, in the order in which they are read."""

from collections.abc import Sequence

from shinsei.season.comparison import comparison
from shinsei.season.findings import Findings, MethodFindings
from shinsei.season.outlook import Outlook
from shinsei.season.report.bars import capacity_chart, cost_chart, hours_chart
from shinsei.season.report.context import ReportContext
from shinsei.season.report.curves import backlog_chart, lead_time_chart
from shinsei.season.report.markup import (
    colour_keys,
    figure,
    method_key,
    method_keys,
    paragraph,
    section,
    table,
)
from shinsei.season.report.style import ACTIVITY_GROUPS, COST_LINES
from shinsei.season.text import Text, both
from shinsei.season.words import yen

_SCOPE = Text(
    "Accepted, registered and decided count every online case of the city; backlog, lead times, the day cleared and "
    "the cut-off share are those of the procedure under comparison. Cleared: every case filed in time is in the core "
    "system.",
    "受付・基幹登録・決定は市のオンライン申請全体の件数。滞留・登録までの日数・滞留解消日・期日までの決定率は比較対象の"
    "手続のもの。滞留解消とは、期限内に申請された全件が基幹システムに登録されたこと。",
)
_MEANS = Text(
    "Mean of other seasons: the same city on other seeds in virtual time, ± half the width of the 95 % interval of the "
    "mean. It knows chance, not whether the assumptions are right.",
    "n回の平均は、同じ市を別のシードで仮想時間に計算した平均 ± 95%信頼区間の半幅。偶然は表すが、前提の正しさは"
    "示さない。",
)
_ALL_CASES = Text("All figures count every online case of the city.", "件数・日数は市のオンライン申請全体のもの。")
_DEFINITIONS = Text(
    "Lead time: p50 / p90 / p99 from the portal's acceptance to registration, 0 working days being the same day; a "
    "case still waiting counts as slower than any other, and — stands where a percentile was not reached by the end "
    "of the run. Staff hours are handling time for all work of the division, paper and other procedures included; "
    "overtime is presence beyond office hours.",
    "登録までの日数は、ぴったりサービスの受付から登録までの p50 / p90 / p99(同じ開庁日なら0)で、未登録の案件は最も"
    "遅いものとみなし、計算期間内に達しない値は — とする。職員作業時間は、紙申請や他の手続を含む担当課の実作業時間。"
    "時間外勤務は開庁時間外の在席時間。",
)


def comparison_table(season: Findings, outlook: Outlook | None = None) -> str:
    """All figures, side by side where there is more than one city."""
    rows = [(row.label, *row.cells) for row in comparison(season, outlook)]
    heading = Text("Side by side", "比較表") if len(season.methods) > 1 else Text("Figures", "集計")
    class_ = "comparison" if len(season.methods) > 1 else "comparison narrow"
    return section(
        "comparison",
        heading,
        table(["", *(method_key(one) for one in season.methods)], rows, class_),
        paragraph(_SCOPE if season.procedures else _ALL_CASES, "note"),
        paragraph(_DEFINITIONS, "note"),
        paragraph(_MEANS, "note") if outlook is not None else "",
    )


def backlog(season: Findings) -> str:
    """The curves over the season."""
    return section(
        "backlog",
        Text("Backlog over the season", "滞留の推移"),
        figure(
            backlog_chart(season),
            Text(
                "Stored in application management and not yet registered in the core system. Grey: days on which the "
                "office is closed. The number of a method stands at its peak.",
                "申請管理に格納され、基幹システムに未登録の件数。灰色は閉庁日。番号は各方式の最大の位置を示す。",
            ),
            method_keys(season.methods),
        ),
    )


def capacity(season: Findings) -> str:
    """Arrivals against capacity."""
    keys = colour_keys(
        (
            (Text("online", "オンライン"), "#374151"),
            (Text("paper", "紙"), "#C4CBD4"),
            (Text("clerks' presence in office hours", "開庁時間内の職員の在席"), "#111827"),
            (Text("overtime", "時間外"), "#E69F00"),
        )
    )
    return section(
        "capacity",
        Text("Arrivals against capacity, day by day", "日別の申請と処理能力"),
        figure(
            capacity_chart(season),
            Text(
                "Above: cases arriving, equal in every city. Below, for each method: the clerks' work that came up on "
                "a day, as the presence that it takes, against the presence there was. Work above the line waits.",
                "上段は申請件数(各市で等しい)。下段は方式別に、その日に生じた職員作業(必要な在席時間に換算)と実際の在席"
                "時間。線を超える分は翌日以降に持ち越される。",
            ),
            keys,
        ),
    )


def lead_times(season: Findings) -> str:
    """Distributions of the lead time."""
    head = ["", *(method_key(one) for one in season.methods)]
    rows: list[Sequence[Text | str]] = [
        (Text("within the same working day", "同じ開庁日のうち"), *(_within(one, 0) for one in season.methods)),
        (Text("within 1 working day", "1開庁日以内"), *(_within(one, 1) for one in season.methods)),
        (Text("within 5 working days", "5開庁日以内"), *(_within(one, 5) for one in season.methods)),
        (Text("within 10 working days", "10開庁日以内"), *(_within(one, 10) for one in season.methods)),
    ]
    return section(
        "lead-times",
        Text("How long until registration", "登録までの時間"),
        figure(
            lead_time_chart(season),
            Text(
                "From the portal's acceptance to registration; logarithmic. Nights and weekends count. The number of "
                "a method stands at its median. Registration is what the method moves: examination and decision take "
                "as long under every method.",
                "ぴったりサービスの受付から基幹システム登録まで(対数目盛、夜間・休日を含む)。番号は各方式の中央値。"
                "方式が動かすのは登録までであり、審査・決定にかかる時間は方式によらない。",
            ),
            method_keys(season.methods),
        ),
        table(head, rows, "comparison small"),
    )


def _within(one: MethodFindings, days: int) -> str:
    counted = len(one.lead_hours)
    return f"{sum(one.within_working_days[: days + 1]) / counted:.0%}" if counted else "—"


def hours(season: Findings) -> str:
    """Where the hours went."""
    machines = ", ".join(
        f"{one.name.en} {one.office.robot_hours:,.0f}" for one in season.methods if one.office.robot_hours
    )
    machines_ja = "、".join(
        f"{one.name.ja} {one.office.robot_hours:,.0f}時間" for one in season.methods if one.office.robot_hours
    )
    return section(
        "hours",
        Text("Where the hours went", "作業時間の内訳"),
        figure(
            hours_chart(season),
            Text(
                "Handling hours of the clerks, overtime included. Robots worked beside them"
                + (f" ({machines} h)." if machines else " in no city."),
                "職員の実作業時間(時間外を含む)。ロボットの稼働は別"
                + (f"({machines_ja})。" if machines else "(なし)。"),
            ),
            colour_keys((name, colour) for name, colour, _ in ACTIVITY_GROUPS),
        ),
    )


def cost(season: Findings) -> str:
    """What a year costs."""
    shared = yen(season.shared_cost.total_yen)
    return section(
        "cost",
        Text("What a year costs", "年間費用"),
        figure(
            cost_chart(season),
            Text(
                "The season's labour as the year's, licences, investments spread over the horizon, upkeep. Beside it "
                f"every method needs connection, registry modification and application management: {shared.en} a "
                "year, not shown.",
                "繁忙期の人件費を年間分とみなし、ライセンス、償却期間で割った投資、保守を加えた額。このほか全方式に共通の"
                f"接続・住基改修・申請管理に年{shared.ja}が必要(図には含まない)。",
            ),
            colour_keys(
                (name, colour)
                for name, colour, line in COST_LINES
                if any(getattr(one.cost, line) for one in season.methods)
            ),
        ),
    )


def provenance(season: Findings, context: ReportContext) -> str:
    """The command, the machine, the real-time figures."""
    environment = context.environment
    facts: list[tuple[Text, Text | str]] = [
        (Text("Command", "コマンド"), context.command),
        (Text("Run", "実行"), f"{season.run_id} (seed {season.seed})"),
        (Text("Wall time", "所要時間"), f"{context.wall_s:,.1f} s"),
    ]
    if season.real is not None:
        facts.append((Text("Real time", "実時間性能"), _real(season)))
    facts += [
        (both(name), str(environment[name]))
        for name in ("platform", "python", "cores", "memory_gib", "commit", "kernel")
        if environment.get(name) is not None
    ]
    versions = environment.get("versions")
    if isinstance(versions, dict):
        facts.append((Text("Versions", "版"), ", ".join(f"{name} {version}" for name, version in versions.items())))
    facts += [(Text("Change", "変更"), change) for change in context.changes]
    return section(
        "provenance",
        Text("How this report was made", "この報告書の作成条件"),
        table(["", ""], facts, "facts"),
        paragraph(
            Text(
                "One run with one seed: differences of a few percent between methods are within its chance. "
                "All persons and cities are invented.",
                "1つのシードによる1回の計算であり、方式間の数%の差は偶然の範囲である。人物・自治体はすべて架空。",
            ),
            "note",
        ),
    )


def _real(season: Findings) -> Text:
    real = season.real
    if real is None:
        return both("—")
    text = f"{real.completed:,} registered, {real.completed_per_s:,.0f}/s"
    if real.round_trip_s is not None:
        text += f"; round trip p50 {real.round_trip_s[0]:.2f} s, p99 {real.round_trip_s[1]:.2f} s"
    return both(text)
