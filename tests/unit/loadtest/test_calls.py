"""A stream of the generator's: timed to the message that it is kept open for, and told apart where that never comes."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from loadtest import calls, meter
from loadtest.calls import stream_until
from loadtest.meter import Meter
from shinsei.loadtest.books import WATCH, ended_otherwise

STORED, REGISTERED, WITHDRAWN = "stored", "registered", "withdrawn"


class Answers:
    """One a second, by a clock that goes on with each."""

    def __init__(self, content: Sequence[str]) -> None:
        self.now_s = 100.0
        self.is_cancelled = False
        self._content = content

    def __call__(self, request: Any, timeout: float) -> "Answers":
        return self

    def __iter__(self) -> Iterator[str]:
        for one in self._content:
            self.now_s += 1.0
            yield one

    def cancel(self) -> None:
        self.is_cancelled = True


@pytest.mark.parametrize(
    ("content", "name", "took_s"),
    [
        ([STORED, REGISTERED, "granted"], WATCH, 2.0),
        ([STORED, "accepted", WITHDRAWN], ended_otherwise(WATCH), 3.0),
        ([], ended_otherwise(WATCH), 0.0),
    ],
)
def test_a_watch_counts_until_the_registration_and_under_another_name_where_none_comes(
    content: Sequence[str], name: str, took_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, here = Answers(content), Meter()
    monkeypatch.setattr(calls, "METER", here)
    for module in (calls, meter):
        monkeypatch.setattr(module, "now_s", lambda: answers.now_s)
    assert stream_until(WATCH, answers, None, 100.0, REGISTERED.__eq__, deadline_s=9.0) is (name == WATCH)
    ((told, request),) = here.tick(0, 0, 0)["requests"].items()
    assert (told, request["codes"], request["response"]["highest_s"]) == (name, {"OK": 1}, took_s)
    assert answers.is_cancelled
