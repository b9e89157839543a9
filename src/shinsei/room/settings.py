"""Deployment settings of the operations room; each can be given as ``SHINSEI_ROOM_<NAME>``."""

from functools import cached_property
from pathlib import Path

from pydantic import Field

from shinsei.domain.horizon import TARGET_WORKING_DAYS
from shinsei.runtime.settings import ServiceSettings, prefixed


class Settings(ServiceSettings):
    """Where the room listens, and whom it asks."""

    model_config = prefixed("shinsei_room")

    web_host: str = Field(default="127.0.0.1", description="Address on which the page is served.")
    web_port: int = Field(default=18080, ge=0, le=65535, description="Port of the page.")
    metrics_port: int = Field(default=9106, ge=0, le=65535, description="Port of /metrics.")
    addresses_file: Path = Field(default=Path("var/room.json"), description="Addresses of the stack, as JSON.")
    pace_file: Path = Field(default=Path("var/pace.json"), description="Where the speed wanted of a season is left.")
    audit_file: Path | None = Field(
        default=None,
        description="What was decided about dead letters; unset: those that nobody has settled are not counted.",
    )
    control_token_file: Path | None = Field(
        default=None,
        description="Holds what whoever may pause and speed up knows; absent: the room is for reading only.",
    )
    target_working_days: int = Field(
        default=TARGET_WORKING_DAYS,
        ge=0,
        description="Working days after the deadline by which all that was filed in time is to be registered [A].",
    )

    @cached_property
    def control_token(self) -> str:
        """What is in that file."""
        file = self.control_token_file
        return file.read_text(encoding="utf-8").strip() if file is not None and file.exists() else ""
