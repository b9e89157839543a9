"""The ways of an application into a core system, one file each; compare them by reading them side by side."""

from shinsei.domain.linkage.registry import LINKAGES
from shinsei.domain.linkage.route import Linkage

__all__ = ["LINKAGES", "Linkage"]
