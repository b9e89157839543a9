"""Every text of the report in English and Japanese at once; a switch on the page shows one of them."""

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True)
class Text:
    """One text in two languages, plain (not HTML)."""

    en: str
    ja: str

    def __add__(self, other: "Text") -> "Text":
        return Text(self.en + other.en, self.ja + other.ja)


def both(text: str) -> Text:
    """A text that is the same in both languages: a number, a date, a name."""
    return Text(text, text)


def html(text: Text | str) -> str:
    """The text as HTML, each language in its own element."""
    if isinstance(text, str):
        return escape(text)
    if text.en == text.ja:
        return escape(text.en)
    return f'<span class="en" lang="en">{escape(text.en)}</span><span class="ja" lang="ja">{escape(text.ja)}</span>'
