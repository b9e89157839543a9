"""Each of the four services, as an operator meets it: health, no reflection, metrics."""

import asyncio
import json
import urllib.request
from importlib import import_module

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2_grpc
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.parser import text_string_to_metric_families
from tests.e2e.conftest import targets

from shinsei.runtime.rpc import channel
from shinsei.stack import Stack

SERVICES = {
    "portal_sim": {
        "shinsei.api.portal.v1.PortalService",
        "shinsei.api.portal.v1.PullService",
        "shinsei.api.control.v1.RunService",
        "shinsei.api.control.v1.LedgerService",
    },
    "linkage_server": {"shinsei.api.control.v1.LedgerService"},
    "app_mgmt": {"shinsei.api.app_mgmt.v1.InquiryService", "shinsei.api.control.v1.LedgerService"},
    "core_systems": {
        "shinsei.api.core_systems.v1.RegistryService",
        "shinsei.api.core_systems.v1.RegistrationService",
        "shinsei.api.core_systems.v1.OfficeService",
        "shinsei.api.control.v1.LedgerService",
    },
}
FAULTS = "shinsei.api.control.v1.FaultService"


def declared(service: str) -> set[str]:
    """Names of the families that a service's ``metrics`` module declares."""
    instruments = [
        one for one in vars(import_module(f"{service}.metrics")).values() if isinstance(one, MetricWrapperBase)
    ]
    return {family.name for one in instruments for family in one.describe()}


@pytest.mark.parametrize("service", SERVICES)
async def test_health_is_served_and_what_there_is_to_call_is_told_to_nobody(service: str, stack: Stack) -> None:
    async with channel(targets(stack)[service], service) as opened:
        health = health_pb2_grpc.HealthStub(opened)
        told = reflection_pb2_grpc.ServerReflectionStub(opened).ServerReflectionInfo()
        assert await told.code() is grpc.StatusCode.UNIMPLEMENTED
        for name in ("", FAULTS, *SERVICES[service]):
            answer = await health.Check(health_pb2.HealthCheckRequest(service=name))
            assert answer.status == health_pb2.HealthCheckResponse.SERVING, name


@pytest.mark.parametrize("service", SERVICES)
async def test_metrics_tell_what_the_service_declares(service: str, stack: Stack) -> None:
    def read() -> tuple[str, str]:
        with urllib.request.urlopen(stack.addresses.metrics[service], timeout=10) as answer:  # noqa: S310 - loopback
            return answer.headers["Content-Type"], answer.read().decode()

    kind, text = await asyncio.to_thread(read)
    assert kind.startswith("text/plain; version=")
    served = {family.name for family in text_string_to_metric_families(text)}
    assert declared(service)
    assert declared(service) <= served
    assert {"shinsei_grpc_server_handled", "process_resident_memory_bytes"} <= served


@pytest.mark.parametrize("service", SERVICES)
def test_what_a_service_logs_is_a_line_of_json_that_names_it(service: str, stack: Stack) -> None:
    lines = (stack.home / "log" / f"{service}.log").read_text(encoding="utf-8").splitlines()
    started = [json.loads(line) for line in lines if "service_started" in line]
    assert {(one["service"], one["event"], one["level"]) for one in started} == {(service, "service_started", "info")}
    assert all(one["timestamp"].endswith("Z") for one in started)
