"""Error responses of services: the errors that the options of rpc_contract.v1 declare for a method.

A service without these options gets no error responses.
"""

from grpc_gateway_python._contracts.annotations import Annotations
from grpc_gateway_python.openapi.document import Json
from grpc_gateway_python.openapi.document_operations import DocumentOperation
from grpc_gateway_python.openapi.errors import error_response, headers, http_status
from protoc_plugin_kit.contracts import ContractError
from rpc_contract import idempotency_key
from rpc_contract.generator.access import access_of
from rpc_contract.generator.reasons import Reason, reasons_of_package

SERVICE_OPTION = "rpc_contract.v1.service"
METHOD_OPTION = "rpc_contract.v1.method"

GENERIC_PACKAGE = "rpc_contract.v1"
INVALID_REQUEST = "INVALID_REQUEST"
ACCESS_REASONS = frozenset({"UNAUTHENTICATED", "SCOPE_MISSING", "NOT_OWNER"})

# rpc_contract.v1.Error.Operations
ALL = "ALL"
WITH_BODY = "WITH_BODY"
WITH_IDEMPOTENCY_KEY = "WITH_IDEMPOTENCY_KEY"
WITH_ACCESS = "WITH_ACCESS"
WITH_SCOPE = "WITH_SCOPE"
WITH_OWNER = "WITH_OWNER"

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
    contract: Annotations, operation: DocumentOperation, request_example: Json, gateway_domain: str
) -> list[Reason]:
    """Adds error responses, the Idempotency-Key and the response headers to an operation.

    Returns:
        The reasons of the error responses.
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
    for status in sorted(set(map(http_status, reasons))):
        same = [reason for reason in reasons if http_status(reason) == status]
        fields = {}
        values = request_example
        if same[0].name == INVALID_REQUEST:
            fields = {next(iter(request_example), "body"): "is required"}
        elif same[0].name in ACCESS_REASONS:
            values = {"scope": _scope(contract, operation)}
        # The gateway itself rejects requests that violate the contract or its access rules.
        by_gateway = fields or same[0].name in ACCESS_REASONS
        error_domain = (gateway_domain if by_gateway else "") or domain
        responses[status] = error_response(same, error_domain, values, fields)
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
