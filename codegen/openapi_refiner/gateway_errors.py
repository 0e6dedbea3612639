"""The errors that a gateway answers itself, before or instead of a service.

They are the same for every operation, so each is one shared response.
"""

from dataclasses import dataclass

import inflection
from google.protobuf.descriptor import EnumDescriptor

from codegen.openapi_refiner.contract import Contract
from codegen.openapi_refiner.document import Json
from codegen.openapi_refiner.errors import description, error_response, headers, http_status
from codegen.openapi_refiner.operations import Operation
from codegen.openapi_refiner.refusals import meets
from protoc_plugin_kit.contracts import ContractError
from rpc_contract.generator.reasons import ENUM_OPTION, Reason, domain_of, reasons_of

RESPONSES = "#/responses/"


@dataclass(frozen=True)
class GatewayErrors:
    """What a gateway answers on its own account."""

    domain: str = ""
    reasons: tuple[Reason, ...] = ()


def gateway_errors(contract: Contract, enum_name: str) -> GatewayErrors:
    """Returns what the enum of a gateway's reasons says; an empty name means no gateway.

    Raises:
        ContractError: there is no such enum, it has no domain, or two of the reasons that operations
            meet have the same HTTP status.
    """
    if not enum_name:
        return GatewayErrors()
    try:
        enum: EnumDescriptor = contract.contracts.pool.FindEnumTypeByName(enum_name)
    except KeyError:
        raise ContractError(f"openapi-refiner: no contract has the enum {enum_name}") from None
    domain = domain_of(contract.contracts, enum)
    if not domain:
        place = contract.contracts.at(enum_name)
        raise ContractError(f"{place}: ({ENUM_OPTION}).domain is missing")
    met = [each for each in reasons_of(contract.contracts, enum) if each.operations]
    by_status: dict[str, Reason] = {}
    for reason in met:
        other = by_status.setdefault(http_status(reason), reason)
        if other is not reason:
            raise ContractError(
                f"{reason.place}: {other.name} has the HTTP status {http_status(reason)} already"
            )
    return GatewayErrors(domain, tuple(met))


def refine_gateway_errors(
    contract: Contract, document: Json, operations: list[Operation], errors: GatewayErrors
) -> None:
    """Adds the gateway's errors to every operation that can meet them."""
    shared: set[str] = set()
    for operation in operations:
        responses = operation.node["responses"]
        for reason in errors.reasons:
            if not meets(contract, operation, reason):
                continue
            status = http_status(reason)
            if status in responses:  # the service has reasons of the same status
                responses[status]["description"] += f"\n{description([reason])}"
            else:
                responses[status] = {"$ref": RESPONSES + _name(reason)}
                shared.add(reason.name)
        operation.node["responses"] = dict(sorted(responses.items()))
    if shared:
        document["responses"] = {
            _name(each): _response(each, errors.domain)
            for each in errors.reasons
            if each.name in shared
        }


def _response(reason: Reason, domain: str) -> Json:
    response = error_response([reason], domain, values={}, fields={})
    return response | {"headers": headers(http_status(reason))}


def _name(reason: Reason) -> str:
    return inflection.camelize(reason.name.lower())
