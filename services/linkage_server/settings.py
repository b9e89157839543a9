"""Deployment settings of the linkage server; each can be given as ``LINKAGE_SERVER_<NAME>``."""

from pathlib import Path

from pydantic import Field

from shinsei.domain.run import FetchMode
from shinsei.runtime.settings import ServiceSettings, prefixed


class Settings(ServiceSettings):
    """Where the linkage server listens, and whom it talks to."""

    model_config = prefixed("linkage_server")

    grpc_port: int = Field(default=50052, ge=0, le=65535, description="Port of health and ledger.")
    metrics_port: int = Field(default=9102, ge=0, le=65535, description="Port of /metrics.")
    database_dsn: str = Field(
        default="postgresql://postgres@127.0.0.1:15432/linkage_server", description="The service's own database."
    )
    pool_size: int = Field(default=12, ge=2, description="Database connections.")
    kafka_bootstrap: str = Field(default="127.0.0.1:19092", description="Broker of application.*.")
    portal_target: str = Field(default="127.0.0.1:50051", description="The portal (gRPC).")
    client_id: str = Field(default="linkage_server", description="Who logs in at the portal.")
    client_secret_file: Path = Field(
        default=Path("var/linkage_server.secret"), description="File that holds the secret of this client."
    )
    fetch_mode: FetchMode = Field(
        default=FetchMode.SINGLE,
        description="One call a case (single), or many (batch); a scenario's poll.fetch goes before.",
    )
    fetch_parallel: int = Field(default=64, ge=1, description="Gets under way at once, per municipality.")
    payload_dir: Path = Field(default=Path("var/payloads"), description="Folder of the payload store.")
    runs_every_s: float = Field(
        default=0.2, gt=0, description="How often the portal is asked for new runs, where there are few."
    )
    clock_rest_s: float = Field(
        default=0.2, ge=0, description="Pause between the listings of a clock-paced run, so that a fast clock idles."
    )
    list_page: int = Field(default=10_000, ge=1, le=10_000, description="Entries of a page of a listing.")
    list_wait_ms: int = Field(default=20_000, ge=1, le=20_000, description="Longest long poll for a listing.")
