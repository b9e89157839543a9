"""``python -m app_mgmt``."""

from app_mgmt.bootstrap import build
from app_mgmt.settings import Settings
from shinsei.runtime.lifespan import run

if __name__ == "__main__":
    run(build, Settings.load())
