"""Who publishes what: each relay owns an equal share of the buckets, through advisory locks."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager, suppress
from typing import Any, Self

from psycopg import AsyncConnection, Error

from transactional_events.db.buckets import AsyncQuerier
from transactional_grpc.database._connections import conninfo

LEASE_SECONDS = 3.0
"""PostgreSQL ends a session, and frees its buckets, when nothing is heard of it for so long."""
# Whether it is between two queries, in a transaction, in the middle of sending a query, or has an answer
# that it does not take.
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
# A bucket has one owner at a time, so its session needs no stricter level, at which it could conflict with writers.
ISOLATION = {"default_transaction_isolation": "read committed"}
HEARTBEAT_SECONDS = 0.75


class Buckets:
    """The buckets that one session owns; everything that depends on the ownership runs in it."""

    def __init__(self, session: AsyncConnection[Any], count: int) -> None:
        self.session = session
        """To be used inside `exclusive` only."""
        self.exclusive = asyncio.Lock()
        self.lost = asyncio.Event()
        """Set when the session is over."""
        self.owned: frozenset[int] = frozenset()
        self._count = count
        self._share: frozenset[int] = frozenset()

    @classmethod
    @asynccontextmanager
    async def open(cls, database_url: str, count: int, application: str) -> AsyncIterator[Self]:
        """Opens a session that owns nothing, and of which other relays don't know.

        Raises:
            OperationalError: the database can't be reached.
        """
        session = await AsyncConnection.connect(
            conninfo(
                database_url,
                application,
                "relay",
                # After a crash that undoes deletes, the next owner finds these events in the topic; `to_disk` bounds how many.
                defaults={"synchronous_commit": "off"},
                fixed=LEASE | BY_INDEX | ISOLATION,
                # A server that can't be reached must count as gone before the lease ends.
                keepalives_idle=1,
                keepalives_interval=1,
                keepalives_count=2,
                tcp_user_timeout=int(LEASE_SECONDS * 1000),
            ),
            autocommit=True,
            prepare_threshold=0,
        )
        async with session:
            buckets = cls(session, count)
            heart = asyncio.create_task(buckets._keep_beating())
            try:
                yield buckets
            finally:
                heart.cancel()
                with suppress(asyncio.CancelledError):
                    await heart

    async def join(self) -> None:
        """Tells the other relays to leave a share to this one."""
        async with self.exclusive:
            await AsyncQuerier(self.session).announce_relay()
        await self.beat()

    @asynccontextmanager
    async def to_disk(self) -> AsyncIterator[None]:
        """Opens a transaction, inside `exclusive`, that a crash of the server can't undo.

        Nor what was committed before it.
        """
        async with self.exclusive, self.session.transaction():
            await AsyncQuerier(self.session).commit_to_disk()
            yield

    async def beat(self) -> None:
        """Tells PostgreSQL that this process is alive, and learns which buckets are its share."""
        async with self.exclusive:
            relays = [each async for each in AsyncQuerier(self.session).list_relays()]
        place = next((place for place, relay in enumerate(relays) if relay.is_me), 0)
        self._share = frozenset(range(place, self._count, max(1, len(relays))))

    async def settle(self, take: Callable[[Collection[int]], Awaitable[None]]) -> None:
        """Gives back what is not this relay's share and takes what is; nothing must be in flight.

        What it takes it owns once `take` has returned.
        """
        if self.owned == self._share:
            return
        if surplus := self.owned - self._share:
            await self.give_back(surplus)
        if missing := sorted(self._share - self.owned):
            async with self.exclusive:
                queries = AsyncQuerier(self.session)
                taken = frozenset(await queries.own_buckets(buckets=missing))
            if taken:
                await take(taken)
            self.owned |= taken

    async def give_back(self, buckets: Collection[int]) -> None:
        """Leaves buckets to others; nothing of them must be in flight."""
        self.owned -= frozenset(buckets)
        async with self.exclusive:
            queries = AsyncQuerier(self.session)
            # First, and committed: the next owner fences whom it finds there.
            await queries.strike_publisher(buckets=sorted(buckets))
            await queries.disown_buckets(buckets=sorted(buckets))

    async def _keep_beating(self) -> None:
        try:
            while True:
                await asyncio.sleep(HEARTBEAT_SECONDS)
                async with asyncio.timeout(LEASE_SECONDS):
                    await self.beat()
        except (Error, TimeoutError):
            self.lost.set()
