"""The exception that a service or a gateway raises to reject a request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.metadata = dict(metadata or {})
        self.violations = tuple(violations)
        self.http_status = http_status

    def with_violations(self, violations: Sequence[FieldViolation]) -> "ServiceError":
        """Returns the same error with the fields that caused it."""
        return ServiceError(
            self.code,
            self.reason,
            self.message,
            self.metadata,
            violations,
            http_status=self.http_status,
        )
