"""Decides who may call an operation: token, then scope, then the limits of the caller."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from grpc_gateway_python._access.caller_limits import CallerCounts
from grpc_gateway_python._access.credentials import AmbiguousTokenError, bearer_token, token_of
from grpc_gateway_python._access.errors import (
    AccessError,
    no_scope,
    no_token,
    too_many,
    wrong_token,
)
from grpc_gateway_python._access.routes import route_of
from grpc_gateway_python._peers import peer_of
from grpc_gateway_python._responses.errors import GatewayError
from grpc_gateway_python._responses.scope import CALLER, EXPIRES_AT
from grpc_gateway_python.transcoding import Operation
from rpc_access import Access, BearerTokens, Caller, KeysUnavailableError, TokenError, VerifiedToken
from rpc_contract.v1.contract_errors import method_closed, service_unavailable

RawHeaders = Iterable[tuple[bytes, bytes]]


@dataclass(slots=True)
class Admission:
    """A request whose caller may call the operation."""

    caller: Caller | None
    """None if the method is public."""
    subject: str | None
    peer: str
    counts: CallerCounts
    expires_at: float = math.inf
    """When the caller's token expires, in seconds since the epoch; infinity if the method is public."""

    def begin(self) -> float:
        """Counts the request. Returns the seconds to wait if it exceeds a limit of the caller; 0 if not."""
        return self.counts.enter(self.subject, self.peer)

    def end(self) -> None:
        """Stops counting the request as in progress."""
        self.counts.leave(self.subject)


class Guard:
    """Lets the callers of one operation in.

    Args:
        operation: The operation.
        tokens: Verifies tokens.
        counts: What the callers of all operations have asked for.
    """

    def __init__(self, operation: Operation, tokens: BearerTokens, counts: CallerCounts) -> None:
        self._route = route_of(operation)
        self._access = operation.access
        self._tokens = tokens
        self._counts = counts

    def known(self, authorization: bytes | None, host: str) -> Admission | None:
        """Returns the admission of a caller whose token was verified before; None if only `admit` can decide.

        Args:
            authorization: The only Authorization header; None if there is none, or more than one.
            host: The client's address.
        """
        access = self._access
        if access is None:
            return None
        if access.public:
            return Admission(None, None, peer_of(host), self._counts)
        token = None if authorization is None else token_of(authorization)
        verified = None if token is None else self._tokens.known(token)
        if verified is None or not access.grants_scope(verified.caller):
            return None
        return self._admission(verified, peer_of(host))

    async def admit(self, headers: RawHeaders, host: str) -> Admission:
        """Returns the admission of a request, which counts as in progress until `end`.

        Raises:
            AccessError: The caller may not call the operation, or exceeds a limit.
            GatewayError: No token can be verified now.
        """
        peer = peer_of(host)
        access = self._access
        if access is not None and access.public:
            admission = Admission(None, None, peer, self._counts)
        else:
            verified = await self._verified(headers, peer)
            self._require_scope(access, verified.caller)
            admission = self._admission(verified, peer)
        if wait := admission.begin():
            raise too_many(self._route, admission.subject, wait)
        return admission

    def _admission(self, verified: VerifiedToken, peer: str) -> Admission:
        caller = verified.caller
        return Admission(caller, caller.subject, peer, self._counts, verified.expires_at)

    def _require_scope(self, access: Access | None, caller: Caller) -> None:
        if access is None:
            raise AccessError(method_closed(), route=self._route, subject=caller.subject)
        if not access.grants_scope(caller):
            raise no_scope(self._route, access.scope, caller.subject)

    async def _verified(self, headers: RawHeaders, peer: str) -> VerifiedToken:
        try:
            token = bearer_token(headers)
        except AmbiguousTokenError:
            raise wrong_token(self._route, "several Authorization headers") from None
        if token is None:
            raise no_token(self._route)
        if verified := self._tokens.known(token):
            return verified
        # A verification costs more than the rest of a rejected request: a flood of bad tokens is stopped before it.
        if wait := self._counts.try_unknown_token(peer):
            raise too_many(self._route, None, wait)
        try:
            return await self._tokens.verify(token)
        except TokenError as error:
            raise wrong_token(self._route, error.reason) from None
        except KeysUnavailableError:
            raise GatewayError(service_unavailable()) from None


class GuardedEndpoint:
    """An endpoint that only serves admitted requests."""

    def __init__(self, endpoint: ASGIApp, guard: Guard) -> None:
        self.endpoint = endpoint
        self.guard = guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request.

        Raises:
            GatewayError: The request is rejected.
            ClientGoneError: The client closed its connection.
        """
        client = scope.get("client")
        admission = await self.guard.admit(scope["headers"], client[0] if client else "")
        scope[CALLER] = admission.caller
        scope[EXPIRES_AT] = admission.expires_at
        try:
            await self.endpoint(scope, receive, send)
        finally:
            admission.end()
