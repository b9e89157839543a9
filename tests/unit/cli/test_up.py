"""What ``shinsei up`` says of a stack that is up without a part that only watches."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from shinsei.cli.__main__ import run
from shinsei.stack import PartState, PartStatus, StackState, StackStatus, local
from shinsei.stack.home import Home
from shinsei.stack.parts import USUAL_PORTS
from shinsei.stack.site import Site


def status(home: Path, room: PartState, problem: str = "") -> StackStatus:
    part = PartStatus(
        name="room",
        about="",
        state=room,
        pid=None,
        restarts=0,
        problem=problem,
        ports={"room.web": 18080},
        log="room.log",
        memory_mib=0.0,
    )
    return StackStatus(
        home=str(home),
        state=StackState.UP,
        pid=1,
        started_at="",
        problem="",
        isolation="",
        memory_mib=0.0,
        memory_peak_mib=0.0,
        parts=(part,),
        addresses=Site(home=Home(path=home), ports=USUAL_PORTS).addresses,
    )


@pytest.mark.parametrize(
    ("found", "problem"), [(PartState.READY, ""), (PartState.FAILED, "ended with code 2 before it was ready")]
)
def test_the_page_is_named_where_it_is_served_and_else_why_it_is_not(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    found: PartState,
    problem: str,
) -> None:
    made = SimpleNamespace(status=lambda: status(tmp_path, found, problem))
    monkeypatch.setattr(local, "up", lambda *_, **__: made)
    assert run(["up", "--home", str(tmp_path)]) == 0
    printed = capsys.readouterr()
    assert ("operations room http://127.0.0.1:18080/" in printed.out) is not bool(problem)
    assert (f"goes on without room: {problem}; see room.log" in printed.err) is bool(problem)
