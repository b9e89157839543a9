"""The sections of a load test's report, in the order of reading."""

from collections.abc import Iterable, Mapping
from typing import Any

from shinsei.domain.linkage_method import LinkageMethod
from shinsei.loadtest.books import ACCEPTED, DROPPED, FAILED, OFFERED, REFUSED, REGISTERED, SUBMIT, SUBMIT_BATCH, Books
from shinsei.loadtest.finding import Found
from shinsei.loadtest.histogram import Histogram
from shinsei.loadtest.report import plots
from shinsei.loadtest.report.apart import name_of
from shinsei.loadtest.report.counts import COUNT_NAMES
from shinsei.loadtest.report.lines import MOST_POINTS, by_rate, per_second, quantile_over_time, whole
from shinsei.loadtest.report.numbers import count, measured, number, shares
from shinsei.loadtest.report.plots import Line, Mark
from shinsei.loadtest.report.steps import tried
from shinsei.loadtest.report.times import SERIES
from shinsei.loadtest.step_figures import step_figures
from shinsei.season.report.markup import colour_keys, figure, paragraph, section, table
from shinsei.season.text import Text, both, html
from shinsei.season.words import METHOD_NAMES

_BLUE, _ORANGE, _GREEN, _PURPLE, _GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#6B7280"
_RATES: tuple[tuple[Text, str, tuple[str, ...]], ...] = (
    (Text("offered", "到着"), _GREY, (OFFERED,)),
    (Text("accepted by the portal", "ポータル受付"), _BLUE, (ACCEPTED,)),
    (Text("registered (completed)", "登録(完了)"), _GREEN, (REGISTERED,)),
    (Text("dropped, refused or failed", "破棄・拒否・失敗"), _ORANGE, (DROPPED, REFUSED, FAILED)),
)
_CARDS: tuple[tuple[str, Text], ...] = (
    *COUNT_NAMES,
    ("calls_failed", Text("calls that failed", "失敗した呼び出し")),
    ("later_dropped", Text("wanted later, not done", "後続の未実施")),
    ("generator_lag_s_p99", Text("generator's lag, p99, s", "生成側の遅れ p99(秒)")),
    ("intended_to_sent_s_p99", Text("intended to sent, p99, s", "予定から送信まで p99(秒)")),
)
_MEASURED = Text("measured", "測定数")
_OPEN = Text(
    " What is still open at the end, cases and watches of applicants, counts as longer than all that is done; a "
    "percentile that falls among them is not known (-). Curves and whole distributions show what is done alone.",
    "終了時に未完了のもの(案件、申請者による状態の監視)は、完了したどれよりも長くかかるものとして数え、"
    "そこに入る百分位は不明(-)とする。推移と分布の図は完了したものだけを示す。",
)


def answer(summary: dict[str, Any]) -> str:
    """The figures that count."""
    cards = "".join(
        f'<div class="card"><span class="key">{html(name)}</span><strong>{count(summary[key])}</strong><em></em></div>'
        for key, name in _CARDS
    )
    said = "".join(f'<p class="answer">{html(text)}</p>' for text in _found(summary))
    head = ["", *(f"{share}, s" for share in ("p50", "p90", "p99", "p99.9", "max")), html(_MEASURED)]
    found = summary["latency_s"]
    rows: list[tuple[Text | str, ...]] = [(name, *shares(found[key]), measured(found[key])) for key, name in SERIES]
    note = Text(
        "Every latency counts from the moment at which the application was to be filed, whether the generator, the "
        "connection or the server made it wait.",
        "すべての遅延は、申請が行われるはずだった時刻から数える。生成側・接続・サーバのどこで待ったかを問わない。",
    )
    if any(one["count"] < one["of"] for one in found.values()):
        note += _OPEN
    tables = table(head, rows, "comparison") + paragraph(note, "note")
    if summary["is_sent_late"]:
        tables += paragraph(_sent_late(summary["intended_to_sent_share"]), "note")
    return f'<section id="answer">{said}<div class="cards">{cards}</div>{tables}</section>'


def _sent_late(share: float) -> Text:
    return Text(
        f"The generator itself took {share:.0%} of the time to acceptance at p99 until it had sent: its processes wait "
        "for each other and sign. These latencies are not the system's alone.",
        f"受付までのp99のうち{share:.0%}は、生成側が送信するまでの時間(順番待ちと署名)であり、システムだけの遅延ではない。",
    )


