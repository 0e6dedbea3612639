"""Who may call what, on the services' gRPC ports: every method with every kind of caller token.

The methods and their requests follow from the contracts, so a new RPC is tested without a change here.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import grpc
import psycopg
import pytest
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status
from structlog.testing import capture_logs

from embedded_stack.testing import Running
from orders.service import Orders
from orders.watch import order_watch
from payments.service import Payments
from rpc_access import CALLER_TOKEN, CallerTokenVerifier
from rpc_contract.idempotency_key import METADATA as IDEMPOTENCY_KEY
from shop.orders.db.querier import AsyncQuerier as OrdersQuerier
from shop.orders.v1.order_service_pb2 import CancelOrderRequest
from shop.orders.v1.order_service_rpc import orders_service
from shop.payments.db.querier import AsyncQuerier as PaymentsQuerier
from shop.payments.v1.payment_service_rpc import payments_service
from shop.services_gateway import OPERATIONS
from tests.integration.access.caller_tokens import Gateway, Metadata
from tests.integration.access.calls import AnyMethod, Calls, Outcome, rule_of
from transactional_grpc.database import Database, open_pool
from transactional_grpc.server import GrpcTransport, Server, Service, StreamingMethod

pytestmark = pytest.mark.anyio
SERVICES: dict[str, tuple[Service[Any], Any]] = {
    "orders": (orders_service(Orders(order_watch())), OrdersQuerier),
    "payments": (payments_service(Payments()), PaymentsQuerier),
}
RULES = [
    (name, method, rule_of(service, method))
    for name, (service, _) in SERVICES.items()
    for method in service.methods
]
PROTECTED = [
    pytest.param(name, method, id=method.name) for name, method, rule in RULES if not rule.public
]
HIDDEN = [
    pytest.param(name, method, id=method.name) for name, method, rule in RULES if rule.hidden_as
]
SCOPES = ("orders:read", "orders:write", "payments:read", "payments:write")
STATUS = "grpc-status-details-bin"
UNAUTHENTICATED = (grpc.StatusCode.UNAUTHENTICATED, "UNAUTHENTICATED")
ORDER_ENDED = (grpc.StatusCode.FAILED_PRECONDITION, "ORDER_ENDED")
SCOPE_MISSING = (grpc.StatusCode.PERMISSION_DENIED, "SCOPE_MISSING")
MALFORMED = b"\xff\xff"


@pytest.fixture(params=list(GrpcTransport), ids=lambda transport: transport.value)
def transport(request: pytest.FixtureRequest) -> GrpcTransport:
    return cast("GrpcTransport", request.param)


@pytest.fixture
def gateway(tmp_path: Path) -> Gateway:
    return Gateway(tmp_path)


@pytest.fixture
async def calls(
    *,
    migrated: Running,
    tmp_path: Path,
    gateway: Gateway,
    transport: GrpcTransport,
    name: str,
    late_events_of_grpcio_are_dropped: None,
) -> AsyncIterator[Calls]:
    """Calls of a service that runs with access control, in front of its real database."""
    service, queries = SERVICES[name]
    address = f"unix:{tmp_path}/grpc.sock"
    server = Server(address, transport, caller_tokens=CallerTokenVerifier(gateway.jwks_file))
    async with open_pool(migrated.endpoints.database_url(name), "test") as pool:
        server.add(service, Database(pool, queries))
        await server.start()
        async with grpc.aio.insecure_channel(address) as channel:
            yield Calls(service, channel)
        await server.stop()


@pytest.fixture
async def owner(calls: Calls, gateway: Gateway) -> str:
    """A user for whom every method of the service has been called, in the contract's order."""
    user = str(uuid4())
    for method in calls.service.methods:
        response = await calls.call(
            method, calls.request(method, user), bearing(gateway.token(user, SCOPES))
        )
        assert isinstance(response, Message), (method.name, response)
    return user


def bearing(token: str) -> Metadata:
    return ((CALLER_TOKEN, token),)


async def readable(calls: Calls, gateway: Gateway, owner: str) -> list[Any]:
    """Returns what a user can read by the methods of the service."""
    bearer = bearing(gateway.token(owner, SCOPES))
    return [
        await calls.call(method, calls.request(method, owner), bearer)
        for method in calls.service.methods
        if isinstance(method, StreamingMethod) or not method.writes
    ]


def reason(outcome: Any) -> tuple[grpc.StatusCode, str]:
    """Returns the code and the reason of a rejected call."""
    assert isinstance(outcome, Outcome), outcome
    status = Status.FromString(cast("bytes", dict(outcome.trailers)[STATUS]))
    (detail,) = status.details[:1]
    info = ErrorInfo()
    assert detail.Unpack(info)
    return outcome.code, info.reason


def test_every_service_is_tested() -> None:
    assert {service.name for service, _ in SERVICES.values()} == {
        operation.service for operation in OPERATIONS
    }


@pytest.mark.parametrize(("name", "method"), PROTECTED)
async def test_every_wrong_token_gets_the_same_error(
    calls: Calls, owner: str, gateway: Gateway, method: AnyMethod
) -> None:
    kinds = dict(gateway.rejected(owner, SCOPES))
    before = await readable(calls, gateway, owner)
    with capture_logs() as logs:
        outcomes = {
            kind: await calls.call(method, calls.request(method, owner), metadata)
            for kind, metadata in kinds.items()
        }
    assert {kind: reason(outcome) for kind, outcome in outcomes.items()} == dict.fromkeys(
        kinds, UNAUTHENTICATED
    )
    assert len(set(outcomes.values())) == 1, "a message or a trailer depends on the token"
    assert await readable(calls, gateway, owner) == before, "a rejected call had an effect"
    assert {entry["reason"] for entry in logs} == {"UNAUTHENTICATED"}
    texts = [value for metadata in kinds.values() for _, value in metadata if len(value) > 9]
    assert not any(str(text) in str(entry) for entry in logs for text in texts)


