"""Decides which requests are served directly, without Connexion and ASGI.

These are complete requests for unary methods whose head and body are ordinary. All other requests, and those that turn
out to be invalid, go through the app, which responds to them alike.
"""

from dataclasses import dataclass
from typing import Final

from starlette.types import ASGIApp

from grpc_gateway_python._access.credentials import HEADER as AUTHORIZATION
from grpc_gateway_python._access.guard import Admission, GuardedEndpoint
from grpc_gateway_python._http.request_limit import RequestLimit
from grpc_gateway_python._requests.reader import ReceivedRequest, RpcRequest
from grpc_gateway_python._requests.router import NoRouteError, Router
from grpc_gateway_python._responses.errors import GatewayError, Headers
from grpc_gateway_python._responses.request_ids import HEADER, request_id_of
from grpc_gateway_python._upstream.unary import UnaryEndpoint
from grpc_gateway_python.transcoding import is_percent_encoded

BODY_BYTES_MAX: Final = 16 * 1024
"""Requests with larger bodies go through the app, which parses them on a thread."""
BODY_DIGITS_MAX: Final = len(str(BODY_BYTES_MAX))
HEAD: Final = b"HEAD"
"""Requests with this method go through the app, because a response to HEAD has no body (RFC 9110, section 9.3.2)."""
UNUSUAL: Final = frozenset({b"origin", b"transfer-encoding"})
"""Headers of requests that go through the app: CORS, and bodies of unknown length."""


@dataclass(slots=True)
class DirectRequest:
    """A request whose head is ordinary."""

    endpoint: UnaryEndpoint
    received: ReceivedRequest
    """The request, with the part of its body that has arrived."""
    admission: Admission | None
    """None without access control."""

    def read(self) -> RpcRequest | None:
        """Returns the request for the service; None when the app has to reject this request."""
        try:
            return self.endpoint.read(self.received)
        except GatewayError:
            return None


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
        self._router = router
        self._head_bytes_max = head_bytes_max

    def request_of(
        self, method: bytes, target: bytes, raw_headers: Headers, host: str
    ) -> DirectRequest | None:
        """Returns the request with this head; None when it has to go through the app."""
        path, _, query_string = target.partition(b"?")
        headers: dict[bytes, bytes] = {}
        size = len(target)
        for name, value in raw_headers:
            size += len(name) + len(value)
            if name not in headers:
                headers[name] = value
        if (
            method == HEAD
            or not target.isascii()
            or not is_percent_encoded(path)
            or not UNUSUAL.isdisjoint(headers)
            or not _is_small(headers.get(b"content-length", b"0"))
            or size > self._head_bytes_max
        ):
            return None
        try:
            match = self._router.match(method.decode("ascii"), path)
        except NoRouteError:
            return None
        endpoint = match.target.endpoint
        admission = None
        if isinstance(endpoint, GuardedEndpoint):
            # A header that is sent twice is counted once in `headers`.
            is_unambiguous = len(headers) == len(raw_headers)
            authorization = headers.get(AUTHORIZATION) if is_unambiguous else None
            admission = endpoint.guard.known(authorization, host)
            if admission is None:
                return None
            endpoint = endpoint.endpoint
        if not isinstance(endpoint, UnaryEndpoint):
            return None
        caller = admission.caller if admission is not None else None
        request_id = request_id_of(headers.get(HEADER))
        received = ReceivedRequest(
            match, query_string, raw_headers, headers, b"", request_id, caller
        )
        return DirectRequest(endpoint, received, admission)


def _is_small(length: bytes) -> bool:
    return len(length) <= BODY_DIGITS_MAX and int(length) <= BODY_BYTES_MAX
