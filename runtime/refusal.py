"""The one exception with which a service says no."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grpc import StatusCode


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """One field of a request that breaks the contract, as google.rpc.BadRequest names it."""

    field: str
    description: str


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error of the program
    """An answer other than the one asked for, as AIP-193 has it.

    The functions that make refusals are generated from the contracts' error reasons.
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
        """Where the code's usual one doesn't fit; a gateway's own refusals alone have it."""

    def naming(self, violations: Sequence[FieldViolation]) -> "Refusal":
        """Returns the same refusal with the fields that caused it."""
        return Refusal(
            self.code,
            self.reason,
            self.message,
            self.metadata,
            violations,
            http_status=self.http_status,
        )
