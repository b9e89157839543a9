"""Every metric is held by a test: what nobody asks for by its name may say anything."""

import re
from pathlib import Path

REPO = Path(__file__).parents[2]
TESTS = [*(REPO / "tests").rglob("*.py"), *(REPO / "deploy" / "prometheus" / "tests").glob("*.yml")]


def test_every_metric_that_the_page_lists_is_asked_for_by_a_test() -> None:
    page = (REPO / "docs" / "metrics.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `(shinsei_\w+)`", page, re.MULTILINE))
    asked = {name for file in TESTS for name in re.findall(r"\bshinsei_[a-z_]+", file.read_text(encoding="utf-8"))}
    plain = {re.sub(r"_(bucket|count|sum)$", "", name) for name in asked}
    assert documented
    assert documented - plain == set()
