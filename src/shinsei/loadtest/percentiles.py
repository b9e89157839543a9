"""A whole distribution as text, for the tools that draw HdrHistogram's."""

from shinsei.loadtest.histogram import Histogram


def percentile_table(histogram: Histogram) -> str:
    """The distribution as HdrHistogram's plotting tools read it (``.hgrm``); values in milliseconds."""
    lines = ["       Value     Percentile TotalCount 1/(1-Percentile)", ""]
    for duration_s, seen in histogram.rows():
        share = seen / histogram.count
        inverse = f"{1 / (1 - share):14.2f}" if seen < histogram.count else "           inf"
        lines.append(f"{duration_s * 1e3:12.3f} {share:2.12f} {seen:10d} {inverse}")
    mean_ms = (histogram.mean_s or 0.0) * 1e3
    lines += [
        f"#[Mean    = {mean_ms:12.3f}, Total count    = {histogram.count:12d}]",
        f"#[Max     = {histogram.highest_s * 1e3:12.3f}]",
    ]
    return "\n".join(lines) + "\n"
