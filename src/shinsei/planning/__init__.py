"""Planning: a scenario answered in virtual time, many seasons over, with intervals; no service is needed for it.

``plan`` is the way in from Python, ``shinsei plan`` from the command line.
"""

from shinsei.planning.pool import Workers
from shinsei.planning.study import Study, Wanted, studies, study

__all__ = ["Study", "Wanted", "Workers", "studies", "study"]
