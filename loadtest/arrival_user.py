"""A user of Locust as a slot: when it is busy is decided by arrivals, never by itself."""

from collections.abc import Sequence

from locust import User, task

from loadtest.desk import Desk
from loadtest.meter import METER, CallFailedError
from loadtest.wall import now_s
from shinsei.loadtest.books import ERROR
from shinsei.loadtest.dispatching import Arrival
from shinsei.loadtest.grouping import Groups


class ArrivalUser(User):
    """A slot: waits at its desk, does what is due, waits again."""

    abstract = True
    desk: Desk

    @staticmethod
    def filed(_: Arrival) -> Sequence[Groups]:
        """What is filed with an arrival, application by application; nothing by whoever calls for something else."""
        return ()

    @task
    def serve(self) -> None:
        """One thing."""
        job = self.desk.wait()
        METER.in_flight += 1
        begun_s = now_s()
        try:
            job(self)
        except CallFailedError:
            pass  # it has been counted under its code
        except Exception:
            # The generator's own fault, which no status tells; Locust writes it down.
            METER.called(type(self).__name__, ERROR, intended_s=begun_s, sent_s=begun_s)
            raise
        finally:
            METER.in_flight -= 1
