"""What is read is what is there: no text hides anything, no file name leads anywhere."""

import sys
import unicodedata

import pytest

from shinsei.domain.plain_text import doubtful_character, is_plain_file_name

HIDDEN = {"Cc", "Cf", "Zl", "Zp"}
LAYOUT = "\t\n\r"


def test_no_character_that_nobody_sees_passes() -> None:
    """Of the planes that have any: the others are private, ideographs or empty."""
    planes = (*range(0x20000), *range(0xE0000, 0xE1000))
    hidden = {chr(n) for n in planes if unicodedata.category(chr(n)) in HIDDEN} - set(LAYOUT)
    assert not [f"U+{ord(one):04X}" for one in hidden if not doubtful_character(f"a{one}b")]
    assert not [f"U+{ord(one):04X}" for one in hidden if is_plain_file_name(f"a{one}b.pdf")]


@pytest.mark.parametrize(
    "text", ["見本 花子", "葛\U000e0100城市", "\ue000田", "髙﨑", "O'Neil-Ōe", "一行目\r\n\t二行目", "Kʏōto №5"]
)
def test_names_are_written_with_what_the_registry_has(text: str) -> None:
    assert not doubtful_character(text)


def test_a_doubtful_character_is_told_by_its_number() -> None:
    assert doubtful_character("invoice\u202efdp.exe") == "U+202E"
    assert doubtful_character("a\0b") == "U+0000"
    assert doubtful_character(chr(sys.maxunicode)) == "U+10FFFF"


@pytest.mark.parametrize("name", ["就労証明書.pdf", "scan 1 (2).jpg", "no-suffix", "a.b.c.pdf", "連絡先／別紙.xlsx"])
def test_usual_names_of_files_are_plain(name: str) -> None:
    assert is_plain_file_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "..", ".hidden", "../up.pdf", "a/b.pdf", "a\\b.pdf", "C:\\x.pdf", "x.pdf:stream", " lead.pdf"),
        *(
            "trail.pdf ",
            "trail.pdf.",
            "CON",
            "nul.pdf",
            "com1.txt",
            "LPT9",
            "a\nb.pdf",
            "what?.pdf",
            "exe\u202efdp.pdf",
        ),
    ],
)
def test_a_name_that_leads_elsewhere_or_reads_otherwise_is_refused(name: str) -> None:
    assert not is_plain_file_name(name)
