"""The methods of a channel: functions that start calls."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Protocol

from asyncio_grpc_http2._client.calls import Call, CallOwner
from asyncio_grpc_http2._client.request_headers import metadata_block, timeout_block
from asyncio_grpc_http2._client.streaming_call import StreamingCall
from asyncio_grpc_http2._client.unary_call import UnaryCall
from asyncio_grpc_http2._grpc.messages import frame
from asyncio_grpc_http2._grpc.metadata import MetadataValue


class CallStarter(CallOwner, Protocol):
    """A channel."""

    def start(self, call: Call) -> None:
        """Starts a new call."""


class _Method:
    """What all calls of a method have in common: the channel, and the first part of the header block."""

    __slots__ = ("_block", "_channel", "_loop")

    def __init__(self, channel: CallStarter, block: bytes, loop: asyncio.AbstractEventLoop) -> None:
        self._channel = channel
        self._block = block
        self._loop = loop

    def _head(
        self, timeout: float | None, metadata: Iterable[tuple[str, MetadataValue]]
    ) -> tuple[bytes, float | None]:
        """Returns the header block and the deadline of a call."""
        block, deadline = self._block, None
        if timeout is not None:
            block += timeout_block(timeout)
            deadline = self._loop.time() + timeout
        return (block + metadata_block(metadata) if metadata else block), deadline


class UnaryMethod(_Method):
    """A method with one response message."""

    __slots__ = ()

    def __call__(
        self,
        message: bytes,
        *,
        timeout: float | None = None,
        metadata: Iterable[tuple[str, MetadataValue]] = (),
        on_end: Callable[[UnaryCall], None] | None = None,
    ) -> UnaryCall:
        """Starts a call, also when it isn't awaited yet.

        Args:
            message: The serialized request.
            timeout: Seconds until the deadline; None for no deadline.
            metadata: Names in lower case with values; a value is bytes if its name ends with `-bin`.
            on_end: Called with the call, instead of awaiting it, when `message` or `error` is set; not after `cancel`.
                It may be called before this method returns, and must not raise.

        Raises:
            ValueError: A name or a value of the metadata isn't allowed.
        """
        block, deadline = self._head(timeout, metadata)
        call = UnaryCall(self._channel, block, frame(message), deadline, on_end)
        self._channel.start(call)
        return call


class StreamingMethod(_Method):
    """A method with a stream of response messages."""

    __slots__ = ()

    def __call__(
        self,
        message: bytes,
        *,
        timeout: float | None = None,
        metadata: Iterable[tuple[str, MetadataValue]] = (),
    ) -> StreamingCall:
        """Starts a call. Arguments and errors are those of UnaryMethod."""
        block, deadline = self._head(timeout, metadata)
        call = StreamingCall(self._channel, block, frame(message), deadline, self._loop)
        self._channel.start(call)
        return call
