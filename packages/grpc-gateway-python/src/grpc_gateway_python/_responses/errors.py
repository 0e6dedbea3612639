"""Errors that the gateway itself returns instead of a service's response."""

from typing import Final

from rpc_contract.errors import ServiceError

Header = tuple[bytes, bytes]
Headers = list[Header]

CLOSE: Final = (b"connection", b"close")
"""Closes the connection: the gateway doesn't read the rest of this request, so no other request can follow."""


class GatewayError(Exception):
    """An error that the gateway returns as a google.rpc.Status.

    Args:
        error: The error with its reason.
        headers: Headers that the response has besides its Content-Type.
        domain: The `domain` of the google.rpc.ErrorInfo; None for the gateway's own.
    """

    def __init__(self, error: ServiceError, *headers: Header, domain: str | None = None) -> None:
        super().__init__(error.message)
        self.error = error
        self.headers = headers
        self.domain = domain


class ClientGoneError(Exception):
    """The client closed its connection, so no client reads a response."""
