"""``python -m linkage_server``."""

from linkage_server.bootstrap import build
from linkage_server.settings import Settings
from shinsei.runtime.lifespan import run

if __name__ == "__main__":
    run(build, Settings.load())
