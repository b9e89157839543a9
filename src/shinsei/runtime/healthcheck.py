"""Asks a service for its gRPC health and ends with 0 or 1: ``python -m shinsei.runtime.healthcheck HOST:PORT``.

A container that has Python and no probe of its own uses this; whatever can speak gRPC health does as well. Of several
(``HOST:PORT,HOST:PORT``, with or without a ``NAME=`` before each, as in ``SHINSEI_TARGETS``) all have to serve.
"""

import sys

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from shinsei.runtime.identity import ANYBODY, named, own_identity


def is_serving(target: str, *, timeout_s: float = 2.0) -> bool:
    """Whether the server there says that it serves."""
    identity = own_identity()
    opened = (
        grpc.insecure_channel(target)
        if identity is None
        else grpc.secure_channel(target, identity.for_calls(), options=[named(ANYBODY)])
    )
    with opened as channel:
        try:
            answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=timeout_s)
        except grpc.RpcError:
            return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


def all_serve(targets: str) -> bool:
    """Whether every server of a list says so."""
    return all(is_serving(entry.rpartition("=")[2]) for entry in targets.split(","))


if __name__ == "__main__":
    sys.exit(not all_serve(sys.argv[1]))
