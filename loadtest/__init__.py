"""The generator: Locust with an open model. What it measures and asks is in ``shinsei.loadtest``."""

import os

# No process that has called anybody forks to go on with gRPC: workers fork before the first channel, and what is
# started at the end is another program. gRPC's own care for forks, once threads of it run, has ended such a program
# before it began ("epoll_wait error: Bad file descriptor"). It is read when gRPC is imported.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")  # noqa: TID251 - gRPC's, which has no other switch