def _found(summary: dict[str, Any]) -> Iterable[Text]:
    sustained = summary["max_sustained_per_s"]
    if sustained is not None:
        busiest = summary["max_sustained_busiest_hour"]
        bound = "≥ " if summary["max_sustained_is_lower_bound"] else ""
        yield Text(
            f"Highest sustained rate: {bound}{sustained:,.1f} completed applications a second, "
            f"{busiest['multiple']:,.2f} times the busiest hour of {busiest['scenario']}.",
            f"持続できた最高の完了率: 毎秒{bound}{sustained:,.1f}件。{busiest['scenario']}の最繁時の"
            f"{busiest['multiple']:,.2f}倍。",
        )
        best = summary.get("max_sustained_of")
        if best is not None:
            yield Text("That is the highest of the searches below: ", "下表の探索のうち最高の値: ") + name_of(best)
        if summary.get("max_sustained_is_confirmed"):
            yield Text("It was confirmed by a longer step.", "より長い時間でも確認した。")
        elif best is not None:
            yield Text("It was seen in short steps alone.", "短い時間での値のみ。")
            held = summary["max_confirmed_per_s"]
            if held is not None:
                told = f"より長い時間で持続できたのは毎秒{held:,.1f}件。"
                yield Text(f"For longer {held:,.1f} a second were held.", told)
    elif "steps" in summary or "sustained" in summary:
        yield Text("No rate that was tried was sustained.", "試した率のうち持続できたものはない。")


def gates(summary: dict[str, Any]) -> str:
    """What had to come out, and did or did not."""
    verdict = {True: Text("passed", "合格"), False: Text("missed", "不合格")}
    rows = [
        (gate["metric"], gate["limit"], number(gate["measured"]), verdict[gate["passed"]]) for gate in summary["gates"]
    ]
    head = [html(Text("figure", "指標")), html(Text("limit", "限度")), html(Text("measured", "測定値")), ""]
    return section("gates", Text("Gates", "合否の条件"), table(head, rows))


def rates(books: Books) -> str:
    """What was offered and what came of it, over time."""
    lines = [Line(name=name, colour=colour, points=per_second(books, counters)) for name, colour, counters in _RATES]
    title = Text("Rates over time", "率の推移")
    chart = plots.over_time(lines, title, "rates-chart", Text("applications a second", "件/秒"))
    caption = Text(
        "Offered and accepted are the generator's count, registered is the server's own, from its status feed.",
        "到着と受付は生成側の、登録はサーバ側(状態の通知)の計数である。",
    )
    return section("rates", title, figure(chart, caption, colour_keys([(one.name, one.colour) for one in lines])))


def latencies(books: Books) -> str:
    """Percentiles over time."""
    lines = []
    for name, colour, series in (
        (Text("accepted", "受付"), _BLUE, "accepted"),
        (Text("registered", "登録"), _GREEN, "registered"),
    ):
        for share, dashes in ((0.5, "2 3"), (0.9, "6 3"), (0.99, None)):
            told = Text(f"{name.en} p{share * 100:g}", f"{name.ja} p{share * 100:g}")
            lines.append(Line(name=told, colour=colour, dashes=dashes, points=quantile_over_time(books, series, share)))
    title = Text("Latency over time", "遅延の推移")
    chart = plots.latencies_over_time(lines, title, "latency-chart")
    caption = Text("Dotted p50, dashed p90, solid p99.", "点線はp50、破線はp90、実線はp99。")
    keys = colour_keys([(Text("accepted", "受付"), _BLUE), (Text("registered", "登録"), _GREEN)])
    return section("latencies", title, figure(chart, caption, keys))


def distributions(books: Books) -> str:
    """Whole distributions, and what was waited for before anything was sent."""
    submit = [books.requests[name] for name in (SUBMIT, SUBMIT_BATCH) if name in books.requests]
    service = Histogram.sum_of(request.service for request in submit)
    lines = [
        whole(Text("accepted, from the intended moment", "受付(予定時刻から)"), _BLUE, books.latencies.get("accepted")),
        whole(Text("accepted, service time alone", "受付(応答時間のみ)"), _ORANGE, service, "4 3"),
        whole(Text("stored", "格納"), _PURPLE, books.latencies.get("stored")),
        whole(Text("registered", "登録"), _GREEN, books.latencies.get("registered")),
    ]
    lines = [one for one in lines if one.points]
    title = Text("Whole distributions", "遅延の分布")
    caption = Text(
        "The dashed line counts from sending. Where it lies below that from the intended moment, calls waited in the "
        "generator, or for an upload before them; whoever counts from sending alone never hears of it.",
        "破線(応答時間)は送信から数える。予定時刻からの線より下にある所では、生成側で、または先に送る添付を待った。"
        "送信からだけ数える者には、その待ちは見えない。",
    )
    chart = plots.distribution(lines, title, "distribution-chart")
    return section(
        "distributions", title, figure(chart, caption, colour_keys([(one.name, one.colour) for one in lines]))
    )


_MARKS = Text(
    "Full marks were sustained; hollow ones were not, or the generator was late.",
    "塗りつぶしは持続できた率、白抜きはできなかった率、または生成側が遅れた率。",
)
_SECONDS = Text(
    "The line joins the means of all seconds in which about as much came; no rate was held for itself.",
    "線は、到着がほぼ同じだった秒の平均を結ぶ。率ごとに持続を試したものではない。",
)


