"""Keys of the ASGI scope by which the gateway's modules pass values to each other."""

from typing import Final

REQUEST_ID: Final = "gateway.request_id"
"""The request id, as bytes."""
ADMIT: Final = "gateway.admit"
"""A function that counts the request as in progress. It raises GatewayError when too many requests are."""
CALLER: Final = "gateway.caller"
"""The `Caller` that a token names; absent without access control, None for a public method."""
MATCH: Final = "gateway.match"
"""The `Match` of the request's path."""