@pytest.mark.parametrize(("name", "method"), PROTECTED)
async def test_scope_of_the_rule_is_needed_and_no_other_counts(
    calls: Calls, owner: str, gateway: Gateway, method: AnyMethod
) -> None:
    scope = rule_of(calls.service, method).scope
    others = [other for other in SCOPES if other != scope]
    granted = {
        "none": [],
        "all others": others,
        "in upper case": [scope.upper()],
        "a prefix": [scope.partition(":")[0], scope[:-1]],
        "a longer one": [f"{scope}:all"],
        "with a comma": [f"{scope},{others[0]}"],
        "a wildcard": ["*"],
    }
    request = calls.request(method, owner)
    outcomes = {
        kind: reason(await calls.call(method, request, bearing(gateway.token(owner, scopes))))
        for kind, scopes in granted.items()
    }
    assert outcomes == dict.fromkeys(granted, SCOPE_MISSING)


@pytest.mark.parametrize(("name", "method"), PROTECTED)
async def test_another_user_is_rejected_as_declared(
    calls: Calls, owner: str, gateway: Gateway, method: AnyMethod
) -> None:
    rule = rule_of(calls.service, method)
    expected = rule.hidden_as or "NOT_OWNER"
    request = calls.request(method, owner)
    for other in (str(uuid4()), owner.upper(), owner[:-1], f"{owner} ", f"{owner},{owner}"):
        bearer = bearing(gateway.token(other, SCOPES))
        found = await calls.call(method, request, bearer)
        assert reason(found)[1] == expected, other
        key = ((IDEMPOTENCY_KEY, "key-of-the-owner"),)
        await calls.call(method, request, (*bearing(gateway.token(owner, SCOPES)), *key))
        assert await calls.call(method, request, (*bearer, *key)) == found


@pytest.mark.parametrize(("name", "method"), HIDDEN)
async def test_hidden_resource_looks_like_one_that_does_not_exist(
    calls: Calls, owner: str, gateway: Gateway, method: AnyMethod
) -> None:
    stranger = bearing(gateway.token(str(uuid4()), SCOPES))
    existing = {name: str(uuid4()) for name in calls.ids}
    hidden = await calls.call(method, calls.request(method, owner), stranger)
    real, calls.ids = calls.ids, existing
    missing = await calls.call(method, calls.request(method, owner), stranger)
    assert isinstance(hidden, Outcome)
    text, data = str(hidden), dict(hidden.trailers)[STATUS]
    for name, made_up in existing.items():
        text = text.replace(real[name], made_up)
        data = cast("bytes", data).replace(real[name].encode(), made_up.encode())
    assert text == str(missing)
    assert data == dict(missing.trailers)[STATUS]


@pytest.mark.parametrize("name", ["orders"])
async def test_error_about_an_order_of_another_user_looks_like_a_missing_order(
    calls: Calls, gateway: Gateway, migrated: Running
) -> None:
    user, order_id = str(uuid4()), str(uuid4())
    with psycopg.connect(migrated.endpoints.database_url("orders")) as connection:
        connection.execute(
            "INSERT INTO orders VALUES (%s, %s, 1, '', 'FINISHED', '', now(), now())",
            (order_id, user),
        )
    [method] = (method for method in calls.service.methods if method.name == "CancelOrder")

    async def cancel(found: str, caller: str, *metadata: tuple[str, str]) -> Any:
        request = CancelOrderRequest(order_id=found)
        bearer = bearing(gateway.token(caller, SCOPES))
        return await calls.call(method, request, (*bearer, *metadata))

    assert reason(await cancel(order_id, user)) == ORDER_ENDED
    missing, stranger = str(uuid4()), str(uuid4())
    for key in ((), ((IDEMPOTENCY_KEY, "of-the-stranger"),)):
        hidden = await cancel(order_id, stranger, *key)
        assert reason(hidden)[1] == "ORDER_NOT_FOUND"
        alike = str(await cancel(missing, stranger, *key))
        assert str(hidden).replace(order_id, missing) == alike


@pytest.mark.parametrize(("name", "method"), PROTECTED)
async def test_checks_come_in_one_order(
    calls: Calls, owner: str, gateway: Gateway, method: AnyMethod
) -> None:
    async def reason_of(metadata: Metadata) -> str:
        return reason(await calls.call(method, MALFORMED, metadata))[1]

    assert await reason_of(()) == "UNAUTHENTICATED"
    assert await reason_of(bearing(gateway.token(owner, ()))) == "SCOPE_MISSING"
    assert await reason_of(bearing(gateway.token(str(uuid4()), SCOPES))) == "INVALID_REQUEST"
    assert await reason_of(bearing(gateway.token(owner, SCOPES))) == "INVALID_REQUEST"


@pytest.mark.parametrize(("name", "method"), PROTECTED[:1])
async def test_metadata_above_the_bound_of_a_call_never_reaches_the_check(
    calls: Calls, gateway: Gateway, method: AnyMethod
) -> None:
    request = calls.request(method, str(uuid4()))
    found = await calls.call(method, request, bearing("A" * 200_000))
    assert isinstance(found, Outcome)
    assert found.code == grpc.StatusCode.RESOURCE_EXHAUSTED
