"""``python -m app_mgmt.streams``."""

from app_mgmt.settings import Settings
from app_mgmt.streams.monitor import build
from shinsei.runtime.lifespan import run

if __name__ == "__main__":
    loaded = Settings.load()
    run(build, loaded.model_copy(update={"metrics_port": loaded.streams_metrics_port}))
