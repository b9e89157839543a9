"""Becomes the command that it is given, after asking the kernel to end it together with the process that started it.

Run as ``python -I -S child.py PARENT_PID SIGNAL USER COMMAND…``, because a hook between fork and exec is unsafe in a
process with threads; ``-`` as the user stays who it is. The request (PR_SET_PDEATHSIG) survives exec. Systems other
than Linux have no such request; there only an orderly stop ends the children.
"""

import ctypes
import os
import pwd
import sys

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Become the user, set the signal of the parent's death (in this order: the first clears the second), then exec."""
    parent, signal_number, user, *command = arguments
    if user != "-":
        account = pwd.getpwuid(int(user))
        os.setgroups([])
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)
        if os.getppid() != int(parent):  # it died before the request was made
            sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606 - the stack's own command line


if __name__ == "__main__":
    main(sys.argv[1:])
