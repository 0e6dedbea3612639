"""Serves an operation with streamed responses, in the format that the client accepts."""

import asyncio
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from starlette.types import Receive, Scope, Send

from grpc_gateway_python._limits import Limits
from grpc_gateway_python._requests.headers import NDJSON_TYPE, accepted_type
from grpc_gateway_python._requests.reader import HEAD, OperationRequestReader, RpcRequest
from grpc_gateway_python._responses.errors import CLOSE, ClientGoneError, GatewayError
from grpc_gateway_python._responses.scope import EXPIRES_AT, ON_STOP, STOPPING
from grpc_gateway_python._responses.server_sent_events import EVENTS_TYPE
from grpc_gateway_python._upstream.calls import StreamingMethod
from grpc_gateway_python._upstream.disconnects import DisconnectWatch
from grpc_gateway_python._upstream.event_stream import EventStream
from grpc_gateway_python._upstream.json_lines import stream_lines
from grpc_gateway_python._upstream.streamed_response import StreamedResponse, StreamRules
from grpc_gateway_python.v1.gateway_errors import too_many_streams
from rpc_contract.v1.contract_errors import service_unavailable

OFFERED: Final = (NDJSON_TYPE, EVENTS_TYPE)
OFFERED_WITH_IDS: Final = (EVENTS_TYPE, NDJSON_TYPE)
"""The formats of messages, the preferred one first: those that have ids are made for clients that resume."""


class OpenStreams:
    """Bounds the streams of all operations. They don't count as requests in progress, because most of them wait."""

    def __init__(self, streams_max: int) -> None:
        self.left = streams_max

    @contextmanager
    def open(self) -> Iterator[None]:
        """Counts a stream as long as the block lasts.

        Raises:
            GatewayError: There are too many streams.
        """
        if self.left <= 0:
            raise GatewayError(too_many_streams())
        self.left -= 1
        try:
            yield
        finally:
            self.left += 1


class StreamingEndpoint:
    """The endpoint of one operation.

    It reads the next message from the service after it has written the previous one to the client, so
    gRPC's flow control slows the service down to the speed of the client.
    """

    def __init__(
        self,
        rules: StreamRules,
        reader: OperationRequestReader,
        call: StreamingMethod,
        streams: OpenStreams,
        limits: Limits,
    ) -> None:
        self._rules = rules
        self._reader = reader
        self._call = call
        self._streams = streams
        self._limits = limits
        self._offered = OFFERED if rules.operation.event_id is None else OFFERED_WITH_IDS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request.

        Raises:
            GatewayError: The request is rejected.
            ClientGoneError: The client closed its connection.
        """
        raw = self._rules.operation.raw_response
        content_type = b"" if raw else accepted_type(scope["headers"], self._offered)
        rpc = await self._reader.read(scope, receive)
        head = scope["method"] == HEAD
        # The server may have begun to stop while the token was verified or the body was read.
        if content_type == EVENTS_TYPE and STOPPING in scope:
            raise GatewayError(service_unavailable(), CLOSE)
        with self._streams.open():
            call = self._call(rpc.message, metadata=rpc.metadata, timeout=rpc.timeout_seconds)
            response = StreamedResponse(self._rules, call, rpc, send)
            with DisconnectWatch(call, receive) as watch:
                try:
                    if content_type == EVENTS_TYPE:
                        stream = EventStream(response, self._limits)
                        scope[ON_STOP] = stream.stop
                        await stream.serve(token_seconds=_token_seconds(scope), head=head)
                    else:
                        silence = self._limits.stream_silence_seconds_max
                        await stream_lines(
                            response,
                            seconds_max=math.inf if raw else self._lines_seconds(scope, rpc),
                            silence_seconds_max=silence,
                            head=head,
                        )
                except asyncio.CancelledError:
                    if watch.gone:
                        raise ClientGoneError from None
                    raise
                finally:
                    call.cancel()

    def _lines_seconds(self, scope: Scope, rpc: RpcRequest) -> float:
        """Returns how long newline-delimited JSON may last; a deadline of the client takes the place of the bound."""
        bound = self._limits.stream_seconds_max if rpc.timeout_seconds is None else math.inf
        return min(bound, _token_seconds(scope))


def _token_seconds(scope: Scope) -> float:
    """Returns how long the caller's token is accepted from now on; infinity for a request that needs no token."""
    expires_at: float = scope.get(EXPIRES_AT, math.inf)
    return expires_at - time.time()
