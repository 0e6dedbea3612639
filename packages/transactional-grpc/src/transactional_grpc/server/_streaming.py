"""Handles RPCs with a stream of responses: reads the request, and sends what the method yields."""

from contextlib import aclosing
from typing import Any, Generic, TypeVar

import grpc
from google.protobuf.message import Message

from rpc_contract.errors import ServiceError
from transactional_grpc.database import Database
from transactional_grpc.logging import call
from transactional_grpc.server._access import AccessCheck
from transactional_grpc.server._rpc import StreamingMethod
from transactional_grpc.server._status import ErrorStatuses
from transactional_grpc.server._streams import Streams
from transactional_grpc.server._unary import REQUEST_ID_METADATA
from transactional_grpc.validation import RequestReader

D = TypeVar("D")
Context = grpc.aio.ServicerContext[Any, Any]


class StreamingHandler(Generic[D]):
    """The bytes-in, bytes-out handler of one method. gRPC's flow control bounds what waits for a slow client."""

    def __init__(
        self,
        method: StreamingMethod[D],
        database: Database[D],
        statuses: ErrorStatuses,
        access: AccessCheck | None,
        streams: Streams,
    ) -> None:
        self._method = method
        self._database = database
        self._statuses = statuses
        self._access = access
        self._streams = streams
        self._reader: RequestReader[Message] = RequestReader(method.request)

    async def __call__(self, data: bytes, context: Context) -> None:
        """Sends the responses, or aborts the RPC with the error's status."""
        metadata = context.invocation_metadata() or ()
        request_id = str(dict(metadata).get(REQUEST_ID_METADATA, ""))
        token = call.set((self._method.name, request_id))
        status = None
        try:
            async with self._streams.open():
                await self._stream(data, metadata, context)
        except Exception as error:  # noqa: BLE001 - every error becomes a status
            status = self._statuses.status(error)
        finally:
            call.reset(token)
        if status is not None:
            await context.abort_with_status(status)

    async def _stream(self, data: bytes, metadata: Any, context: Context) -> None:
        access, events = self._access, self._method.events
        caller = access.caller(metadata) if access else None
        request = self._reader.read(data)
        if access:
            access.check_request(caller, request)
        last_id = events.last_id(request) if events else ""
        try:
            async with aclosing(self._method.call(self._database, request)) as responses:
                async for response in responses:
                    # The first response is checked even if it isn't sent: otherwise a caller who names a last id
                    # would learn whether the resource of another caller exists.
                    if access:
                        access.check_response(caller, request, response)
                    if not (events and last_id and events.id(response) == last_id):
                        await context.write(response.SerializeToString())
                    last_id = ""
        except ServiceError as error:
            if access:
                access.check_error(caller, request, error)
            raise
