"""Errors of running a service: what keeps it from starting, and who lost the right to go on."""

from collections.abc import Iterable

from shinsei.domain.errors import ShinseiError, UnavailableError


class StartError(ShinseiError):
    """A service cannot start; its text is the one line that the user sees.

    ``setting`` names the field that could be wrong; the lifespan adds the service's prefix.
    """

    def __init__(self, problem: str, *, remedy: str = "", setting: str = "") -> None:
        self.problem = problem
        self.remedy = remedy
        self.setting = setting
        super().__init__(problem)

    def line(self, service: str) -> str:
        """``portal_sim: PostgreSQL is not reachable at … after 30 s: start it or set PORTAL_SIM_DATABASE_DSN``."""
        advice = [self.remedy] if self.remedy else []
        if self.setting:
            advice.append(f"set {service.upper()}_{self.setting.upper()}")
        return f"{service}: {self.problem}" + (f": {' or '.join(advice)}" if advice else "")


class FencedError(UnavailableError):
    """Another owner has taken this partition; take it again before trying again."""

    def __init__(self, topic: str, partition: int, epoch: int) -> None:
        self.topic = topic
        self.partition = partition
        self.epoch = epoch
        super().__init__(f"epoch {epoch} of {topic}/{partition} is over: another owner has taken it")


class RoleError(ShinseiError):
    """The caller is somebody else than those who may call this procedure."""

    def __init__(self, procedure: str, roles: Iterable[str]) -> None:
        super().__init__(f"the role of your certificate ({', '.join(roles) or 'none'}) may not call {procedure}")


class OverloadedError(UnavailableError):
    """Too much is waiting already; come back after ``retry_after_ms``."""

    def __init__(self, what: str, retry_after_ms: int) -> None:
        self.retry_after_ms = retry_after_ms
        super().__init__(f"{what}: try again in {retry_after_ms} ms")


class PoisonedPartition(ShinseiError):  # noqa: N818 - it is the partition that has an error
    """A message that must not be skipped cannot be handled: its partition stops, with an alert."""

    def __init__(self, reason: str, *, offset: int | None = None) -> None:
        self.reason = reason
        self.offset = offset
        """Of that message, where the handler knows it."""
        super().__init__(reason)
