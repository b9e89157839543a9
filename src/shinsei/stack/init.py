"""First process of the stack's namespace: starts the supervisor, buries orphans, and ends when the supervisor does.

Run as ``python -I -S init.py COMMAND…``. Its end is the end of everything in the namespace.
"""

import os
import signal
import sys


def main(command: list[str]) -> int:
    """Run the command; returns its exit code."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # whoever wants to stop the stack asks the supervisor
    supervisor = os.posix_spawn(
        command[0], command, os.environ, setsigdef=(signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    )
    while True:
        ended, status = os.wait()
        if ended == supervisor:
            return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(abs(main(sys.argv[1:])))
