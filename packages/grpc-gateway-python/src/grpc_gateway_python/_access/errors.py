"""The errors of requests that access control rejects (RFC 6750, section 3)."""

import math

from grpc_gateway_python._responses.errors import GatewayError, Header
from grpc_gateway_python.v1.gateway_errors import too_many_requests
from rpc_contract.errors import ServiceError
from rpc_contract.v1.contract_errors import scope_missing, unauthenticated

AUTHENTICATE = b"www-authenticate"


class AccessError(GatewayError):
    """A request is rejected because of its caller.

    Args:
        error: The error with its reason.
        headers: Headers that the response has besides its Content-Type.
        route: The method and path template, for the log.
        subject: The caller, for the log; None when no caller is authenticated.
        detail: More for the log than the client is told.
        domain: The domain of the error, if it isn't the gateway's.
    """

    def __init__(
        self,
        error: ServiceError,
        *headers: Header,
        route: str,
        subject: str | None = None,
        detail: str = "",
        domain: str | None = None,
    ) -> None:
        super().__init__(error, *headers, domain=domain)
        self.route = route
        self.subject = subject
        self.detail = detail


def no_token(route: str) -> AccessError:
    """Returns the error of a request without a bearer token."""
    return AccessError(
        unauthenticated(), (AUTHENTICATE, b"Bearer"), route=route, detail="no bearer token"
    )


def wrong_token(route: str, detail: str) -> AccessError:
    """Returns the error of a request with a token that is not accepted; all of these look alike to the client."""
    header = (AUTHENTICATE, b'Bearer error="invalid_token"')
    return AccessError(unauthenticated(), header, route=route, detail=detail)


def no_scope(route: str, scope: str, subject: str) -> AccessError:
    """Returns the error of a caller whose token doesn't grant the operation's scope."""
    challenge = f'Bearer error="insufficient_scope", scope="{scope}"'
    header = (AUTHENTICATE, challenge.encode())
    return AccessError(scope_missing(scope=scope), header, route=route, subject=subject)


def too_many(route: str, subject: str | None, wait_seconds: float) -> AccessError:
    """Returns the error of a caller that exceeds a bound."""
    header = (b"retry-after", b"%d" % math.ceil(wait_seconds))
    return AccessError(too_many_requests(), header, route=route, subject=subject)
