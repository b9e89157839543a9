"""``python -m core_systems``."""

from core_systems.bootstrap import build
from core_systems.settings import Settings
from shinsei.runtime.lifespan import run

if __name__ == "__main__":
    run(build, Settings.load())
