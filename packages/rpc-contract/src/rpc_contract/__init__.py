"""Errors of RPCs, declared in their contracts: reason, status code, message and methods (AIP-193)."""

from rpc_contract.errors import FieldViolation, ServiceError
from rpc_contract.statuses import http_status

__all__ = ["FieldViolation", "ServiceError", "http_status"]
