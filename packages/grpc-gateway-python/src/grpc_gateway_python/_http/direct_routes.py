"""Decides which requests are served directly, without Connexion and ASGI.

These are complete requests for unary methods whose head and body are ordinary. All other requests, and those that turn
out to be invalid, go through the app, which responds to them alike.
"""

from dataclasses import dataclass
from typing import Final

from starlette.types import ASGIApp

from grpc_gateway_python._access.credentials import HEADER as AUTHORIZATION
from grpc_gateway_python._access.guard import Admission, GuardedEndpoint
from grpc_gateway_python._http.cross_origin import OWN_SITES, SITE
from grpc_gateway_python._http.known_heads import KnownHeads
from grpc_gateway_python._http.request_limit import RequestLimit
from grpc_gateway_python._requests.reader import ReceivedRequest
from grpc_gateway_python._requests.request_head import RequestHead
from grpc_gateway_python._requests.router import NoRouteError, Router
from grpc_gateway_python._responses.errors import Headers
from grpc_gateway_python._responses.request_ids import HEADER, request_id_of
from grpc_gateway_python._upstream.unary import UnaryEndpoint
from grpc_gateway_python.transcoding import is_percent_encoded

BODY_BYTES_MAX: Final = 16 * 1024
"""Requests with larger bodies go through the app, which parses them on a thread."""
BODY_DIGITS_MAX: Final = len(str(BODY_BYTES_MAX))
HEAD: Final = b"HEAD"
"""Requests with this method go through the app, because a response to HEAD has no body (RFC 9110, section 9.3.2)."""
UNUSUAL: Final = frozenset({b"origin", b"transfer-encoding"})
"""Headers of requests that go through the app: CORS, and bodies of unknown length. A request whose Sec-Fetch-Site names
another origin goes through it, too."""


@dataclass(slots=True)
class DirectRequest(ReceivedRequest):
    """A request whose head is ordinary, with the part of its body that has arrived."""

    endpoint: UnaryEndpoint
    admission: Admission | None
    """None without access control."""


class DirectRoutes:
    """The routes of the app whose requests can be served directly.

    Args:
        router: The app's routes; it is empty until the app has started.
        request_limit: The app's bound on requests in progress.
        head_bytes_max: The size of the largest head.
    """

    def __init__(
        self, router: Router[ASGIApp], request_limit: RequestLimit, head_bytes_max: int
    ) -> None:
        self.request_limit = request_limit
        self.known_heads = KnownHeads()
        self._router = router
        self._head_bytes_max = head_bytes_max

    def head_of(self, raw_headers: Headers) -> RequestHead | None:
        """Returns the head with these headers; None when its request has to go through the app."""
        headers: dict[bytes, bytes] = {}
        size = 0
        for name, value in raw_headers:
            size += len(name) + len(value)
            if name not in headers:
                headers[name] = value
        length = headers.get(b"content-length", b"0")
        if (
            not UNUSUAL.isdisjoint(headers)
            or headers.get(SITE, b"none") not in OWN_SITES
            or len(length) > BODY_DIGITS_MAX
            or int(length) > BODY_BYTES_MAX
            or size > self._head_bytes_max
        ):
            return None
        return RequestHead(raw_headers, headers, int(length), size)

    def request_of(
        self, method: bytes, path: bytes, query_string: bytes, head: RequestHead, host: str
    ) -> DirectRequest | None:
        """Returns the request with this request line and head; None when it has to go through the app."""
        if (
            method == HEAD
            or (b"%" in path and not is_percent_encoded(path))
            or head.size + len(path) + len(query_string) >= self._head_bytes_max
        ):
            return None
        try:
            match = self._router.match(method.decode("ascii"), path)
        except NoRouteError:
            return None
        endpoint = match.target.endpoint
        admission = caller = None
        if isinstance(endpoint, GuardedEndpoint):
            # `first` has fewer headers than `raw` if any is sent twice; the app then decides whether it is Authorization.
            is_unambiguous = len(head.first) == len(head.raw)
            authorization = head.first.get(AUTHORIZATION) if is_unambiguous else None
            admission = endpoint.guard.known(authorization, host)
            if admission is None:
                return None
            caller = admission.caller
            endpoint = endpoint.endpoint
        if not isinstance(endpoint, UnaryEndpoint):
            return None
        request_id = request_id_of(head.first.get(HEADER))
        return DirectRequest(
            match, query_string, head, b"", request_id, caller, endpoint, admission
        )
