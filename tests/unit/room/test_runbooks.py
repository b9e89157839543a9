"""A chapter of a document as a page: its marks become what they mean, and whatever else stands there is only text."""

from pathlib import Path

import pytest
import yaml

from shinsei.room.runbooks import page_of, runbook

REPO = Path(__file__).parents[3]
RULES = yaml.safe_load((REPO / "deploy" / "prometheus" / "alerts.rules.yml").read_text(encoding="utf-8"))
RUNBOOKS = [rule["annotations"]["runbook_url"].split("#")[1] for group in RULES["groups"] for rule in group["rules"]]

TEXT = """# Whole

## A & B

**Look** at `a < b`, at [that](#c-d) and [there](x.md#y) & <script>.

### Below

- one
- two

## C: d

Nothing.
"""


def test_a_chapter_ends_at_the_next_that_is_not_below_it() -> None:
    page = page_of(TEXT, "a--b")
    assert page is not None
    assert page[page.index("<h1>") : page.index("</section>")] == (
        "<h1>A &amp; B</h1>\n"
        '<p><strong>Look</strong> at <code>a &lt; b</code>, at <a href="/runbook/c-d">that</a> and there'
        " &amp; &lt;script&gt;.</p>\n"
        "<h1>Below</h1>\n"
        "<ul><li>one\n</li><li>two</li></ul>\n"
    )


def test_what_is_no_chapter_has_no_page() -> None:
    assert page_of(TEXT, "nothing") is None


@pytest.mark.parametrize("anchor", RUNBOOKS)
def test_every_alert_has_its_runbook_and_where_that_leads(anchor: str) -> None:
    page = runbook(anchor)
    assert page is not None
    assert "style=" not in page
    leads_to = [part.split('"')[0] for part in page.split('href="/runbook/')[1:]]
    assert [one for one in leads_to if runbook(one) is None] == []
