"""Deployment settings of the core systems; each can be given as ``CORE_SYSTEMS_<NAME>``."""

from pydantic import Field

from shinsei.runtime.settings import ServiceSettings, prefixed


class Settings(ServiceSettings):
    """Where the core systems listen, and whom they talk to."""

    model_config = prefixed("core_systems")

    grpc_port: int = Field(default=50054, ge=0, le=65535, description="Port of registry, registrations and office.")
    grpc_reuse_port: bool = Field(default=False, description="Several processes may share the port (SO_REUSEPORT).")
    metrics_port: int = Field(default=9104, ge=0, le=65535, description="Port of /metrics.")
    database_dsn: str = Field(
        default="postgresql://postgres@127.0.0.1:15432/core_systems", description="The service's own database."
    )
    pool_size: int = Field(default=10, ge=2, description="Database connections.")
    kafka_bootstrap: str = Field(default="127.0.0.1:19092", description="Broker of work.*.")
    inquiry_target: str = Field(
        default="127.0.0.1:50053", description="The inquiry screen of application management (gRPC)."
    )
