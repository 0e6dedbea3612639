"""Transactions that fail because of concurrent ones are retried: clients and events see no error."""

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import grpc
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from embedded_stack.testing import free_ports
from payments.service import Payments
from shop.payments.db.querier import AsyncQuerier
from shop.payments.v1.payment_service_pb2 import CreateAccountRequest, TopUpAccountRequest
from shop.payments.v1.payment_service_pb2_grpc import PaymentsServiceStub
from shop.payments.v1.payment_service_rpc import payments_service
from transactional_events.outbox import Outbox
from transactional_grpc.database import Database, open_pool
from transactional_grpc.server import GrpcTransport, Server

if TYPE_CHECKING:
    from shop.payments.v1.payment_service_pb2_grpc import PaymentsServiceAsyncStub

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("late_events_of_grpcio_are_dropped"),
]
CLIENTS = 8
TOP_UPS = 5


@pytest.fixture(
    params=[
        ("serializable", GrpcTransport.GRPCIO),
        ("repeatable read", GrpcTransport.GRPCIO),
        ("serializable", GrpcTransport.ASYNCIO),
    ],
    ids=str,
)
async def payments(
    payments_url: str, request: pytest.FixtureRequest
) -> AsyncIterator["PaymentsServiceAsyncStub"]:
    """The service on a database whose default isolation level is stricter than PostgreSQL's own."""
    isolation, transport = request.param
    name = str(conninfo_to_dict(payments_url)["dbname"])
    with psycopg.connect(payments_url, autocommit=True) as connection:
        setting = sql.SQL("ALTER DATABASE {} SET default_transaction_isolation = {}")
        connection.execute(setting.format(sql.Identifier(name), isolation))
    [port] = free_ports(1)
    async with open_pool(payments_url, "payments") as pool:
        server = Server(f"127.0.0.1:{port}", transport)
        server.add(payments_service(Payments()), Database(pool, AsyncQuerier, (Outbox({}),)))
        await server.start()
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield PaymentsServiceStub(channel)
        await server.stop()


async def test_concurrent_top_ups_of_one_account_all_succeed(
    payments: "PaymentsServiceAsyncStub", payments_url: str
) -> None:
    user = str(uuid4())
    await payments.CreateAccount(CreateAccountRequest(user_id=user))

    async def top_up(client: int) -> None:
        for number in range(TOP_UPS):
            key = (("idempotency-key", f"{client}-{number}"),)
            request = TopUpAccountRequest(user_id=user, amount=1)
            # Two concurrent calls, as of a client that lost the first response.
            calls = [payments.TopUpAccount(request, metadata=key) for _ in range(2)]
            first, again = [await call for call in calls]
            assert first == again

    await asyncio.gather(*map(top_up, range(CLIENTS)))
    with psycopg.connect(payments_url) as connection:
        query = (
            "SELECT balance, (SELECT count(*) FROM transactions) FROM accounts WHERE user_id = %s"
        )
        rows = connection.execute(query, (UUID(user),)).fetchall()
    assert rows == [(CLIENTS * TOP_UPS, CLIENTS * TOP_UPS)]
