"""Checks who calls a method: the caller's token, its scope, and the owners of request and response."""

from collections.abc import Iterable

import structlog
from google.protobuf.message import Message

from rpc_access import CALLER_TOKEN, Access, Caller, CallerTokenVerifier, LogRate, TokenError
from rpc_contract.errors import ServiceError
from rpc_contract.v1.contract_errors import method_closed, scope_missing, unauthenticated

log = structlog.get_logger()

Metadata = Iterable[tuple[str, str | bytes]]


class AccessCheck:
    """The checks of one method's calls. Each rejected call is one line in the log, unless there are too many.

    Args:
        access: The rule of the method; without one, every call is rejected.
        tokens: Verifies the tokens of callers.
        log_rate: Bounds the lines of all methods.
    """

    def __init__(
        self, access: Access | None, tokens: CallerTokenVerifier, log_rate: LogRate
    ) -> None:
        self._access = access
        self._tokens = tokens
        self._log_rate = log_rate

    def caller(self, metadata: Metadata) -> Caller | None:
        """Returns the caller, who may call the method; None if the method is public.

        Raises:
            ServiceError: There is no valid token, or it doesn't grant the scope.
        """
        if self._access is not None and self._access.public:
            return None
        caller = self._authenticated(metadata)
        if self._access is None:
            raise self._rejected(method_closed(), subject=caller.subject)
        if not self._access.grants_scope(caller):
            raise self._rejected(scope_missing(scope=self._access.scope), subject=caller.subject)
        return caller

    def check_request(self, caller: Caller | None, request: Message) -> None:
        """Checks the owner of a valid request.

        Raises:
            ServiceError: It is not the caller.
        """
        if self._access and caller and not self._access.owns_request(caller, request):
            raise self._rejected(self._access.not_owned(request), subject=caller.subject)

    def check_response(self, caller: Caller | None, request: Message, response: Message) -> None:
        """Checks the owner of a response; to be called before the transaction commits.

        Raises:
            ServiceError: It is not the caller.
        """
        if self._access and caller and not self._access.owns_response(caller, response):
            raise self._rejected(self._access.not_owned(request), subject=caller.subject)

    def check_error(self, caller: Caller | None, request: Message, error: ServiceError) -> None:
        """Checks who may see an error of the method itself.

        If responses have an owner, an error tells something about a resource whose owner is not checked yet. So the
        error must name that resource (`ServiceError.about`), unless it is the one that hides resources.

        Raises:
            ServiceError: The resource belongs to another caller, or the error doesn't name it.
        """
        if self._access is None or caller is None or self._access.response_owner is None:
            return
        hidden = self._access.not_owned(request)
        if error.reason == hidden.reason:
            return
        if error.response is None or not self._access.owns_response(caller, error.response):
            raise self._rejected(hidden, subject=caller.subject)

    def _authenticated(self, metadata: Metadata) -> Caller:
        try:
            return self._tokens.verify(_token(metadata))
        except TokenError as error:
            raise self._rejected(unauthenticated(), detail=error.reason) from None

    def _rejected(self, error: ServiceError, **values: str) -> ServiceError:
        """Logs who was rejected and why: never a token, or a value of the request."""
        left_out = self._log_rate.next_line()
        if left_out is not None:
            left = {"lines_left_out": left_out} if left_out else {}
            log.warning("access rejected", reason=error.reason, **values, **left)
        return error


def _token(metadata: Metadata) -> str | bytes:
    tokens = [value for name, value in metadata if name == CALLER_TOKEN]
    if len(tokens) != 1:
        raise TokenError("several tokens" if tokens else "no token")
    return tokens[0]
