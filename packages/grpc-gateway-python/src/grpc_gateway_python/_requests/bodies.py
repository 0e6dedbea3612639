"""Request bodies, bounded in size and time."""

import asyncio
from collections.abc import Mapping

from starlette.types import Receive

from grpc_gateway_python._responses.errors import CLOSE, ClientGoneError, GatewayError
from grpc_gateway_python.v1.gateway_errors import body_too_large, request_timeout


def has_content(headers: Mapping[bytes, bytes]) -> bool:
    """Tells whether a body follows these headers; its length may still be 0 when it is chunked."""
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
    """Reads a whole body; `seconds_left` is what is left of the `seconds_max` that an error tells.

    Raises:
        GatewayError: it is too large, or comes too slowly.
        ClientGoneError: the client went away.
    """
    announced = headers.get(b"content-length")
    # A number of more digits than the limit's is larger than it; int() of a long one is slow.
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
