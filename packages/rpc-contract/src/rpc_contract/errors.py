"""The exception that a service or a gateway raises to reject a request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from google.protobuf.message import Message
from grpc import StatusCode


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """One field of a request that breaks the contract, as google.rpc.BadRequest describes it."""

    field: str
    """The path of the field, such as `items[0].amount`."""
    description: str


class ServiceError(Exception):
    """An error response by AIP-193.

    Functions that are generated from the error reasons of a contract return it.

    Args:
        code: The gRPC status code.
        reason: The name of the error reason, `reason` in google.rpc.ErrorInfo.
        message: The message for developers.
        metadata: The values in the message by name, `metadata` in google.rpc.ErrorInfo.
        violations: The fields that break the contract, google.rpc.BadRequest.
        http_status: The HTTP status, if it differs from the usual one of `code`. Only a gateway's
            own errors have it.
        response: The response message with the resource that the error is about; never sent.
    """

    def __init__(
        self,
        code: StatusCode,
        reason: str,
        message: str,
        metadata: Mapping[str, str] | None = None,
        violations: Sequence[FieldViolation] = (),
        *,
        http_status: int | None = None,
        response: Message | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.metadata = dict(metadata or {})
        self.violations = tuple(violations)
        self.http_status = http_status
        self.response = response

    def with_violations(self, violations: Sequence[FieldViolation]) -> "ServiceError":
        """Returns the same error with the fields that caused it."""
        return self._with(violations, self.response)

    def about(self, response: Message) -> "ServiceError":
        """Returns the same error, which tells something about the resource in a response.

        If the method's `response_owner` is another caller, a server with access control rejects the call instead.
        """
        return self._with(self.violations, response)

    def _with(
        self, violations: Sequence[FieldViolation], response: Message | None
    ) -> "ServiceError":
        return ServiceError(
            self.code,
            self.reason,
            self.message,
            self.metadata,
            violations,
            http_status=self.http_status,
            response=response,
        )
