"""Deployment settings of application management; each can be given as ``APP_MGMT_<NAME>``."""

from pydantic import Field

from shinsei.domain.horizon import TARGET_WORKING_DAYS
from shinsei.runtime.settings import ServiceSettings, prefixed


class Settings(ServiceSettings):
    """Where application management listens, and whom it talks to."""

    model_config = prefixed("app_mgmt")

    grpc_port: int = Field(default=50053, ge=0, le=65535, description="Port of the inquiry screen.")
    grpc_reuse_port: bool = Field(default=False, description="Several processes may share the port (SO_REUSEPORT).")
    metrics_port: int = Field(default=9103, ge=0, le=65535, description="Port of /metrics.")
    streams_metrics_port: int = Field(default=9105, ge=0, le=65535, description="Port of /metrics of the streams.")
    streams_target_working_days: int = Field(
        default=TARGET_WORKING_DAYS,
        ge=0,
        description="As the operations room has it: working days after the deadline until the target [A].",
    )
    database_dsn: str = Field(
        default="postgresql://postgres@127.0.0.1:15432/app_mgmt", description="The service's own database."
    )
    pool_size: int = Field(default=10, ge=2, description="Database connections.")
    kafka_bootstrap: str = Field(default="127.0.0.1:19092", description="Broker of application.*.")
    work_kafka_bootstrap: str = Field(
        default="", description="Broker of work.*, where it has one of its own; empty: the same one."
    )
    registry_target: str = Field(default="127.0.0.1:50054", description="The core systems' registry (gRPC).")

    @property
    def work_bootstrap(self) -> str:
        """Broker of ``work.*``."""
        return self.work_kafka_bootstrap or self.kafka_bootstrap
