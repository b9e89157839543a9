"""The desk itself: who waits there is asked, and nobody who has gone is."""

import gevent
import pytest

from loadtest.desk import Desk


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


def test_a_new_test_does_not_give_its_jobs_to_users_that_were_killed(desk: Desk) -> None:
    gone = gevent.spawn(desk.wait)
    gevent.sleep(0)
    gone.kill()
    desk.clear()
    assert not desk.start(lambda _: None)
