"""Rejects requests with side effects that a website of another origin has its visitor's browser send.

Such a page can't read the response, but the request would have its effect: a browser sends simple requests without a
preflight request (CORS). Clients other than browsers send neither `Sec-Fetch-Site` nor `Origin`.
Sources: Go's `net/http.CrossOriginProtection`; https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header.
"""

from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from starlette.types import Scope

from grpc_gateway_python._requests.headers import first_values
from grpc_gateway_python._responses.errors import GatewayError
from grpc_gateway_python.v1.gateway_errors import cross_origin_request

SITE: Final = b"sec-fetch-site"
OWN_SITES: Final = frozenset({b"same-origin", b"none"})
"""Values of the header in requests of the gateway's own pages, and in those that the user began."""
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
ANY: Final = "*"


class CrossOriginCheck:
    """Knows which origins may send requests with side effects.

    Args:
        allowed: The origins whose pages may use the API; `*` stands for all.
        public_url: The URL at which clients reach the API; empty if it is that of the request's Host.
    """

    def __init__(self, allowed: Collection[str], public_url: str) -> None:
        self._allowed = frozenset(allowed)
        self._public_host = urlsplit(public_url).netloc.lower()

    def require_allowed(self, scope: Scope) -> None:
        """Checks a request.

        Raises:
            GatewayError: A page of another origin sends it, and it may have side effects.
        """
        if scope["method"] in SAFE_METHODS or ANY in self._allowed:
            return
        headers = first_values(scope["headers"])
        site, origin = headers.get(SITE), headers.get(b"origin", b"").decode("latin-1")
        if site in OWN_SITES or origin in self._allowed:
            return
        host = headers.get(b"host", b"").decode("latin-1")
        if site is not None or (origin and not self._is_own(origin, host)):
            raise GatewayError(cross_origin_request())

    def _is_own(self, origin: str, host: str) -> bool:
        """Tells whether an origin is the gateway's. Over plain HTTP, browsers send Sec-Fetch-Site to loopback only."""
        try:
            sender = urlsplit(origin).netloc.lower()
        except ValueError:
            return False
        return bool(sender) and sender in {host.lower(), self._public_host}
