"""Whether a stack counts is asked of those who count."""

from types import SimpleNamespace

import pytest

from bench import sides


def test_a_stack_counts_where_all_tell_what_they_have_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    there = {"portal/metrics", "room/metrics", "prometheus/-/ready"}
    monkeypatch.setattr(sides, "read_metrics", lambda address: "" if address in there else None)

    def counts(prometheus: str, *metrics: str) -> bool:
        addresses = SimpleNamespace(prometheus=prometheus, metrics=dict(enumerate(metrics)))
        return sides.counts(SimpleNamespace(addresses=addresses))  # type: ignore[arg-type]

    assert counts("prometheus", "portal/metrics", "room/metrics")
    assert not counts("prometheus", "portal/metrics", "core/metrics"), "one that is silent"
    assert not counts("elsewhere", "portal/metrics")
    assert not counts("", "portal/metrics"), "a stack without Prometheus"
