"""The desk itself: who waits there is asked, and nobody who has gone is."""

import gevent
import pytest

from loadtest import desk as desk_module
from loadtest.desk import Desk
from loadtest.meter import Meter


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_job_goes_to_whoever_waits_and_to_nobody_else(desk: Desk) -> None:
    done: list[str] = []
    assert not desk.start(done.append)
    waiting = gevent.spawn(lambda: desk.wait()("done"))
    gevent.sleep(0)
    assert desk.idle == 1
    assert desk.start(done.append)
    waiting.join()
    assert (done, desk.idle) == (["done"], 0)


def test_what_people_want_later_is_remembered_up_to_a_bound_and_what_is_beyond_it_is_counted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    meter = Meter()
    monkeypatch.setattr(desk_module, "METER", meter)
    monkeypatch.setattr(desk_module, "_MOST_LATER", 2)
    for _ in range(5):
        desk.later(3_600.0, lambda _: lambda _: None)
    assert desk.due_later == 2
    assert meter.tick(0, 0, 0)["counts"] == {"later_dropped": 3}


def test_a_new_test_does_not_give_its_jobs_to_users_that_were_killed(desk: Desk) -> None:
    gone = gevent.spawn(desk.wait)
    gevent.sleep(0)
    gone.kill()
    desk.clear()
    assert not desk.start(lambda _: None)
