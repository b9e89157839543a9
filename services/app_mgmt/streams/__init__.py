"""Derived views of application management: throughput, age of the backlog, deadline risk.

Faust reads ``work.requested`` and ``work.completed`` beside the consumers that matter and is never in the path of a
case: it goes on behind what fails, so nothing may depend on it. ``python -m app_mgmt.streams`` is a process of its own.
"""

from app_mgmt.streams.monitor import Streams, build
from app_mgmt.streams.view import View

__all__ = ["Streams", "View", "build"]
