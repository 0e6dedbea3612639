"""One exchange of raw bytes with an HTTP/1.1 server."""

import http.client
import select
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

CONNECT_SECONDS = 5
RESPONSE_SECONDS = 10
SILENCE_SECONDS = 0.3
"""How long a server may stay silent before it counts as waiting for more bytes."""


@dataclass(frozen=True)
class Response:
    """The server's response; status 0 if it closed the connection without one."""

    status: int
    headers: dict[str, str]
    body: bytes


CLOSED = Response(0, {}, b"")


def exchange(url: str, sent: bytes, *, complete: bool, head: bool = False) -> Response:
    """Sends the bytes and returns the first final response.

    Bytes that are no complete request leave the server waiting; then the sending side is closed.
    """
    where = urlsplit(url)
    with socket.create_connection((where.hostname, where.port), CONNECT_SECONDS) as connection:
        connection.settimeout(RESPONSE_SECONDS)
        try:
            connection.sendall(sent)
            if not complete and not select.select([connection], [], [], SILENCE_SECONDS)[0]:
                connection.shutdown(socket.SHUT_WR)
            return _read(connection, head=head)
        except (ConnectionError, http.client.RemoteDisconnected):
            # A server may reject bytes by closing the connection while they still arrive.
            return CLOSED


def _read(connection: socket.socket, *, head: bool) -> Response:
    response = http.client.HTTPResponse(connection, method="HEAD" if head else "GET")
    try:
        response.begin()  # skips `100 Continue`
        return Response(
            response.status,
            {name.lower(): value for name, value in response.headers.items()},
            response.read(),
        )
    finally:
        response.close()
