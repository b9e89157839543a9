"""``python -m shinsei.room``: the operations room as a process.

Imports stand below, because the process that works out the forecast imports this file too and needs none of them.
"""

if __name__ == "__main__":
    from shinsei.room.bootstrap import build
    from shinsei.room.settings import Settings
    from shinsei.runtime.lifespan import run

    run(build, Settings.load())
