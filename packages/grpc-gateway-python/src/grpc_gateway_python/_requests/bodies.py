"""Reads request bodies, with bounds on size and time."""

import asyncio
from collections.abc import Mapping

from starlette.types import Receive

from grpc_gateway_python._responses.errors import CLOSE, ClientGoneError, GatewayError
from grpc_gateway_python.v1.gateway_errors import body_too_large, request_timeout


def has_content(headers: Mapping[bytes, bytes]) -> bool:
    """Tells whether a body follows these headers. A chunked body may still be empty."""
    length = headers.get(b"content-length")
    return b"transfer-encoding" in headers if length is None else bool(length.strip(b"0"))


async def read_body(
    receive: Receive,
    headers: Mapping[bytes, bytes],
    *,
    bytes_max: int,
    seconds_max: float,
    seconds_left: float,
) -> bytes:
    """Reads a whole body.

    Args:
        receive: The ASGI function of the request.
        headers: The first value of each header.
        bytes_max: The largest size of the body.
        seconds_max: The time-out that the error names.
        seconds_left: The part of the time-out that is left.

    Raises:
        GatewayError: The body is too large, or arrives too slowly.
        ClientGoneError: The client closed its connection.
    """
    announced = headers.get(b"content-length")
    # Count the digits first: int() is slow for a long text.
    if announced is not None and (
        len(announced.lstrip(b"0")) > len(str(bytes_max)) or int(announced) > bytes_max
    ):
        raise GatewayError(body_too_large(bytes_max=bytes_max), CLOSE)
    try:
        async with asyncio.timeout(seconds_left):
            return await _read(receive, bytes_max)
    except TimeoutError:
        raise GatewayError(request_timeout(seconds_max=f"{seconds_max:.9g}"), CLOSE) from None


async def _read(receive: Receive, bytes_max: int) -> bytes:
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        chunk: bytes = message.get("body", b"")
        body = body + chunk if body else chunk
        if len(body) > bytes_max:
            raise GatewayError(body_too_large(bytes_max=bytes_max), CLOSE)
        if not message.get("more_body"):
            return body
