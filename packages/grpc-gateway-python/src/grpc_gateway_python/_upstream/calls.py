"""The calls that both transports make."""

from collections.abc import AsyncIterator, Callable, Generator
from typing import Any, Protocol

from asyncio_grpc_http2 import RpcError
from grpc_gateway_python._requests.metadata import Metadata, ReceivedMetadata
from grpc_gateway_python._upstream.targets import Servers


class Call(Protocol):
    """A call in progress or ended. It fails with `asyncio_grpc_http2.RpcError`."""

    @property
    def initial_metadata(self) -> ReceivedMetadata:
        """The metadata before the service's first message; complete once the message has come or the call has ended."""

    @property
    def trailing_metadata(self) -> ReceivedMetadata:
        """The metadata that the service sent at the end of the call."""

    def time_remaining(self) -> float | None:
        """Returns the seconds until the deadline; None for a call without one."""

    def cancel(self) -> object:
        """Ends the call; a task that awaits it gets CancelledError."""


class UnaryCall(Call, Protocol):
    """A call with a single response, which `await` returns."""

    @property
    def message(self) -> bytes | None:
        """The response message; None until the call has succeeded."""

    @property
    def error(self) -> RpcError | None:
        """The error of a call that has failed."""

    def __await__(self) -> Generator[Any, None, bytes]: ...


class StreamingCall(Call, Protocol):
    """A call with streamed responses."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...


class UnaryMethod(Protocol):
    """Calls a method with a single response."""

    def __call__(
        self,
        message: bytes,
        *,
        timeout: float | None,
        metadata: Metadata,
        on_end: Callable[[UnaryCall], None] | None = None,
    ) -> UnaryCall:
        """Starts a call.

        Args:
            message: The serialized request.
            timeout: Seconds until the deadline; None for no deadline.
            metadata: Names and values.
            on_end: Gets the call once it has ended, so that nobody needs to await it; not called after `cancel`. It may
                be called before this method returns, and must not raise.
        """


class StreamingMethod(Protocol):
    """Calls a method with streamed responses."""

    def __call__(
        self, message: bytes, *, timeout: float | None, metadata: Metadata
    ) -> StreamingCall: ...


class Transport(Protocol):
    """The channels to all services."""

    def unary(self, servers: Servers, rpc: str) -> UnaryMethod:
        """Returns the function that calls a unary method."""

    def streaming(self, servers: Servers, rpc: str) -> StreamingMethod:
        """Returns the function that calls a method with streamed responses."""

    async def close(self) -> None:
        """Closes every channel."""
