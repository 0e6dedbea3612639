"""The errors of the gateway itself, which responds before or instead of a service."""

from dataclasses import dataclass

from google.protobuf.descriptor import EnumDescriptor

from grpc_gateway_python._contracts.annotations import Annotations
from grpc_gateway_python._contracts.declaration import declared_domain
from grpc_gateway_python.openapi.document_operations import DocumentOperation
from grpc_gateway_python.openapi.errors import description, error_response, headers, http_status
from grpc_gateway_python.openapi.service_errors import meets
from rpc_contract.generator.reasons import Reason, reasons_of

REASONS = "grpc_gateway_python.v1.ErrorReason"


@dataclass(frozen=True)
class GatewayErrors:
    """The domain and the reasons of the gateway's own errors."""

    domain: str = ""
    reasons: tuple[Reason, ...] = ()


def gateway_errors(contract: Annotations) -> GatewayErrors:
    """Returns the errors of the gateway that a file of the contracts declares, or none.

    Raises:
        ContractError: The declaration is wrong.
    """
    domain = declared_domain(contract.contracts)
    if not domain:
        return GatewayErrors()
    enum: EnumDescriptor = contract.contracts.pool.FindEnumTypeByName(REASONS)
    return GatewayErrors(domain, tuple(reasons_of(contract.contracts, enum)))


def refine_gateway_errors(
    contract: Annotations, operations: list[DocumentOperation], errors: GatewayErrors
) -> None:
    """Adds the gateway's errors to the operations in which they can occur."""
    for operation in operations:
        responses = operation.node["responses"]
        for reason in errors.reasons:
            if not meets(contract, operation, reason):
                continue
            status = http_status(reason)
            if status not in responses:
                responses[status] = error_response(
                    [reason], errors.domain, values={}, violations=()
                )
            else:  # the service has errors with this status
                responses[status]["description"] += f"\n{description([reason])}"
            reasons = operation.reasons.setdefault(status, [])
            reasons.append(reason)
            responses[status]["headers"] = headers(status, reasons)
        operation.node["responses"] = dict(sorted(responses.items()))
