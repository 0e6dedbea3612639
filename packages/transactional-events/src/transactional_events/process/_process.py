"""A service's process: what it consists of."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from psycopg import AsyncConnection

from transactional_events.inbox import _inbox as inbox
from transactional_events.inbox._inbox_consumer import InboxConsumer
from transactional_events.inbox._subscription import Subscription
from transactional_events.kafka._settings import kafka_settings
from transactional_events.process._requirements import outbox_for, require_tables, schemas_for
from transactional_events.registry._client import SchemaRegistry
from transactional_events.registry._settings import RegistrySettings
from transactional_events.relay._relay import Relay
from transactional_events.streams._stream import Stream
from transactional_grpc.database._database import Database
from transactional_grpc.database._pool import open_pool
from transactional_grpc.database._purge import purge_forever
from transactional_grpc.process._lifetime import Background, Part, live, stop_signal, unless
from transactional_grpc.process._settings import ServiceSettings
from transactional_grpc.server import _idempotency as idempotency
from transactional_grpc.server._rpc import Service
from transactional_grpc.server._server import Server
from transactional_grpc.settings import load

D = TypeVar("D")


class Role(StrEnum):
    """What a process does of its service's work; several processes may share it."""

    ALL = "all"
    SERVE = "serve"
    RELAY = "relay"
    CONSUME = "consume"

    def includes(self, other: "Role") -> bool:
        """Tells whether a process of this role does that work."""
        return self in {Role.ALL, other}


@dataclass(frozen=True)
class ServiceProcess(Generic[D]):
    """All that is special about one service."""

    name: str
    """Names its settings, its consumer group and its logs."""
    service: Service[D]
    queries: Callable[[AsyncConnection[Any]], D]
    """Makes its queries over a connection."""
    publishes: Stream
    consumes: Subscription[D]

    async def run(self, role: Role) -> None:
        """Works until SIGTERM or SIGINT, then lets what is under way end.

        Raises:
            SettingsError, DatabaseError, RegistryError, NotRegisteredError, TopicError,
            PortInUseError: what it needs isn't there, and waiting doesn't help.
            StoppedError: it was told to stop while it waited for what it needs.
        """
        stop = stop_signal()
        settings = load(ServiceSettings, f"{self.name}_")
        url = settings.database_url.get_secret_value()
        kafka = kafka_settings()
        async with AsyncExitStack() as opened:
            registry = await opened.enter_async_context(SchemaRegistry(load(RegistrySettings)))
            async with unless(stop):
                pool = await opened.enter_async_context(open_pool(url, self.name))
                await require_tables(pool)
                outbox = await outbox_for([self.publishes], kafka, registry)
                schemas = await schemas_for([self.consumes.stream], kafka, registry)
            database = Database(pool, self.queries, (outbox,))
            server = Server(settings.grpc_address)
            parts: list[Part] = []
            background: list[Background] = [outbox.notifier.run(pool)]
            if role.includes(Role.SERVE):
                server.add(self.service, database)
            if role.includes(Role.RELAY):
                partitions = self.publishes.partitions
                parts.append(Relay(url, kafka, partitions, outbox.notifier, self.name).run)
                purges = (idempotency.PURGE, inbox.purge([self.consumes.stream]))
                background.append(purge_forever(pool, purges))
            if role.includes(Role.CONSUME):
                parts.append(
                    InboxConsumer(kafka, self.name, database, [self.consumes], schemas).run
                )
            await live(server, parts, background, stop)
