"""The error of a call."""

from asyncio_grpc_http2._grpc.metadata import Metadata
from asyncio_grpc_http2._status import StatusCode


class RpcError(Exception):
    """A call ended with another status than OK."""

    def __init__(
        self,
        code: StatusCode,
        message: str,
        *,
        from_server: bool = False,
        initial_metadata: Metadata = (),
        trailing_metadata: Metadata = (),
        status_details: bytes | None = None,
    ) -> None:
        super().__init__(f"{code.name}: {message}")
        self.code = code
        self.message = message
        self.from_server = from_server
        """Whether the server sent this status; False when the client made it, of a lost connection for example."""
        self.initial_metadata = initial_metadata
        self.trailing_metadata = trailing_metadata
        self.status_details = status_details
        """A serialized `google.rpc.Status`, if the server sent one."""
