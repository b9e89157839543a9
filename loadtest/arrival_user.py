"""A user of Locust as a slot: when it is busy is decided by arrivals, never by itself."""

from locust import User, task

from loadtest.calls import CallFailedError
from loadtest.desk import Desk
from loadtest.meter import METER


class ArrivalUser(User):
    """A slot: waits at its desk, does what is due, waits again."""

    abstract = True
    desk: Desk

    @task
    def serve(self) -> None:
        """One thing."""
        job = self.desk.wait()
        METER.in_flight += 1
        try:
            job(self)
        except CallFailedError:
            pass  # it has been counted under its code
        finally:
            METER.in_flight -= 1
