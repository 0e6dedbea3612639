"""A service's process: its server, its relay and its consumer, by role."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from psycopg import AsyncConnection

from transactional_events.inbox import InboxConsumer, Subscription, inbox_purge
from transactional_events.kafka import kafka_settings
from transactional_events.process._requirements import outbox_for, require_tables, schemas_for
from transactional_events.registry import RegistrySettings, SchemaRegistry
from transactional_events.relay import Relay
from transactional_events.streams import Stream
from transactional_events.topics import Acl, service_acls
from transactional_grpc.database import Database, open_pool, purge_forever
from transactional_grpc.process import (
    Background,
    Part,
    ServiceSettings,
    caller_tokens,
    live,
    stop_signal,
    unless,
)
from transactional_grpc.server import IDEMPOTENCY_KEY_PURGE, Server, Service
from transactional_grpc.settings import load

D = TypeVar("D")


class Role(StrEnum):
    """The part of a service's work that a process does; several processes may share one part."""

    ALL = "all"
    SERVE = "serve"
    RELAY = "relay"
    CONSUME = "consume"

    def includes(self, other: "Role") -> bool:
        """Tells whether a process of this role does the work of the other one."""
        return self in {Role.ALL, other}


@dataclass(frozen=True)
class ServiceProcess(Generic[D]):
    """The parts that differ from service to service."""

    name: str
    """Names its settings, its consumer group and its logs."""
    service: Service[D]
    queries: Callable[[AsyncConnection[Any]], D]
    """Returns the service's queries for a connection."""
    publishes: Stream
    consumes: Subscription[D]

    def acls(self) -> list[Acl]:
        """Returns what the process's Kafka user needs."""
        return service_acls(self.name, self.publishes, self.consumes.stream)

    async def run(self, role: Role, *, insecure: bool = False) -> None:
        """Works until SIGTERM or SIGINT, and then drains.

        Args:
            role: The part of the work.
            insecure: Whether it may serve without access control on another address than loopback.

        Raises:
            SettingsError, DatabaseError, RegistryError, NotRegisteredError, TopicError,
            PortInUseError: a dependency or setting is missing or wrong, and a retry would not help.
            StoppedError: it was stopped while it waited for a dependency.
        """
        stop = stop_signal()
        settings = load(ServiceSettings, f"{self.name}_")
        url = settings.database_url.get_secret_value()
        kafka = kafka_settings()
        tokens = None
        if role.includes(Role.SERVE):  # the others serve health checks only
            address_setting = f"{self.name}_grpc_address".upper()
            tokens = caller_tokens(settings, address_setting, insecure=insecure)
        async with AsyncExitStack() as opened:
            registry = await opened.enter_async_context(SchemaRegistry(load(RegistrySettings)))
            async with unless(stop):
                pool = await opened.enter_async_context(open_pool(url, self.name))
                await require_tables(pool)
                outbox = await outbox_for([self.publishes], kafka, registry)
                schemas = await schemas_for([self.consumes.stream], kafka, registry)
            database = Database(pool, self.queries, (outbox,))
            server = Server(
                settings.grpc_address,
                settings.grpc_transport,
                caller_tokens=tokens,
                reflection=settings.has_reflection,
                streams_max=settings.grpc_streams_max,
            )
            parts: list[Part] = []
            background: list[Background] = [outbox.notifier.run(pool)]
            if role.includes(Role.SERVE):
                server.add(self.service, database)
            if role.includes(Role.RELAY):
                partitions = self.publishes.partitions
                parts.append(Relay(url, kafka, partitions, outbox.notifier, self.name).run)
                purges = (IDEMPOTENCY_KEY_PURGE, inbox_purge([self.consumes.stream]))
                background.append(purge_forever(pool, purges))
            if role.includes(Role.CONSUME):
                parts.append(
                    InboxConsumer(kafka, self.name, database, [self.consumes], schemas).run
                )
            await live(server, parts, background, stop)
