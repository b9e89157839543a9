"""Deployment settings of the portal; each can be given as ``PORTAL_SIM_<NAME>``."""

from pathlib import Path

from pydantic import Field

from shinsei.runtime.settings import ServiceSettings, prefixed


class Settings(ServiceSettings):
    """Where the portal listens, what it stores to, and how much it takes on at once."""

    model_config = prefixed("portal_sim")

    grpc_port: int = Field(
        default=50051, ge=0, le=65535, description="Port of submissions, the pull interface and runs."
    )
    metrics_port: int = Field(default=9101, ge=0, le=65535, description="Port of /metrics.")
    database_dsn: str = Field(
        default="postgresql://postgres@127.0.0.1:15432/portal_sim", description="The service's own database."
    )
    pool_size: int = Field(
        default=10,
        ge=4,
        description="Database connections; two are for the commits of submissions, the others answer everybody else.",
    )
    clients_file: Path = Field(
        default=Path("var/portal_clients.toml"),
        description="TOML: one table per client id of a municipality, with `secret` and `municipalities`.",
    )
    citizens_ca_file: Path | None = Field(
        default=None,
        description="PEM: certificate of the authority behind citizens' signing certificates. With it, whoever names a "
        "serial number has to have signed; without it no signature is checked.",
    )
    signature_threads: int = Field(default=2, ge=1, description="Threads that check signatures.")
    token_ttl_s: int = Field(
        default=1800, ge=1, description="Real seconds for which a token of the pull interface is good."
    )
    calls_per_s: float = Field(
        default=5_000,
        gt=0,
        description="Calls a second for each client of the pull interface, and as many at once; more are refused with "
        "RESOURCE_EXHAUSTED. The file of clients may say another number.",
    )
    commit_linger_ms: float = Field(
        default=2.0,
        ge=0,
        description="How long single submissions wait for others to share their transaction; where a commit takes "
        "longer, as long as the last one took, up to 20 ms.",
    )
    commit_batch: int = Field(
        default=2000, ge=1, description="Submissions in one transaction, at most (a batch call is never divided)."
    )
    max_watches: int = Field(
        default=10_000,
        ge=1,
        description="Cases that are watched at once (WatchStatus); more are refused with RESOURCE_EXHAUSTED.",
    )
    max_pending: int = Field(
        default=20_000,
        ge=1,
        description="Submissions that wait for their commit; more are refused with RESOURCE_EXHAUSTED.",
    )
    max_wait_s: float = Field(
        default=3.0,
        gt=0,
        description="Age of the oldest submission in the queue above which more are refused with RESOURCE_EXHAUSTED.",
    )
    max_turn_s: float = Field(
        default=0.07,
        ge=0,
        description="Real seconds for which a call may wait until it is taken up: of the submissions to clock-paced "
        "runs as many are refused with RESOURCE_EXHAUSTED as must be for no call to wait longer; 0: none.",
    )
    max_behind_s: float = Field(
        default=2.5,
        ge=0,
        description="Real seconds by which what comes back of a clock-paced run may be behind its clock: of the "
        "submissions as many are refused with RESOURCE_EXHAUSTED as must be for two fifths of it not to last, and "
        "less where more must be; from three quarters of it on more are at once, from it on all of them; 0: none.",
    )
    commit_timeout_s: float = Field(
        default=10.0,
        gt=0,
        description="After this, a submission is answered with UNAVAILABLE; the same id finds out what became of it.",
    )
