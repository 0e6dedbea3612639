"""Security of operations: the scheme of bearer tokens, and what each operation asks of a token."""

from grpc_gateway_python._contracts.annotations import Annotations
from grpc_gateway_python.openapi.document import BEARER_FORMAT, Json
from grpc_gateway_python.openapi.document_operations import DocumentOperation
from rpc_contract.generator import AccessRule, access_of

SCHEME = "bearer"
SCHEMES: Json = {
    SCHEME: {
        # Swagger 2.0 has no bearer tokens.
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        "description": "An access token, as `Bearer <token>` (RFC 6750).",
        BEARER_FORMAT: "JWT",
    }
}


def refine_security(
    contract: Annotations, document: Json, operations: list[DocumentOperation]
) -> None:
    """Adds the scheme, and to each operation with an access rule its security and a sentence about it."""
    for operation in operations:
        rule = access_of(contract.contracts, operation.method)
        if rule is None:
            continue
        operation.node["security"] = [] if rule.public else [{SCHEME: []}]
        if rule.public:
            continue
        document["securityDefinitions"] = document.get("securityDefinitions", {}) | SCHEMES
        before = operation.node.get("description", "")
        operation.node["description"] = (
            f"{before}\n\n{_sentences(contract, operation, rule)}".strip()
        )


def _sentences(contract: Annotations, operation: DocumentOperation, rule: AccessRule) -> str:
    """Returns what an operation asks of a token, in words."""
    text = f"With access control, the token must grant the scope `{rule.scope}`."
    owner = ".".join(contract.name(field) for field in rule.owner)
    response_owner = [contract.name(field) for field in rule.response_owner]
    if response_owner and rule.response_owner[0].name == operation.rule.response_body:
        del response_owner[0]
    owners = [
        *([f"`{owner}`"] if owner else []),
        *([f"`{'.'.join(response_owner)}` of the response"] if response_owner else []),
    ]
    if owners:
        otherwise = f"; otherwise the error is `{rule.hidden_as.name}`" if rule.hidden_as else ""
        text += f" Its subject must be {' and '.join(owners)}{otherwise}."
    return text
