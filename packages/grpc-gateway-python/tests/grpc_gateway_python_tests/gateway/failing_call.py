"""A streaming call that fails before its first message."""

from typing import Self

from asyncio_grpc_http2 import RpcError


class FailingCall:
    """A call that the service ends with an error."""

    initial_metadata = ()
    trailing_metadata = ()

    def __init__(self, error: RpcError) -> None:
        self._error = error

    def time_remaining(self) -> None:
        return None

    def cancel(self) -> None:
        pass

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        raise self._error
