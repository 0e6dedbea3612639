"""Lets browsers use the API from pages of other origins (https://fetch.spec.whatwg.org/#http-cors-protocol)."""

from collections.abc import Collection
from functools import partial
from typing import Final

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response

from grpc_gateway_python._responses.request_ids import HEADER, request_id_of
from grpc_gateway_python._responses.security_headers import secured
from rpc_contract import idempotency_key

REQUEST_HEADERS: Final = (
    "Authorization",
    "Baggage",
    "Content-Type",
    "Grpc-Timeout",
    idempotency_key.HEADER,
    "If-None-Match",
    "Last-Event-ID",
    "Traceparent",
    "Tracestate",
    "X-Request-Id",
)
RESPONSE_HEADERS: Final = (
    "ETag",
    idempotency_key.REPLAYED_HEADER,
    "Location",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-Id",
)
PREFLIGHT_SECONDS: Final = 600
"""How long a browser may cache the response to a preflight request."""


class Cors(CORSMiddleware):
    """Responds to preflight requests. It wraps `GatewayMiddleware`, so that browsers can read error responses, too."""

    def preflight_response(self, request_headers: Headers) -> Response:
        """Returns the response to a preflight request, with the security headers and a request id."""
        response = super().preflight_response(request_headers)
        response.raw_headers = secured([*response.raw_headers, (HEADER, request_id_of(None))])
        return response


def cors(origins: Collection[str], methods: Collection[str]) -> "partial[Cors]":
    """Returns the middleware that allows pages of these origins; `*` allows every origin."""
    return partial(
        Cors,
        allow_origins=origins,
        allow_methods=sorted({*methods, "GET", "HEAD"}),
        allow_headers=REQUEST_HEADERS,
        expose_headers=RESPONSE_HEADERS,
        max_age=PREFLIGHT_SECONDS,
    )
