"""The runbook of an alert as a page: a chapter of ``docs/operations.md``, which a checkout has and a container has not.

Only the marks that its chapters use are understood: what is missing here is shown as it is written.
"""

import html
import re
from typing import Final

from shinsei.stack.errors import StackError
from shinsei.stack.paths import repository

_HEADING: Final = re.compile(r"^(#+) (.+)$", re.MULTILINE)
_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · Shinsei</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<main><section id="runbook">
{body}
</section></main>
</body>
</html>
"""


def runbook(anchor: str) -> str | None:
    """The page of the chapter with this anchor; None where there is none, or no document."""
    try:
        text = (repository() / "docs" / "operations.md").read_text(encoding="utf-8")
    except (StackError, OSError):
        return None
    return page_of(text, anchor)


def page_of(text: str, anchor: str) -> str | None:
    """The page of a chapter of a document: up to the next heading that is not below its own."""
    headings = list(_HEADING.finditer(text))
    for n, found in enumerate(headings):
        if _anchor(found[2]) == anchor.lower():
            rest = (one.start() for one in headings[n + 1 :] if len(one[1]) <= len(found[1]))
            blocks = re.split(r"\n{2,}", text[found.start() : next(rest, len(text))].strip())
            return _PAGE.format(title=html.escape(found[2]), body="\n".join(map(_block, blocks)))
    return None


def _anchor(heading: str) -> str:
    """As the hosts of documents make it."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def _block(text: str) -> str:
    if heading := _HEADING.fullmatch(text):
        return f"<h1>{_inline(heading[2])}</h1>"
    if text.startswith(("|", "```", "<!--")):
        return f"<pre>{html.escape(text)}</pre>"
    if text.startswith("- "):
        items = re.split(r"^- ", text, flags=re.MULTILINE)[1:]
        return "".join(["<ul>", *(f"<li>{_inline(one)}</li>" for one in items), "</ul>"])
    return f"<p>{_inline(text)}</p>"


def _inline(text: str) -> str:
    """Code, strong words, and links to other chapters; of a link to elsewhere only its words."""
    found = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))
    found = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", found)
    found = re.sub(r"\[([^\]]+)\]\(#([\w-]+)\)", r'<a href="/runbook/\2">\1</a>', found)
    return re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", found)
