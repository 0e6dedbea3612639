"""A response that belongs to another caller rolls back what its transaction wrote, on PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import grpc
import pytest

from orders.service import Orders
from orders.watch import order_watch
from rpc_access import CALLER_TOKEN, Access, CallerTokenVerifier
from rpc_contract.errors import ServiceError
from rpc_contract.idempotency_key import METADATA as IDEMPOTENCY_KEY
from rpc_contract.idempotency_key import REPLAYED_METADATA
from shop.orders.db.querier import AsyncQuerier
from shop.orders.v1.order_service_pb2 import CreateOrderRequest, CreateOrderResponse
from shop.orders.v1.order_service_rpc import orders_service
from tests.integration.access.caller_tokens import Gateway
from transactional_grpc.database import Database, Pool, open_pool
from transactional_grpc.server import GrpcTransport, Server, Service

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("late_events_of_grpcio_are_dropped"),
]
ALICE = "11111111-1111-4111-8111-111111111111"
BOB = "22222222-2222-4222-8222-222222222222"
SCOPES = ("orders:write",)
RULE = Access(
    scope="orders:write",
    response_owner=lambda response: response.order.user_id,
    hidden_as=lambda _: ServiceError(grpc.StatusCode.NOT_FOUND, "ORDER_NOT_FOUND", "No order."),
)


@pytest.fixture(params=list(GrpcTransport), ids=lambda transport: transport.value)
def transport(request: pytest.FixtureRequest) -> GrpcTransport:
    return cast("GrpcTransport", request.param)


@pytest.fixture
async def pool(orders_url: str) -> AsyncIterator[Pool]:
    async with open_pool(orders_url, "test") as opened:
        yield opened


@pytest.fixture
def gateway(tmp_path: Path) -> Gateway:
    return Gateway(tmp_path)


def service() -> Service[AsyncQuerier]:
    """Returns orders, in which only the response of CreateOrder says who owns it."""
    declared = orders_service(Orders(order_watch()))
    methods = (replace(method, access=RULE) for method in declared.methods)
    return replace(declared, methods=tuple(methods))


@asynccontextmanager
async def create_order(
    folder: Path, pool: Pool, transport: GrpcTransport, gateway: Gateway
) -> AsyncIterator[Any]:
    """Serves orders, and yields CreateOrder."""
    address = f"unix:{folder}/grpc.sock"
    tokens = CallerTokenVerifier(gateway.jwks_file)
    server = Server(address, transport, caller_tokens=tokens)
    server.add(service(), Database(pool, AsyncQuerier))
    await server.start()
    async with grpc.aio.insecure_channel(address) as channel:
        yield channel.unary_unary(
            "/shop.orders.v1.OrdersService/CreateOrder",
            CreateOrderRequest.SerializeToString,
            CreateOrderResponse.FromString,
        )
    await server.stop()


async def count(pool: Pool, table: str) -> int:
    async with pool.connection() as connection:
        cursor = await connection.execute(f"SELECT count(*) FROM {table}".encode())
        row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize(
    "key", [(), ((IDEMPOTENCY_KEY, "first"),)], ids=["without key", "with key"]
)
async def test_write_whose_response_belongs_to_another_is_not_committed(
    tmp_path: Path,
    pool: Pool,
    transport: GrpcTransport,
    gateway: Gateway,
    key: tuple[tuple[str, str], ...],
) -> None:
    request = CreateOrderRequest(user_id=ALICE, amount=1)
    async with create_order(tmp_path, pool, transport, gateway) as create:
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await create(request, metadata=((CALLER_TOKEN, gateway.token(BOB, SCOPES)), *key))
    assert raised.value.code() == grpc.StatusCode.NOT_FOUND
    assert (await count(pool, "orders"), await count(pool, "idempotency_keys")) == (0, 0)


async def test_stored_response_is_replayed_to_its_owner_only(
    tmp_path: Path,
    pool: Pool,
    transport: GrpcTransport,
    gateway: Gateway,
) -> None:
    request = CreateOrderRequest(user_id=ALICE, amount=1)
    alice = ((CALLER_TOKEN, gateway.token(ALICE, SCOPES)), (IDEMPOTENCY_KEY, "first"))
    bob = ((CALLER_TOKEN, gateway.token(BOB, SCOPES)), (IDEMPOTENCY_KEY, "first"))
    async with create_order(tmp_path, pool, transport, gateway) as create:
        created = await create(request, metadata=alice)
        call = create(request, metadata=alice)
        assert await call == created
        assert REPLAYED_METADATA in dict(await call.initial_metadata())
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await create(request, metadata=bob)
    assert raised.value.code() == grpc.StatusCode.NOT_FOUND
    assert await count(pool, "orders") == 1
