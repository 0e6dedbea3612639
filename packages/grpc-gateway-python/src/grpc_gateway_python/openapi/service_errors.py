"""Error responses of services: the errors that the options of rpc_contract.v1 declare for a method.

A service without these options gets no error responses.
"""

from google.protobuf.descriptor import FileDescriptor

from grpc_gateway_python._contracts.annotations import Annotations
from grpc_gateway_python.openapi.document import Json
from grpc_gateway_python.openapi.document_operations import DocumentOperation
from grpc_gateway_python.openapi.errors import error_response, headers, http_status
from protoc_plugin_kit.contracts import ContractError
from rpc_contract import idempotency_key
from rpc_contract.generator.reasons import Reason, is_of_gateway, reasons_of

SERVICE_OPTION = "rpc_contract.v1.service"
METHOD_OPTION = "rpc_contract.v1.method"

GENERIC_PACKAGE = "rpc_contract.v1"
INVALID_REQUEST = "INVALID_REQUEST"

# rpc_contract.v1.Error.Operations
ALL = "ALL"
WITH_BODY = "WITH_BODY"
WITH_IDEMPOTENCY_KEY = "WITH_IDEMPOTENCY_KEY"

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
        error_domain = domain
        if same[0].name == INVALID_REQUEST:
            fields = {next(iter(request_example), "body"): "is required"}
            # The gateway itself rejects requests that violate the contract.
            error_domain = gateway_domain or domain
        responses[status] = error_response(same, error_domain, request_example, fields)
    for status, response in responses.items():
        response["headers"] = response.get("headers", {}) | headers(status)
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
    return reason.operations == ALL


def _takes_key(contract: Annotations, operation: DocumentOperation) -> bool:
    return bool(contract.option(operation.method, METHOD_OPTION).idempotency_scope)


def _domain(contract: Annotations, operation: DocumentOperation) -> str:
    option = contract.option(operation.method.containing_service, SERVICE_OPTION)
    return str(option.domain) if option is not None else ""


def _reasons_of_method(contract: Annotations, operation: DocumentOperation) -> list[Reason]:
    """Returns a method's errors: first those of all operations, then those it names, then those of its kind."""
    package = operation.method.containing_service.file.package
    known = _reasons(contract, GENERIC_PACKAGE) | _reasons(contract, package)
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


def _reasons(contract: Annotations, package: str) -> dict[str, Reason]:
    """Returns the reasons of a package's services, by name."""
    found: dict[str, Reason] = {}
    for proto in contract.contracts.request.proto_file:
        if proto.package == package:
            file: FileDescriptor = contract.contracts.pool.FindFileByName(proto.name)
            for enum in file.enum_types_by_name.values():
                if not is_of_gateway(contract.contracts, enum):
                    found |= {
                        reason.name: reason for reason in reasons_of(contract.contracts, enum)
                    }
    return found
