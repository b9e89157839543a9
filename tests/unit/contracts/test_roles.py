"""The table of roles agrees with the table of connections, and with what the proto files declare."""

import pytest

from shinsei.api.app_mgmt.v1 import app_mgmt_pb2
from shinsei.api.control.v1 import control_pb2
from shinsei.api.core_systems.v1 import core_systems_pb2
from shinsei.api.portal.v1 import portal_pb2
from shinsei.contracts.roles import EVERY, MAY_CALL, SERVED_BY, callers
from shinsei.contracts.zones import CALLS, GRPC

PORTAL = "shinsei.api.portal.v1.PortalService"
DECLARED = {
    service.full_name: {method.name for method in service.methods}
    for module in (app_mgmt_pb2, control_pb2, core_systems_pb2, portal_pb2)
    for service in module.DESCRIPTOR.services_by_name.values()
}


def test_every_service_stands_in_the_table() -> None:
    assert set(MAY_CALL) == set(SERVED_BY) == set(DECLARED)


def test_only_procedures_that_there_are_may_be_called() -> None:
    for service, roles in MAY_CALL.items():
        for procedures in roles.values():
            assert procedures == EVERY or set(procedures) <= DECLARED[service], service


def test_whoever_may_call_may_connect_and_the_other_way_round() -> None:
    may_call = {(role, part) for service, roles in MAY_CALL.items() for part in SERVED_BY[service] for role in roles}
    may_connect = {(call.caller, call.callee) for call in CALLS if call.callee in GRPC and call.port in GRPC.values()}
    assert may_call == may_connect


@pytest.mark.parametrize("procedure", sorted(DECLARED["shinsei.api.portal.v1.PullService"]))
def test_nobody_but_the_linkage_server_pulls(procedure: str) -> None:
    assert callers("shinsei.api.portal.v1.PullService", procedure) == {b"linkage_server"}


def test_the_room_looks_and_files_nothing() -> None:
    changing = DECLARED["shinsei.api.control.v1.RunService"] - {"SetClock"}
    changing = {name for name in changing if not name.startswith(("Get", "List", "Read"))}
    assert {"StartRun", "MakeChange", "CloseRun"} <= changing
    for name in changing:
        assert b"room" not in callers("shinsei.api.control.v1.RunService", name), name
    assert b"room" not in callers(PORTAL, "Submit")


def test_applicants_call_all_but_what_reacts_without_a_receipt_number() -> None:
    refused = {procedure for procedure in DECLARED[PORTAL] if b"applicant" not in callers(PORTAL, procedure)}
    assert refused == {"ReactBatch"}


def test_what_is_not_in_the_table_may_be_called_by_nobody() -> None:
    assert callers("shinsei.api.elsewhere.v1.Other", "Do") == frozenset()
