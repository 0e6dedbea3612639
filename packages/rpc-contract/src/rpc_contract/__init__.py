"""Errors of RPCs that their contracts declare: reasons, status codes, messages, and who returns them (AIP-193)."""

from rpc_contract.errors import FieldViolation, ServiceError
from rpc_contract.statuses import http_status

__all__ = ["FieldViolation", "ServiceError", "http_status"]
