"""Watches the health of a server (https://github.com/grpc/grpc/blob/master/doc/health-checking.md)."""

import asyncio
from collections.abc import Callable
from typing import Final

from asyncio_grpc_http2._client.backoff import Backoff
from asyncio_grpc_http2._client.calls import Call
from asyncio_grpc_http2._client.connection import ClientConnection
from asyncio_grpc_http2._client.errors import RpcError
from asyncio_grpc_http2._client.options import ChannelOptions
from asyncio_grpc_http2._client.streaming_call import StreamingCall
from asyncio_grpc_http2._grpc.messages import frame
from asyncio_grpc_http2._status import StatusCode

METHOD: Final = "/grpc.health.v1.Health/Watch"
SERVING: Final = b"\x08\x01"
"""A `grpc.health.v1.HealthCheckResponse` with the status SERVING."""
SERVICE_FIELD: Final = b"\x0a"
"""The tag of `service` in `grpc.health.v1.HealthCheckRequest`."""
SERVICE_BYTES_MAX: Final = 127
"""A longer name would need a length of more than one octet."""


def health_request(service: str) -> bytes:
    """Returns a serialized `grpc.health.v1.HealthCheckRequest`.

    Raises:
        ValueError: The name is too long.
    """
    name = service.encode()
    if len(name) > SERVICE_BYTES_MAX:
        raise ValueError(f"the name of a watched service has more than {SERVICE_BYTES_MAX} bytes")
    return SERVICE_FIELD + bytes([len(name)]) + name if name else b""


class HealthWatch:
    """Reports whether the server of one connection serves, until the connection takes no new calls."""

    def __init__(
        self,
        connection: ClientConnection,
        options: ChannelOptions,
        block: bytes,
        report: Callable[[str | None], None],
    ) -> None:
        """`block` is the header block of METHOD. `report` gets None when the server serves, and otherwise the reason why it doesn't."""
        self.options = options
        self.loop = asyncio.get_running_loop()
        self._connection = connection
        self._block = block
        self._request = frame(health_request(options.health_service or ""))
        self._report = report
        self._call: StreamingCall | None = None

    async def run(self) -> None:
        """Watches until `stop` is called, or until the server says that it doesn't implement the protocol."""
        backoff = Backoff(self.options.backoff_seconds_initial, self.options.backoff_seconds_max)
        while self._connection.available:
            self._call = StreamingCall(self, self._block, self._request, None, self.loop)
            self._connection.start_call(self._call)
            try:
                async for message in self._call:
                    backoff.reset()
                    self._report(None if message == SERVING else "server reports NOT_SERVING")
                failure = "server ended the health watch"
            except RpcError as error:
                if error.code is StatusCode.UNIMPLEMENTED:
                    self._report(None)
                    return
                failure = f"health watch failed: {error}"
            if self._connection.available:
                self._report(failure)
                await asyncio.sleep(backoff.next())

    def stop(self) -> None:
        """Ends the watch."""
        if self._call is not None:
            self._call.give_up(RpcError(StatusCode.CANCELLED, "watch was stopped"))

    # --- CallOwner

    def restart_call(self, call: Call) -> None:
        """Leaves it to `run` to watch again."""
        call.fail(RpcError(StatusCode.UNAVAILABLE, "the server rejected the health watch"))

    def stream_ended(self, connection: ClientConnection | None) -> None:
        """Lets a connection that takes no new calls close."""
        if connection is not None:
            connection.stream_ended()
