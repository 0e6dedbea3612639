"""Keys of the ASGI scope by which the gateway's modules pass values to each other."""

from typing import Final

REQUEST_ID: Final = "gateway.request_id"
"""The request id, as bytes."""
ADMIT: Final = "gateway.admit"
"""A function that counts the request as in progress. It raises GatewayError when too many requests are."""
CALLER: Final = "gateway.caller"
"""The `Caller` that a token names; absent without access control, None for a public method."""
EXPIRES_AT: Final = "gateway.expires_at"
"""When the caller's token expires, in seconds since the epoch; absent without access control, infinity for a public
method."""
MATCH: Final = "gateway.match"
"""The `Match` of the request's path."""
ON_STOP: Final = "gateway.on_stop"
"""A function that ends the response when the server stops; absent if the response ends by itself."""
STOPPING: Final = "gateway.stopping"
"""Present once the server has begun to stop: a stream that has no `ON_STOP` yet must not begin."""
