"""A plan of very many municipalities: each by itself in some process, and of each only a summary is kept."""

from shinsei.planning.nation.study import Nation, nation

__all__ = ["Nation", "nation"]
