"""Access control of the whole system: services that are called without the gateway, and orders of another user."""

import json
from typing import Any
from uuid import uuid4

import grpc
import httpx
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from embedded_stack.testing import Running
from rpc_access import CALLER_TOKEN
from shop.orders.v1.order_service_pb2 import ListOrdersRequest
from tests.shop_client import ShopClient
from tests.shop_topology import ROOT

SECONDS_MAX = 10.0
LIST_ORDERS = "/shop.orders.v1.OrdersService/ListOrders"


def bearing(stack: Running, user: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {stack.token(user)}"}


@pytest.fixture
def rest(guarded_system: Running) -> Any:
    with httpx.Client(base_url=guarded_system.endpoints.url("gateway"), timeout=15) as client:
        yield client


@pytest.mark.parametrize("service", ["orders", "payments"])
def test_service_is_healthy_and_lists_nothing_for_a_direct_caller(
    guarded_system: Running, service: str
) -> None:
    with grpc.insecure_channel(guarded_system.endpoints.address(service)) as channel:
        health: Any = health_pb2_grpc.HealthStub(channel)
        checked = health.Check(health_pb2.HealthCheckRequest(), timeout=SECONDS_MAX)
        assert checked.status == health_pb2.HealthCheckResponse.SERVING
        stub: Any = reflection_pb2_grpc.ServerReflectionStub(channel)
        request = reflection_pb2.ServerReflectionRequest(list_services="")
        with pytest.raises(grpc.RpcError):
            list(stub.ServerReflectionInfo(iter([request]), timeout=SECONDS_MAX))


def test_user_can_not_call_a_service_directly_with_an_access_token(guarded_system: Running) -> None:
    user = str(uuid4())
    access_token = guarded_system.token(user)
    request = ListOrdersRequest(user_id=user).SerializeToString()
    with grpc.insecure_channel(guarded_system.endpoints.address("orders")) as channel:
        rpc: Any = channel.unary_unary(LIST_ORDERS)
        for metadata in (
            (),
            ((CALLER_TOKEN, access_token),),
            (("authorization", f"Bearer {access_token}"),),
        ):
            with pytest.raises(grpc.RpcError) as raised:
                rpc(request, metadata=metadata, timeout=SECONDS_MAX)
            error: Any = raised.value
            assert error.code() == grpc.StatusCode.UNAUTHENTICATED
    log = (guarded_system.folder / "logs" / "orders.log").read_text()
    assert "access rejected" in log
    assert access_token not in log


def test_client_can_not_send_the_token_of_a_caller_through_the_gateway(
    guarded_system: Running, rest: httpx.Client
) -> None:
    user = str(uuid4())
    forged = {CALLER_TOKEN: guarded_system.token(user), f"Grpc-Metadata-{CALLER_TOKEN}": "forged"}
    listed = rest.get(
        "/orders", params={"user_id": user}, headers=bearing(guarded_system, user) | forged
    )
    assert listed.status_code == httpx.codes.OK, listed.text
    listed = rest.get("/orders", params={"user_id": user}, headers=forged)
    assert listed.status_code == httpx.codes.UNAUTHORIZED


@pytest.mark.parametrize(("verb", "suffix"), [("GET", ""), ("POST", "/cancel")])
def test_order_of_another_user_looks_like_one_that_does_not_exist(
    guarded_system: Running, rest: httpx.Client, verb: str, suffix: str
) -> None:
    owner, other, missing = (str(uuid4()) for _ in range(3))
    order = {"user_id": owner, "amount": 1}
    created = rest.post("/orders", json=order, headers=bearing(guarded_system, owner))
    assert created.status_code == httpx.codes.CREATED, created.text
    with httpx.Client(base_url=rest.base_url, headers=bearing(guarded_system, owner)) as own_rest:
        ended = ShopClient(own_rest).ended(created.json()["id"])
    assert (ended["user_id"], ended["status"]) == (owner, "CANCELED")

    hidden, absent = (
        rest.request(verb, f"/orders/{order_id}{suffix}", headers=bearing(guarded_system, other))
        for order_id in (ended["id"], missing)
    )
    assert hidden.status_code == absent.status_code == httpx.codes.NOT_FOUND
    assert hidden.text.replace(created.json()["id"], missing) == absent.text
    own = {"date", "x-request-id"}
    assert {name: value for name, value in hidden.headers.items() if name not in own} == {
        name: value for name, value in absent.headers.items() if name not in own
    }


@pytest.mark.parametrize(
    ("path", "file"),
    [("/swagger/doc.json", "shop.swagger.json"), ("/openapi.json", "shop.openapi.json")],
)
def test_documents_with_access_control_are_the_committed_ones(
    rest: httpx.Client, path: str, file: str
) -> None:
    served = rest.get(path)
    assert served.content == (ROOT / "gen" / "openapi" / file).read_bytes()
    assert '"bearer"' in json.dumps(served.json())
