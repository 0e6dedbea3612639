"""Partition ownership: each relay owns a near-equal share of the partitions, by advisory locks of one session.

The life cycle of one partition, as one relay sees it:

    not owned ──rebalance: lock acquired──▶ acquired ──low watermark loaded──▶ owned
        ▲                                      │                                │
        └──────────── session over ────────────┴── release, or session over ◀───┘

Invariants:

1. A partition has one owner at a time: the session that holds its advisory lock. PostgreSQL ends a session,
   and frees its locks, after LEASE_SECONDS of silence, whatever the process is doing.
2. Everything that relies on the ownership (reads, deletes, low watermarks) runs in that session, so that it
   can't happen after the session is over.
3. Callers call `release` only when none of the partition's events is in flight and the published ones are deleted.

The SQL calls a partition of the outbox a bucket: bucket n holds the events for partition n of every topic.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager, suppress
from typing import Any, Self

from psycopg import AsyncConnection, Error

from transactional_events.db.buckets import AsyncQuerier
from transactional_grpc.database import conninfo

LEASE_SECONDS = 3.0
"""PostgreSQL ends a session, and frees its partitions, after it has received nothing for this long."""
# One setting for each state of a session: between two queries, in a transaction, while a query runs, and
# while the server sends a response that the client doesn't read.
LEASE = dict.fromkeys(
    (
        "idle_session_timeout",
        "idle_in_transaction_session_timeout",
        "transaction_timeout",
        "tcp_user_timeout",
    ),
    f"{LEASE_SECONDS}s",
)
# PostgreSQL caches plans. A plan made while the outbox was empty would read, or sort, the whole outbox for
# each batch of a backlog.
BY_INDEX = {"enable_seqscan": "off", "enable_bitmapscan": "off"}
# PostgreSQL would plan the read of each batch anew, because that is cheaper by its estimate. Planning takes as long as
# the read of a small batch.
PLANNED_ONCE = {"plan_cache_mode": "force_generic_plan"}
# A partition has one owner at a time, so its session needs no stricter level, at which it could conflict with writers.
ISOLATION = {"default_transaction_isolation": "read committed"}
HEARTBEAT_SECONDS = 0.75


class PartitionOwnership:
    """The partitions that one session owns."""

    def __init__(self, connection: AsyncConnection[Any], partition_count: int) -> None:
        self.lost = asyncio.Event()
        """Set when the session is over."""
        self.owned: frozenset[int] = frozenset()
        self._connection = connection
        self._lock = asyncio.Lock()
        self._partition_count = partition_count
        self._share: frozenset[int] = frozenset()

    @classmethod
    @asynccontextmanager
    async def open(
        cls, database_url: str, partition_count: int, application: str
    ) -> AsyncIterator[Self]:
        """Opens a session that owns nothing and that other relays don't see before `announce`.

        Raises:
            OperationalError: the database can't be reached.
        """
        connection = await AsyncConnection.connect(
            conninfo(
                database_url,
                application,
                "relay",
                # A crash of the server may undo the deletes of the last second; their events are published again.
                defaults={"synchronous_commit": "off"},
                fixed=LEASE | BY_INDEX | PLANNED_ONCE | ISOLATION,
                # A server that can't be reached must count as gone before the lease ends.
                keepalives_idle=1,
                keepalives_interval=1,
                keepalives_count=2,
                tcp_user_timeout=int(LEASE_SECONDS * 1000),
            ),
            autocommit=True,
            prepare_threshold=0,
        )
        async with connection:
            ownership = cls(connection, partition_count)
            heartbeats = asyncio.create_task(ownership._send_heartbeats())
            try:
                yield ownership
            finally:
                heartbeats.cancel()
                with suppress(asyncio.CancelledError):
                    await heartbeats

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncConnection[Any]]:
        """Lends the session to one task at a time."""
        async with self._lock:
            yield self._connection

    async def announce(self) -> None:
        """Makes the other relays leave a share of the partitions to this one."""
        async with self.session() as session:
            await AsyncQuerier(session).announce_relay()
        await self.heartbeat()

    async def heartbeat(self) -> None:
        """Renews the lease, and computes this relay's share from the relays that are announced."""
        async with self.session() as session:
            relays = [relay async for relay in AsyncQuerier(session).list_relays()]
        place = next((place for place, relay in enumerate(relays) if relay.is_me), 0)
        self._share = frozenset(range(place, self._partition_count, max(1, len(relays))))

    @property
    def is_balanced(self) -> bool:
        """Whether this relay owns exactly its share."""
        return self.owned == self._share

    async def rebalance(self, load: Callable[[Collection[int]], Awaitable[None]]) -> None:
        """Releases the partitions outside this relay's share, and acquires the free ones inside it.

        None of this relay's events may be in flight.

        Args:
            load: Loads the low watermarks of partitions whose locks were acquired; the relay owns the
                partitions once it has returned.
        """
        if surplus := self.owned - self._share:
            await self.release(surplus)
        if missing := sorted(self._share - self.owned):
            async with self.session() as session:
                acquired = frozenset(await AsyncQuerier(session).acquire_buckets(buckets=missing))
            if acquired:
                await load(acquired)
            self.owned |= acquired

    async def release(self, partitions: Collection[int]) -> None:
        """Releases partitions, none of whose events may be in flight."""
        self.owned -= frozenset(partitions)
        async with self.session() as session:
            await AsyncQuerier(session).release_buckets(buckets=sorted(partitions))

    async def _send_heartbeats(self) -> None:
        try:
            while True:
                await asyncio.sleep(HEARTBEAT_SECONDS)
                async with asyncio.timeout(LEASE_SECONDS):
                    await self.heartbeat()
        except (Error, TimeoutError):
            self.lost.set()
