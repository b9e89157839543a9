"""Small building blocks of the report's HTML."""

from collections.abc import Iterable, Sequence
from html import escape

from shinsei.season.report.style import Shown, colour_of, mark_of
from shinsei.season.text import Text, html

Cell = Text | str


def section(ident: str, heading: Text, *content: str) -> str:
    """A section with its heading."""
    return f'<section id="{escape(ident)}"><h2>{html(heading)}</h2>{"".join(content)}</section>'


def paragraph(text: Text, class_: str = "") -> str:
    """A paragraph."""
    return f"<p{_class(class_)}>{html(text)}</p>"


def figure(chart: str, caption: Text, *above: str) -> str:
    """A chart with what is said about it."""
    return f"<figure>{''.join(above)}{chart}<figcaption>{html(caption)}</figcaption></figure>"


def table(head: Sequence[str], body: Iterable[Sequence[Cell]], class_: str = "") -> str:
    """A table; ``head`` is HTML already, the first column of ``body`` holds row headings."""
    top = "".join(f"<th scope='col'>{cell}</th>" for cell in head)
    rows = "".join(
        f"<tr><th scope='row'>{html(row[0])}</th>{''.join(f'<td>{html(cell)}</td>' for cell in row[1:])}</tr>"
        for row in body
    )
    return f"<table{_class(class_)}><thead><tr>{top}</tr></thead><tbody>{rows}</tbody></table>"


def method_key(one: Shown) -> str:
    """A method's dot and name."""
    dot = f'<i class="dot" style="background:{colour_of(one)}">{mark_of(one)}</i>'
    return f'<span class="key">{dot}{html(one.name)}</span>'


def method_keys(methods: Iterable[Shown]) -> str:
    """The legend of the methods."""
    return f'<div class="keys">{"".join(method_key(one) for one in methods)}</div>'


def colour_keys(keys: Iterable[tuple[Text, str]]) -> str:
    """A legend of colours."""
    items = "".join(
        f'<span class="key"><i class="swatch" style="background:{colour}"></i>{html(name)}</span>'
        for name, colour in keys
    )
    return f'<div class="keys">{items}</div>'


def _class(name: str) -> str:
    return f' class="{escape(name)}"' if name else ""
