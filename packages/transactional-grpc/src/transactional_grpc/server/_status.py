"""Converts exceptions to gRPC statuses with typed details (AIP-193)."""

from typing import Any

import structlog
from google.protobuf import any_pb2
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo
from google.rpc.status_pb2 import Status
from grpc_status import rpc_status

from rpc_contract.errors import ServiceError
from rpc_contract.v1.contract_errors import internal_error, service_unavailable
from transactional_grpc.database import UNAVAILABLE, error_text
from transactional_grpc.repetitions import Repetitions

log = structlog.get_logger()


class ErrorStatuses:
    """The statuses of a service's errors; the methods of a service share one, so that an outage is logged once."""

    def __init__(self, domain: str) -> None:
        self._domain = domain
        self._repetitions = Repetitions()

    def status(self, error: Exception) -> Any:
        """Returns the argument for `ServicerContext.abort_with_status`."""
        return _grpc_status(self.error(error), self._domain)

    def error(self, error: Exception) -> ServiceError:
        """Returns the error for a client; the exception itself goes to the log only."""
        if isinstance(error, ServiceError):
            return error
        if isinstance(error, UNAVAILABLE):
            text = error_text(error)
            if self._repetitions.is_new(text):
                log.warning("database not available", error=text)
            return service_unavailable()
        log.error("request failed", exc_info=error)
        return internal_error()


def _grpc_status(error: ServiceError, domain: str) -> Any:
    info = ErrorInfo(reason=error.reason, domain=domain, metadata=error.metadata)
    details: list[Message] = [info]
    if error.violations:
        details.append(
            BadRequest(
                field_violations=[
                    BadRequest.FieldViolation(
                        field=violation.field, description=violation.description
                    )
                    for violation in error.violations
                ]
            )
        )
    code: int = error.code.value[0]
    status = Status(code=code, message=error.message, details=map(_packed, details))
    return rpc_status.to_status(status)


def _packed(detail: Message) -> any_pb2.Any:
    packed = any_pb2.Any()
    packed.Pack(detail)
    return packed
