"""The servers of a target: their addresses as DNS tells them, and the connections to them."""

import asyncio
from collections.abc import Callable, Iterable

from asyncio_grpc_http2._client.backoff import Backoff
from asyncio_grpc_http2._client.connection import ClientConnection
from asyncio_grpc_http2._client.connector import Connector
from asyncio_grpc_http2._client.resolver import resolve
from asyncio_grpc_http2._client.subchannel import State, Subchannel
from asyncio_grpc_http2._client.targets import Address, Target


class Servers:
    """Keeps a connection to each server of a target.

    The name of a target is resolved again when a server can't be reached or has ended its connection, because the
    server may have moved; and after each failed look-up. Addresses that DNS doesn't tell any more get no new calls.
    """

    def __init__(self, target: Target, connector: Connector, changed: Callable[[], None]) -> None:
        """`changed` is called when `ready` or `failure` has changed."""
        self._target = target
        self._connector = connector
        self._changed = changed
        self._subchannels: dict[Address, Subchannel] = {}
        self._resolve_again = asyncio.Event()
        self._resolve_failure: str | None = None
        self.ready: list[ClientConnection] = []
        """The connections that accept calls."""
        self.failure: str | None = None
        """Why calls fail at once; None when calls can be sent or should wait."""
        self._turn = 0
        self._task = asyncio.get_running_loop().create_task(self._run())

    def pick(self) -> ClientConnection | None:
        """Returns the next connection in turn that has room for a call."""
        ready = self.ready
        for _ in ready:
            self._turn = turn = (self._turn + 1) % len(ready)
            connection = ready[turn]
            if len(connection.open_streams) < connection.peer.max_concurrent_streams:
                return connection
        return None

    def drain(self) -> None:
        """Ends the look-ups and the connections; calls in progress go on."""
        self._task.cancel()
        for subchannel in self._subchannels.values():
            subchannel.drain()
        self._subchannels.clear()
        self.ready = []

    async def _run(self) -> None:
        options = self._connector.options
        backoff = Backoff(options.backoff_seconds_initial, options.backoff_seconds_max)
        loop = asyncio.get_running_loop()
        while True:
            self._resolve_again.clear()
            started = loop.time()
            try:
                addresses = await resolve(self._target, options.resolve_seconds_max)
            except OSError as error:
                # Addresses that were found earlier stay: DNS may be down while the servers aren't.
                self._resolve_failure = f"{self._target.authority}: {error}"
                self._refresh()
                pause = backoff.next()
            else:
                backoff.reset()
                pause = options.resolve_interval_seconds
                self._resolve_failure = None
                self._use(addresses)
                await self._resolve_again.wait()
            await asyncio.sleep(started + pause - loop.time())

    def _use(self, addresses: Iterable[Address]) -> None:
        found = set(addresses)
        for address in [known for known in self._subchannels if known not in found]:
            self._subchannels.pop(address).drain()
        for address in addresses:
            if address not in self._subchannels:
                self._subchannels[address] = Subchannel(
                    address, self._connector, self._refresh, self._lost
                )
        self._refresh()

    def _lost(self) -> None:
        if self._target.resolves:
            self._resolve_again.set()

    def _refresh(self) -> None:
        subchannels = self._subchannels.values()
        self.ready = [
            subchannel.connection
            for subchannel in subchannels
            if subchannel.state is State.READY and subchannel.connection is not None
        ]
        self.failure = None
        if not any(subchannel.state is not State.FAILING for subchannel in subchannels):
            failures = [subchannel.failure for subchannel in subchannels]
            self.failure = "; ".join(failures) or self._resolve_failure
        self._changed()
