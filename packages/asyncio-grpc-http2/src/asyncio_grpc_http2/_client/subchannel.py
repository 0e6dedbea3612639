"""The connection to one address, which is made again when it ends."""

import asyncio
from collections.abc import Callable
from enum import Enum, auto

from asyncio_grpc_http2._client.backoff import Backoff
from asyncio_grpc_http2._client.connection import ClientConnection
from asyncio_grpc_http2._client.connector import Connector
from asyncio_grpc_http2._client.health import METHOD, HealthWatch
from asyncio_grpc_http2._client.targets import Address


class State(Enum):
    """Whether calls can be sent."""

    CONNECTING = auto()
    """The first attempt, or the first one after a connection has ended: calls wait for it."""
    READY = auto()
    FAILING = auto()
    """The last attempt failed, or the server reports that it isn't serving: calls don't wait for the next attempt."""


class Subchannel:
    """Connects to one address, watches the server's health, and connects again."""

    def __init__(
        self,
        address: Address,
        connector: Connector,
        changed: Callable[[], None],
        lost: Callable[[], None],
    ) -> None:
        """`changed` is called after each change of state, `lost` when the address can't be reached any more."""
        self._address = address
        self._connector = connector
        self._changed = changed
        self._lost = lost
        self.state = State.CONNECTING
        self.failure = ""
        """Why the state is FAILING."""
        self.connection: ClientConnection | None = None
        """The connection that accepts calls when the state is READY."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    def drain(self) -> None:
        """Ends the subchannel; calls in progress go on."""
        self._task.cancel()
        if self.connection is not None:
            self.connection.drain()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        options = self._connector.options
        backoff = Backoff(options.backoff_seconds_initial, options.backoff_seconds_max)
        while True:
            started, pause = loop.time(), backoff.next()
            try:
                connection = await self._connector.connect(self._address)
            except OSError as error:
                self._change(State.FAILING, f"{self._address}: {error}")
            else:
                await self._use(connection)
                if loop.time() - started >= pause:
                    backoff.reset()
            self._lost()
            # A connection that ended at once counts as a failed attempt, so that no loop spins.
            await asyncio.sleep(started + pause - loop.time())

    async def _use(self, connection: ClientConnection) -> None:
        """Reports the state of a connection until it accepts no new calls."""
        if not connection.available:
            return
        options = self._connector.options
        unavailable = asyncio.Event()
        watch: HealthWatch | None = None

        def became_unavailable() -> None:
            # At this moment, before calls that the server hasn't processed look for another connection.
            self.connection = None
            unavailable.set()
            self._change(State.CONNECTING)
            if watch is not None:
                watch.stop()

        self.connection = connection
        connection.on_unavailable = became_unavailable
        if options.health_service is None:
            self._change(State.READY)
        else:
            watch = HealthWatch(
                connection, options, self._connector.method_block(METHOD), self._reported
            )
            await watch.run()
        await unavailable.wait()

    def _reported(self, failure: str | None) -> None:
        if failure is None:
            self._change(State.READY)
        else:
            self._change(State.FAILING, f"{self._address}: {failure}")

    def _change(self, state: State, failure: str = "") -> None:
        self.state, self.failure = state, failure
        self._changed()
