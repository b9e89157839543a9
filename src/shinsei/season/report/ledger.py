"""The section on the ledger and the trace."""

from collections.abc import Sequence

from shinsei.season.findings import Findings
from shinsei.season.report.markup import method_key, paragraph, section, table
from shinsei.season.text import Text, html

_NAMES = {
    "accepted": Text("accepted", "受付"),
    "registered": Text("registered", "基幹登録"),
    "not_accepted": Text("not accepted", "不受理"),
    "withdrawn": Text("withdrawn", "取下げ"),
    "expired": Text("expired", "期限切れ"),
    "transferred": Text("transferred to another municipality", "他自治体へ移管"),
    "dead_lettered": Text("dead-lettered", "処理不能"),
    "in_flight": Text("in flight", "処理中"),
    "unaccounted": Text("unaccounted for", "所在不明"),
}
"""The lines in the order in which they are read."""


def ledger(season: Findings) -> str:
    """The ledger and the trace."""
    everyone = (*season.methods, *season.others)
    rows: list[Sequence[Text | str]] = [
        (name, *(f"{getattr(one.ledger, field):,}" for one in everyone), f"{getattr(season.ledger, field):,}")
        for field, name in _NAMES.items()
    ]
    rows.append((Text("trace", "トレース"), *(f"{one.trace_hash[:10]}…" for one in everyone), ""))
    head = ["", *(method_key(one) for one in everyone), html(Text("all", "計"))]
    return section(
        "ledger",
        Text("Ledger and trace", "台帳とトレース"),
        table(head, rows, "comparison small"),
        f'<p class="note">{html(Text("Trace hash of the season", "シーズンのトレースハッシュ"))}: '
        f"<code>{season.trace_hash}</code></p>",
        paragraph(
            Text(
                "Same scenario, same seed, same changes: same hash, whatever the speed, the machine or a restart. "
                f"Cases that came behind the watermark: {season.late_cases}.",
                "同じシナリオ・シード・変更であれば、速度や機器、再起動によらず同じハッシュになる。"
                f"ウォーターマークに遅れた件数: {season.late_cases}。",
            ),
            "note",
        ),
    )