def knee(books: Books, found: Found | None) -> str:
    """Completed over offered."""
    marks: list[Mark] = []
    lines: list[Line] = []
    if found is not None:
        offered = [(one.step.offered_per_s, one.step.completed_per_s, one.is_sustained) for one in found.tried]
        marks = [Mark(x=x, y=y, full=is_sustained) for x, y, is_sustained in offered]
    else:
        lines = [Line(name=Text("completed", "完了"), colour=_GREEN, points=by_rate(books))]
        marks = [Mark(x=x, y=y, full=True, colour=_GREEN) for x, y in lines[0].points]  # one alone is no line
    title = Text("The knee: completed over offered", "飽和点: 到着に対する完了")
    caption = Text(
        "On the dashed diagonal everything that comes is completed. ",
        "破線の対角線上では、到着したものがすべて完了している。",
    )
    caption += _MARKS if found is not None else _SECONDS
    chart = plots.knee(lines, marks, title, "knee-chart")
    told = tried([step_figures(one) for one in found.tried]) if found is not None and found.tried else ""
    return section("knee", title, figure(chart, caption), told)


def requests(summary: dict[str, Any]) -> str:
    """Calls by name, and what went wrong, grouped."""
    rows = [
        (
            name,
            f"{sum(found['codes'].values()):,}",
            *(number(found[kind][share]) for kind, share in (("response_s", "p50"), ("response_s", "p99"))),
            number(found["service_s"]["p99"]),
        )
        for name, found in summary["requests"].items()
    ]
    head = [
        "",
        html(Text("calls", "回数")),
        "p50, s",
        "p99, s",
        html(Text("p99 of service time, s", "応答時間のp99(秒)")),
    ]
    errors = [
        (name, code, f"{count:,}")
        for name, found in summary["requests"].items()
        for code, count in sorted(found["codes"].items())
        if code != "OK"
    ]
    unseen = Text(
        f"Calls of clerks and linkage servers without a free slot: {summary['callers_dropped']:,}; records of the "
        f"status feed that could not be read: {summary['feed_unreadable']:,}.",
        f"空きがなく破棄した職員・連携サーバの呼び出し: {summary['callers_dropped']:,}件、"
        f"読めなかった状態通知: {summary['feed_unreadable']:,}件。",
    )
    told = table(["", html(Text("status", "状態")), html(Text("calls", "回数"))], errors, "narrow") if errors else ""
    none = "" if errors else paragraph(Text("No call failed.", "失敗した呼び出しはない。"), "note")
    return section(
        "requests",
        Text("Calls and errors", "呼び出しと誤り"),
        table(head, rows, "comparison"),
        told,
        none,
        paragraph(unseen, "note"),
    )


def memory(books: Books) -> str:
    """The generator's own memory: it must not grow."""
    points = [(at, float(mib)) for at, mib in books.memory_mib]
    step = max(len(points) // MOST_POINTS, 1)
    line = Line(name=Text("resident memory", "常駐メモリ"), colour=_GREY, points=points[::step])
    title = Text("Memory of the generator", "生成側のメモリ")
    chart = plots.over_time([line], title, "memory-chart", Text("MiB, all workers", "MiB(全プロセス)"))
    caption = Text("All workers together.", "全プロセスの合計。")
    return section("memory", title, figure(chart, caption))


def ledger(summary: dict[str, Any]) -> str:
    """Where every accepted application is."""
    values = summary["ledger"] or {}
    rows = [(name.replace("_", " "), f"{count:,}") for name, count in values.items()]
    told = table(["", html(Text("cases", "件数"))], rows, "narrow")
    return section("ledger", Text("Ledger", "台帳"), told, _by_method(summary["by_method"]))


def _by_method(found: Mapping[str, Mapping[str, int]]) -> str:
    """The same of each linkage method; before a case is stored it has none."""
    lines = list(dict.fromkeys(line for one in found.values() for line in one))
    rows: list[tuple[Text | str, ...]] = [
        (METHOD_NAMES[LinkageMethod(method)], *(f"{one.get(line, 0):,}" for line in lines))
        for method, one in found.items()
    ]
    return table(["", *(line.replace("_", " ") for line in lines)], rows, "comparison") if rows else ""


def provenance(summary: dict[str, Any], environment: dict[str, Any]) -> str:
    """What one must know to do it again."""
    facts = [("command", summary["command"]), ("configuration", summary["config_hash"]), ("run", summary["run_id"])]
    facts += [(key, str(value)) for key, value in environment.items() if key not in {"command", "stack", "versions"}]
    facts += [fact for told in ("stack", "versions") for fact in environment.get(told, {}).items()]
    title = Text("Where it comes from", "実行環境")
    return section("provenance", title, table(["", ""], [(both(name), value) for name, value in facts], "facts"))
