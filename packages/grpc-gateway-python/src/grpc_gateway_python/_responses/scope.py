"""Keys of the ASGI scope by which the gateway's modules pass values to each other."""

from typing import Final

REQUEST_ID: Final = "gateway.request_id"
"""The request id, as bytes."""
ADMIT: Final = "gateway.admit"
"""A function that counts the request as in progress. It raises GatewayError when too many requests are."""
MATCH: Final = "gateway.match"
"""The `Match` of the request's path."""
