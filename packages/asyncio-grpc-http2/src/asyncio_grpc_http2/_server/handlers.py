"""Runs handlers, and turns how they end into a status."""

import asyncio
import logging
from contextlib import aclosing
from typing import Any

from asyncio_grpc_http2._server.call import ENDED, Call
from asyncio_grpc_http2._server.context import AbortError, ServicerContext
from asyncio_grpc_http2._status import StatusCode

log = logging.getLogger("asyncio_grpc_http2")


async def run(context: ServicerContext, running: set[Call], data: bytes) -> None:
    """Runs the handler of a call.

    Args:
        context: The call, which is in `running`.
        running: The calls of the server whose handlers run; the call leaves it here.
        data: The request, unless the client streams.
    """
    context.started = True
    try:
        request = context.requests or _request(context, data)
        if context.ended:
            return
        if context.method.response_streaming:
            await _stream(context, request)
        else:
            response = await context.method.function(request, context)
            context.respond(context.method.serialize(response))
    except AbortError:
        pass
    except asyncio.CancelledError:
        context.end(StatusCode.CANCELLED, "the handler was cancelled")
    except Exception:
        if not context.ended:
            log.exception("the handler of an RPC failed")
            context.end(StatusCode.UNKNOWN, "the handler failed")
    finally:
        running.discard(context)
        # Without this, the call and its stream would be a cycle for the garbage collector.
        context.stream.call, context.task = ENDED, None


def _request(context: ServicerContext, data: bytes) -> Any:
    try:
        return context.method.deserialize(data)
    except Exception as error:  # noqa: BLE001 - deserializers raise what they like
        log.debug("request of an RPC is invalid: %s", error)
        context.end(StatusCode.INTERNAL, "the request can't be read")
        return None


async def _stream(context: ServicerContext, request: Any) -> None:
    responses = context.method.function(request, context)
    if hasattr(responses, "__aiter__"):
        async with aclosing(responses):
            async for response in responses:
                await context.write(response)
    else:
        await responses
    context.finish()
