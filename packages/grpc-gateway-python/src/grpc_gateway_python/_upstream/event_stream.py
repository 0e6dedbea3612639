"""Streams messages as server-sent events."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Final

from asyncio_grpc_http2 import RpcError
from grpc_gateway_python._limits import Limits
from grpc_gateway_python._responses.errors import CLOSE, GatewayError
from grpc_gateway_python._responses.responses import Response, response_content
from grpc_gateway_python._responses.server_sent_events import COMMENT, HEADERS, event, retry
from grpc_gateway_python._upstream.streamed_response import StreamedResponse
from rpc_contract.v1.contract_errors import service_unavailable

ERROR: Final = "error"
"""The type of the event with an error that occurs after the status was sent."""
NO_CONTENT: Final = 204
"""The status that ends the attempts of an EventSource to connect again."""
RETRY_MS: Final = (1_000, 3_000)
"""Clients wait a random time in this range before they connect again, so that they don't come all at once."""
SECONDS_SHARE_MIN: Final = 0.8
"""Streams end after a random share of `stream_seconds_max` for the same reason."""


class EventStream:
    """One stream.

    The next message is awaited by a task, because a time-out around it would cancel the call. It is read after the
    previous one was written, so gRPC's flow control slows the service down to the speed of the client.
    """

    def __init__(self, response: StreamedResponse, limits: Limits) -> None:
        self._response = response
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._stopping = False

    def stop(self) -> None:
        """Ends the stream, because the gateway stops; the client resumes it elsewhere."""
        self._stopping = True
        self._end()

    async def serve(self, *, token_seconds: float, head: bool) -> None:
        """Sends events until the call, the time of the stream or the validity of the client's token ends.

        Args:
            token_seconds: How long the client's token is accepted from now on.
            head: Whether the request is a HEAD.
        """
        seconds = self._limits.stream_seconds_max * random.uniform(SECONDS_SHARE_MIN, 1)  # noqa: S311 - no secret
        timer = self._loop.call_later(min(seconds, token_seconds), self._end)
        reading: asyncio.Task[bytes | None] | None = None
        messages = aiter(self._response.call)
        spoken = self._loop.time()
        try:
            while not (head and self._response.begun):
                if reading is None:
                    reading = self._loop.create_task(_next(messages))
                await self._wait(reading)
                if reading.done():
                    message, reading = reading.result(), None
                    if message is None:
                        break
                    await self._write(message)
                    spoken = self._loop.time()
                    # A service that always has a next message must not keep the stream open.
                    if self._ended.done():
                        break
                elif self._ended.done() or self._is_silent(spoken):
                    break
                else:
                    await self._send(COMMENT)
            await self._finish()
        except (RpcError, GatewayError) as error:
            await self._fail(error)
        finally:
            timer.cancel()
            if reading is not None:
                reading.cancel()

    async def _wait(self, reading: "asyncio.Task[bytes | None]") -> None:
        limits = self._limits
        begun = self._response.begun
        pause = limits.stream_heartbeat_seconds if begun else limits.stream_begin_seconds_max
        await asyncio.wait(
            (reading, self._ended), timeout=pause, return_when=asyncio.FIRST_COMPLETED
        )

    def _is_silent(self, spoken: float) -> bool:
        return self._loop.time() - spoken >= self._limits.stream_silence_seconds_max

    async def _write(self, message: bytes) -> None:
        response, operation = self._response, self._response.operation
        response.check(message)
        _, body = response_content(operation, message)
        event_id = ""
        if operation.event_id is not None:
            event_id = operation.event_id(operation.response.FromString(message))
        await self._send(event(body, event_id=event_id))

    async def _begin(self) -> None:
        await self._response.begin(HEADERS)
        # At once, because a client that has all events so far may get nothing but comments.
        await self._response.write(retry(random.randint(*RETRY_MS)))  # noqa: S311 - no secret

    async def _send(self, chunk: bytes) -> None:
        if not self._response.begun:
            await self._begin()
        await self._response.write(chunk)

    async def _finish(self) -> None:
        if self._response.begun:
            await self._response.end()
        elif self._stopping:
            raise GatewayError(service_unavailable(), CLOSE)
        elif self._ended.done():  # 204 would keep an EventSource from resuming
            await self._begin()
            await self._response.end()
        else:  # nothing more can come
            await self._response.send(Response(NO_CONTENT, [], b""))

    async def _fail(self, error: RpcError | GatewayError) -> None:
        failed = self._response.error(error)
        if not self._response.begun:
            await self._response.send(failed)
            return
        await self._response.write(event(failed.body, name=ERROR))
        await self._response.end()

    def _end(self) -> None:
        if not self._ended.done():
            self._ended.set_result(None)


async def _next(messages: AsyncIterator[bytes]) -> bytes | None:
    return await anext(messages, None)
