"""Checks that a call is about the caller's own resources, and tells the service who calls."""

from grpc_gateway_python._access.errors import AccessError
from grpc_gateway_python._access.routes import route_of
from grpc_gateway_python.transcoding import Operation
from rpc_access import CALLER_TOKEN, Access, Caller, CallerTokenSigner

NOTHING: tuple[tuple[str, str], ...] = ()


class OperationCallers:
    """What callers of one operation may do, and what the service is told of them.

    Args:
        operation: The operation.
        access: Its rule.
        signer: Signs the internal tokens; None if services get none.
    """

    def __init__(
        self, operation: Operation, access: Access, signer: CallerTokenSigner | None
    ) -> None:
        self._operation = operation
        self._access = access
        self._signer = signer
        self._route = route_of(operation)
        self.requests_have_owner = access.owner is not None
        """Whether `check_request` can fail."""
        self.responses_have_owner = access.response_owner is not None
        """Whether `check_response` can fail."""

    def check_request(self, caller: Caller | None, message: bytes) -> None:
        """Checks the owner that a request names.

        Raises:
            AccessError: It is another caller.
        """
        if caller is None or self._access.owner is None:
            return
        request = self._operation.request.FromString(message)
        if not self._access.owns_request(caller, request):
            raise self._error(caller, message)

    def check_response(self, caller: Caller | None, message: bytes, response: bytes) -> None:
        """Checks the owner that a response names.

        Raises:
            AccessError: It is another caller; the error is the one that the contract hides the resource with.
        """
        if caller is None or self._access.response_owner is None:
            return
        if not self._access.owns_response(caller, self._operation.response.FromString(response)):
            raise self._error(caller, message)

    def metadata(self, caller: Caller | None) -> tuple[tuple[str, str], ...]:
        """Returns the metadata that tells the service who calls."""
        if caller is None or self._signer is None:
            return NOTHING
        return ((CALLER_TOKEN, self._signer.token(caller)),)

    def _error(self, caller: Caller, message: bytes) -> AccessError:
        error = self._access.not_owned(self._operation.request.FromString(message))
        # A hidden resource's error must equal the service's own about a resource that doesn't exist.
        hides = self._access.hidden_as is not None
        return AccessError(
            error,
            route=self._route,
            subject=caller.subject,
            detail="hides a resource of another caller" if hides else "",
            domain=self._operation.domain if hides else None,
        )
