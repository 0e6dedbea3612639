"""CPU time of CreateOrder and GetOrder, whose transactions share commits and queries, against hand-written psycopg.

Run it by `./justw bench batches [SECONDS]`; it starts a PostgreSQL of its own.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

from psycopg import AsyncRawCursor, AsyncTransaction
from psycopg.rows import args_row

from bench.measuring.cpu import cpu_seconds
from embedded_stack.servers import POSTGRES
from embedded_stack.testing import running
from embedded_stack.topology import load_topology
from shop.orders.db.models import Order
from shop.orders.db.orders import CREATE_ORDER, GET_ORDER, CreateOrderParams
from shop.orders.db.querier import AsyncQuerier
from transactional_events.db.outbox import ADD_TO_OUTBOX
from transactional_events.outbox import Outbox
from transactional_events.streams import OutgoingEvent, OutgoingEvents
from transactional_grpc.database import Database, Pool, Transaction, open_pool

TOPIC = "shop.orders.events.v1"
IN_FLIGHT = (1, 8, 32)
ROUNDS = 5
SECONDS = 1.0
STORED = 2000
"""Orders that GetOrder reads."""
PAYLOAD = bytes(180)
OURS, ALONE, BY_HAND = "shared", "alone", "by hand"

Tx = Transaction[AsyncQuerier]
Call = Callable[[], Awaitable[object]]


def new_order() -> CreateOrderParams:
    return CreateOrderParams(uuid4(), uuid4(), 100, "Order: a small thing", datetime.now(UTC))


def event_of(order: CreateOrderParams) -> OutgoingEvent:
    return OutgoingEvent(
        TOPIC, 3, str(order.id), uuid4(), f"{TOPIC}.OrderCreated", order.created_at, PAYLOAD, "id"
    )


async def create(tx: Tx) -> None:
    order = new_order()
    await tx.db.create_order(order)
    tx.extension(OutgoingEvents).events.append(event_of(order))


def creating(pool: Pool, database: Database[AsyncQuerier]) -> Mapping[str, Call]:
    """Returns the contenders, each of which stores an order and its event in one transaction."""

    async def by_hand() -> None:
        order = new_order()
        event = event_of(order)
        async with (
            pool.connection() as connection,
            connection.pipeline(),
            AsyncTransaction(connection),
        ):
            values = order.id, order.user_id, order.amount, order.description, order.created_at
            await AsyncRawCursor(connection).execute(CREATE_ORDER, values, prepare=True)
            row = (
                event.bucket,
                event.topic,
                event.key,
                b"\0" * 5 + event.payload,
                event.event_id,
                event.event_type,
                event.occurred_at,
                event.request_id,
            )
            await AsyncRawCursor(connection).execute(ADD_TO_OUTBOX, row, prepare=True)

    return {
        OURS: lambda: database.run(create, shared=True),
        ALONE: lambda: database.run(create),
        BY_HAND: by_hand,
    }


def reading(pool: Pool, database: Database[AsyncQuerier], ids: list[UUID]) -> Mapping[str, Call]:
    """Returns the contenders, each of which reads an order."""
    turn = iter(range(sys.maxsize))

    def next_id() -> UUID:
        return ids[next(turn) * 7 % len(ids)]

    async def read(tx: Tx) -> Order | None:
        return await tx.db.get_order(id=next_id())

    async def by_hand() -> Order | None:
        async with pool.connection() as connection:
            cursor = AsyncRawCursor(connection, row_factory=args_row(Order))
            await cursor.execute(GET_ORDER, (next_id(),), prepare=True, binary=True)
            return await cursor.fetchone()

    return {
        OURS: lambda: database.run(read, writes=False, shared=True),
        ALONE: lambda: database.run(read, writes=False),
        BY_HAND: by_hand,
    }


async def measure(call: Call, in_flight: int, seconds: float, server: int) -> tuple[float, float]:
    """Returns the CPU microseconds per call of this process and of PostgreSQL."""
    calls = 0
    end = time.perf_counter() + seconds

    async def client() -> None:
        nonlocal calls
        while time.perf_counter() < end:
            await call()
            calls += 1

    ours, theirs = time.process_time(), cpu_seconds({POSTGRES: [server]})[POSTGRES]
    await asyncio.gather(*(client() for _ in range(in_flight)))
    ours = time.process_time() - ours
    theirs = cpu_seconds({POSTGRES: [server]})[POSTGRES] - theirs
    return ours / calls * 1e6, theirs / calls * 1e6


async def compare(url: str, server: int, seconds: float) -> None:
    async with open_pool(url, "bench") as pool:
        database = Database(pool, AsyncQuerier, (Outbox({TOPIC: 1}),))
        orders = [new_order() for _ in range(STORED)]
        async with pool.connection() as connection:
            await AsyncQuerier(connection).create_order_batch(orders)
        operations = {
            "CreateOrder": creating(pool, database),
            "GetOrder": reading(pool, database, [order.id for order in orders]),
        }
        print("python + PostgreSQL µs per call, and the sum relative to hand-written psycopg")
        for operation, contenders in operations.items():
            for in_flight in IN_FLIGHT:
                await _report(operation, contenders, in_flight, seconds, server)


async def _report(
    operation: str, contenders: Mapping[str, Call], in_flight: int, seconds: float, server: int
) -> None:
    rounds: dict[str, list[tuple[float, float]]] = {name: [] for name in contenders}
    for number in range(ROUNDS + 1):
        for name, call in contenders.items():
            result = await measure(call, in_flight, seconds, server)
            if number:  # the first round warms up
                rounds[name].append(result)
    for name, results in rounds.items():
        pairs = zip(results, rounds[BY_HAND], strict=True)
        ratio = statistics.median(sum(result) / sum(by_hand) for result, by_hand in pairs)
        ours, theirs = (statistics.median(column) for column in zip(*results, strict=True))
        print(
            f"{operation:12} {in_flight:3} in flight  {name:8} {ours:6.0f} + {theirs:4.0f}  {ratio:5.2f}",
            flush=True,
        )


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    topology = load_topology(Path(__file__).resolve().parents[1] / "topology.toml")
    with running(topology, POSTGRES) as stack:
        stack.migrate()
        asyncio.run(compare(stack.endpoints.database_url("orders"), stack.pid(POSTGRES), seconds))


if __name__ == "__main__":
    main()
