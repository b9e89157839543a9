"""The simulation kernel: an office, its clerks and machines, and the life of a case inside it."""

from shinsei.domain.office.office import Office

__all__ = ["Office"]
