"""``python -m portal_sim``."""

from portal_sim.bootstrap import build
from portal_sim.settings import Settings
from shinsei.runtime.lifespan import run

if __name__ == "__main__":
    run(build, Settings.load())
