"""What an event costs on its way: the time until a consumer has it, and the broker's CPU.

`./justw bench events` starts PostgreSQL, Kafka and the registry of its own. The peer, in the same run, is a bare
idempotent producer that sends each event at once, read by a bare consumer that commits nothing.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvloop
from pydantic import SecretStr

from bench.event_ways.bare import Bare
from bench.event_ways.measurement import Result, idle_share, measure
from bench.event_ways.ours import Db, Ours
from bench.event_ways.report import report
from bench.event_ways.way import Way
from embedded_stack.servers import SERVERS
from embedded_stack.testing import Running, running
from embedded_stack.topology import load_topology
from shop.orders.events.v1.order_event_kafka import ORDER_EVENTS
from transactional_events.kafka import KafkaSettings
from transactional_events.process import outbox_for, schemas_for
from transactional_events.registry import RegistrySettings, SchemaRegistry, frame
from transactional_events.relay import Relay
from transactional_events.topics import Topics, create_topics, register_schemas
from transactional_grpc.database import Database, open_pool

RATES = (20, 150)
"""Events a second, at random moments."""
ROUNDS = 3


@asynccontextmanager
async def opened(stack: Running) -> AsyncIterator[list[Way]]:
    """Returns the peer and ours."""
    endpoints = stack.endpoints
    kafka = KafkaSettings(bootstrap_servers=endpoints.kafka_bootstrap_servers)
    url = endpoints.database_url("orders")
    async with (
        SchemaRegistry(RegistrySettings(url=SecretStr(endpoints.schema_registry_url))) as registry,
        open_pool(url, "bench") as pool,
    ):
        await register_schemas([ORDER_EVENTS], registry)
        await create_topics([ORDER_EVENTS], Topics(kafka))
        outbox = await outbox_for([ORDER_EVENTS], kafka, registry)
        schemas = await schemas_for([ORDER_EVENTS], kafka, registry)
        database: Database[Db] = Database(pool, lambda connection: connection, (outbox,))
        relay = Relay(url, kafka, ORDER_EVENTS.partitions, outbox.notifier, "bench")

        bare = Bare(kafka, frame(outbox.schema_ids[ORDER_EVENTS.topic]))
        ours = Ours(kafka, database, relay, schemas)
        yield [
            Way("producer, consumer", bare.open),
            Way("relay, consumer", ours.relayed),
            Way("relay, inbox", ours.handled),
        ]


async def run(stack: Running) -> None:
    broker = stack.pid("kafka")
    async with opened(stack) as ways:
        for way in ways:  # the broker compiles its code
            await measure(way, RATES[-1], broker, 0)
        results: dict[tuple[int, str], list[Result]] = {}
        for _ in range(ROUNDS):
            idle = await idle_share(broker)
            for rate in RATES:
                for way in ways:
                    result = await measure(way, rate, broker, idle)
                    results.setdefault((rate, way.name), []).append(result)
    report(results, ways[0].name)


def main() -> None:
    topology = load_topology(Path(__file__).resolve().parents[1] / "topology.toml")
    with running(topology, *SERVERS) as stack:
        stack.migrate()
        uvloop.run(run(stack))


if __name__ == "__main__":
    main()
