"""Settings of a deployment: frozen, from the environment, prefixed by the service's name.

Only what differs between machines is a setting; what differs between experiments is a scenario parameter.
"""

import sys
from pathlib import Path
from typing import ClassVar, Literal, Self

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

Port = int


class ServiceSettings(BaseSettings):
    """What every service has; a service's own class sets ``env_prefix`` and its default ports.

    Example: ``class Settings(ServiceSettings): model_config = prefixed("portal_sim"); grpc_port: int = 50051``.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    usage_exit_code: ClassVar[int] = 2

    grpc_host: str = Field(default="127.0.0.1", description="Address on which gRPC listens.")
    grpc_port: int = Field(default=0, ge=0, le=65535, description="Port of gRPC; 0 takes a free one.")
    grpc_reuse_port: bool = Field(default=False, description="Several processes may share the port (SO_REUSEPORT).")
    grpc_reflection: bool = Field(
        default=False, description="Tell callers what there is to call (gRPC reflection): for development only."
    )
    metrics_host: str = Field(default="127.0.0.1", description="Address on which /metrics listens.")
    metrics_port: int = Field(default=0, ge=0, le=65535, description="Port of /metrics; 0 takes a free one.")
    log_format: Literal["json", "console"] = Field(default="json", description="One JSON object a line, or for eyes.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="Least level logged.")

    telemetry: bool = Field(
        default=True,
        description="Count, serve /metrics and trace; off only to measure what that costs (bench/telemetry.py).",
    )
    traces_to: str = Field(
        default="", description="OTLP endpoint (gRPC) for traces, such as 127.0.0.1:4317; empty: no traces."
    )
    traces_share: float = Field(default=0.01, ge=0, le=1, description="Share of the cases that is traced.")

    instance: str = Field(
        default="",
        description="Name of this process in its group; under it, a restarted one gets its partitions at once.",
    )

    database_password_file: Path | None = Field(
        default=None,
        description="File that holds the password for the database; without one the DSN says how to log in.",
    )

    fault_flags: bool = Field(
        default=False, description="Fault flags can be set while it runs (`shinsei fault`); off in operation."
    )
    crash_points: Path | None = Field(
        default=None, description="File that tells where the process is to die, for tests; absent in operation."
    )

    @classmethod
    def load(cls) -> Self:
        """Settings from the environment; a wrong one ends the process with one clear line each."""
        try:
            return cls()
        except ValidationError as error:
            prefix = cls.model_config.get("env_prefix", "")
            for problem in error.errors(include_url=False):
                name = prefix + "_".join(str(part) for part in problem["loc"])
                print(f"{name.upper()}: {problem['msg']}", file=sys.stderr)
            raise SystemExit(cls.usage_exit_code) from None


def prefixed(service: str) -> SettingsConfigDict:
    """Model configuration that reads ``<SERVICE>_<SETTING>``."""
    return SettingsConfigDict(env_prefix=f"{service.upper()}_", frozen=True, extra="ignore")
