"""Error responses of services: the errors that the options of rpc_contract.v1 declare for a method.

A service without these options gets no error responses.
"""

from collections.abc import Sequence

from grpc_gateway_python._contracts.annotations import Annotations
from grpc_gateway_python.openapi.document import Json
from grpc_gateway_python.openapi.document_operations import DocumentOperation
from grpc_gateway_python.openapi.errors import error_response, headers, http_status
from protoc_plugin_kit.contracts import ContractError
from rpc_contract import idempotency_key
from rpc_contract.errors import FieldViolation
from rpc_contract.generator.access import access_of
from rpc_contract.generator.method_rules import METHOD_OPTION
from rpc_contract.generator.reasons import Reason, reasons_of_package

SERVICE_OPTION = "rpc_contract.v1.service"

GENERIC_PACKAGE = "rpc_contract.v1"
INVALID_REQUEST = "INVALID_REQUEST"
REASONS_OF_GATEWAY = frozenset(
    {INVALID_REQUEST, "INTERNAL_ERROR", "NOT_OWNER"}
    | {"SCOPE_MISSING", "SERVICE_UNAVAILABLE", "UNAUTHENTICATED"}
)
"""Reasons with which the gateway, if there is one, rejects requests before it calls a service or when it reaches none.

A service that can be called without the gateway returns them too.
"""

# rpc_contract.v1.Error.Operations
ALL = "ALL"
WITH_BODY = "WITH_BODY"
WITH_IDEMPOTENCY_KEY = "WITH_IDEMPOTENCY_KEY"
WITH_ACCESS = "WITH_ACCESS"
WITH_SCOPE = "WITH_SCOPE"
WITH_OWNER = "WITH_OWNER"
WITH_STREAM = "WITH_STREAM"

# No example: an API page would send it with every request, and all but the first would be rejected as a reuse.
IDEMPOTENCY_KEY: Json = {
    "name": idempotency_key.HEADER,
    "in": "header",
    "description": "Makes a repetition safe: the same key with the same request gets the stored response. "
    "Keys live at least 24 hours.",
    "required": False,
    "type": "string",
    "minLength": 1,
    "maxLength": idempotency_key.LENGTH_MAX,
    "pattern": idempotency_key.PATTERN,
}
REPLAYED: Json = {
    "type": "string",
    "description": "`true` when the response is the stored one of an earlier request with the same Idempotency-Key; "
    "absent otherwise.",
    "enum": [idempotency_key.REPLAYED],
}


def refine_service_errors(
    contract: Annotations,
    operation: DocumentOperation,
    request_example: Json,
    violations: Sequence[FieldViolation],
    gateway_domain: str,
) -> list[Reason]:
    """Adds error responses, the Idempotency-Key and the response headers to an operation.

    Args:
        contract: The contracts.
        operation: The operation.
        request_example: A valid request, by member and parameter.
        violations: What is wrong with an invalid request.
        gateway_domain: The domain of the gateway's own errors; empty if there is no gateway.

    Returns:
        The reasons of the error responses.

    Raises:
        ContractError: The method names a reason that doesn't exist; the text names the place.
    """
    domain = _domain(contract, operation)
    if not domain:
        return []
    responses: Json = operation.node["responses"]
    if _takes_key(contract, operation):
        operation.parameters.append(dict(IDEMPOTENCY_KEY))
        operation.success[1].setdefault("headers", {})[idempotency_key.REPLAYED_HEADER] = dict(
            REPLAYED
        )
    reasons = _reasons_of_method(contract, operation)
    values = {**request_example, "scope": _scope(contract, operation)}
    for reason in reasons:
        operation.reasons.setdefault(http_status(reason), []).append(reason)
    for status, same in operation.reasons.items():
        by_gateway = same[0].name in REASONS_OF_GATEWAY
        error_domain = (gateway_domain if by_gateway else "") or domain
        invalid = violations if same[0].name == INVALID_REQUEST else ()
        responses[status] = error_response(same, error_domain, values, invalid)
        responses[status]["headers"] = headers(status, same)
    code, success = operation.success
    success["headers"] = success.get("headers", {}) | headers(code)
    return reasons


def has_service_errors(contract: Annotations, operation: DocumentOperation) -> bool:
    """Tells whether the operation's service declares its errors."""
    return bool(_domain(contract, operation))


def meets(contract: Annotations, operation: DocumentOperation, reason: Reason) -> bool:
    """Tells whether a reason that the method doesn't name can occur in an operation."""
    if reason.operations == WITH_BODY:
        return operation.body is not None
    if reason.operations == WITH_IDEMPOTENCY_KEY:
        return _takes_key(contract, operation)
    if reason.operations in {WITH_ACCESS, WITH_SCOPE, WITH_OWNER}:
        return _controls(contract, operation, reason.operations)
    if reason.operations == WITH_STREAM:
        return operation.method.server_streaming
    return reason.operations == ALL


def _controls(contract: Annotations, operation: DocumentOperation, operations: str) -> bool:
    access = access_of(contract.contracts, operation.method)
    if access is None or operations == WITH_ACCESS:
        return access is not None
    if operations == WITH_SCOPE:
        return bool(access.scope)
    return bool(access.owner or access.response_owner) and access.hidden_as is None


def _scope(contract: Annotations, operation: DocumentOperation) -> str:
    access = access_of(contract.contracts, operation.method)
    return access.scope if access else ""


def _takes_key(contract: Annotations, operation: DocumentOperation) -> bool:
    return bool(contract.option(operation.method, METHOD_OPTION).idempotency_scope)


def _domain(contract: Annotations, operation: DocumentOperation) -> str:
    option = contract.option(operation.method.containing_service, SERVICE_OPTION)
    return str(option.domain) if option is not None else ""


def _reasons_of_method(contract: Annotations, operation: DocumentOperation) -> list[Reason]:
    """Returns a method's errors: first those of all operations, then those it names, then those of its kind."""
    package = operation.method.containing_service.file.package
    known = reasons_of_package(contract.contracts, GENERIC_PACKAGE) | reasons_of_package(
        contract.contracts, package
    )
    named = contract.option(operation.method, METHOD_OPTION).errors
    for name in named:
        if name not in known:
            place = contract.contracts.at(operation.method.full_name)
            raise ContractError(
                f"{place}: ({METHOD_OPTION}).errors: "
                f"neither {package} nor {GENERIC_PACKAGE} has the reason {name}"
            )
    met = [reason for reason in known.values() if meets(contract, operation, reason)]
    by_all = [reason.name for reason in met if reason.operations == ALL]
    names = [*by_all, *named, *(reason.name for reason in met)]
    return [known[name] for name in dict.fromkeys(names)]
