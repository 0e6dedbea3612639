"""Honest responses: the errors that shop.options.v1 and shop.errors.v1 say a method answers.

This module alone knows our options; a service without them documents no errors.
"""

import string
from collections.abc import Iterator
from dataclasses import dataclass

from google.protobuf.descriptor import EnumDescriptor, EnumValueDescriptor, FileDescriptor

from codegen.openapi_refiner.contract import Contract
from codegen.openapi_refiner.document import DEFINITIONS, Json
from codegen.openapi_refiner.errors import HTTP_STATUS, STATUS, error_example, headers
from codegen.openapi_refiner.operations import Operation
from codegen.protoc_plugin import ContractError

SERVICE_OPTION = "shop.options.v1.service"
METHOD_OPTION = "shop.options.v1.method"
REFUSAL_OPTION = "shop.options.v1.refusal"

GENERIC_PACKAGE = "shop.errors.v1"
ALWAYS = ("INVALID_REQUEST", "INTERNAL_ERROR", "SERVICE_UNAVAILABLE")
KEYED = ("IDEMPOTENCY_KEY_REUSED", "IDEMPOTENCY_KEY_IN_FLIGHT")
INVALID_REQUEST = "INVALID_REQUEST"

# No example: a page that fills it in would have every other request refused as a reuse.
IDEMPOTENCY_KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Makes a repetition safe: the same key with the same request gets the stored answer. "
    "Keys live at least 24 hours.",
    "required": False,
    "type": "string",
    "minLength": 1,
    "maxLength": 255,
    "pattern": "^[!-~]+$",
}
REPLAYED: Json = {
    "type": "string",
    "description": "`true` when the answer is the stored one of an earlier request with the same Idempotency-Key; "
    "absent otherwise.",
    "enum": ["true"],
}


@dataclass(frozen=True)
class Refusal:
    """An error that a method answers."""

    reason: str
    comment: str
    code: int
    message: str

    @property
    def http_status(self) -> str:
        """The status code of its response."""
        return str(HTTP_STATUS[self.code])


def refine_refusals(
    contract: Contract, operation: Operation, request_example: Json, gateway_domain: str
) -> None:
    """Adds error responses, the Idempotency-Key and the response headers to an operation."""
    domain = _domain(contract, operation)
    if not domain:
        return
    rules = contract.option(operation.method, METHOD_OPTION)
    responses: Json = operation.node["responses"]
    names = [*ALWAYS, *rules.refusals]
    if rules.idempotency_scope:
        names += KEYED
        operation.parameters.append(dict(IDEMPOTENCY_KEY))
        operation.success[1].setdefault("headers", {})["Idempotent-Replayed"] = dict(REPLAYED)
    refusals = [_refusal(contract, operation, name) for name in dict.fromkeys(names)]
    for status in sorted({refusal.http_status for refusal in refusals}):
        same = [refusal for refusal in refusals if refusal.http_status == status]
        # A request that breaks its contract is refused by the gateway already.
        by_gateway = gateway_domain and same[0].reason == INVALID_REQUEST
        answers = gateway_domain if by_gateway else domain
        responses[status] = _response(same, answers, request_example)
    for response in responses.values():
        response["headers"] = response.get("headers", {}) | headers()


def has_refusals(contract: Contract, operation: Operation) -> bool:
    """Tells whether the operation's service says which errors it answers."""
    return bool(_domain(contract, operation))


def _domain(contract: Contract, operation: Operation) -> str:
    option = contract.option(operation.method.containing_service, SERVICE_OPTION)
    return str(option.domain) if option is not None else ""


def _refusal(contract: Contract, operation: Operation, name: str) -> Refusal:
    package = operation.method.containing_service.file.package
    for scope in (package, GENERIC_PACKAGE):
        for enum in _enums(contract, scope):
            if name in enum.values_by_name:
                return _read(contract, enum.values_by_name[name])
    raise ContractError(
        f"{operation.method.full_name}: ({METHOD_OPTION}).refusals: "
        f"neither {package} nor {GENERIC_PACKAGE} has the reason {name}"
    )


def _enums(contract: Contract, package: str) -> Iterator[EnumDescriptor]:
    for proto in contract.contracts.request.proto_file:
        if proto.package == package:
            file: FileDescriptor = contract.contracts.pool.FindFileByName(proto.name)
            yield from file.enum_types_by_name.values()


def _read(contract: Contract, value: EnumValueDescriptor) -> Refusal:
    rule = contract.option(value, REFUSAL_OPTION)
    place = f"{value.type.full_name}.{value.name}"
    if rule is None or not rule.code:
        raise ContractError(f"{place}: ({REFUSAL_OPTION}).code is missing")
    comment = contract.contracts.comments.get(place, rule.message)
    return Refusal(value.name, " ".join(comment.split()), rule.code, rule.message)


def _response(refusals: list[Refusal], domain: str, request_example: Json) -> Json:
    first = refusals[0]
    lines = "\n".join(f"- `{refusal.reason}`: {refusal.comment}" for refusal in refusals)
    return {
        "description": lines,
        "schema": {"$ref": DEFINITIONS + STATUS},
        "examples": {"application/json": _example(first, domain, request_example)},
    }


def _example(refusal: Refusal, domain: str, request_example: Json) -> Json:
    names = [name for _, name, _, _ in string.Formatter().parse(refusal.message) if name]
    metadata = {name: str(request_example.get(name, f"<{name}>")) for name in names}
    info: Json = {"reason": refusal.reason, "domain": domain, "metadata": metadata}
    fields = {}
    if refusal.reason == INVALID_REQUEST:
        fields = {next(iter(request_example), "body"): "is required"}
    return error_example(refusal.code, refusal.message.format_map(metadata), info, fields)
