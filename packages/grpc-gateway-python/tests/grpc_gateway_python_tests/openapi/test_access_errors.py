"""Errors of access control are documented on the operations whose access rules can cause them."""

import pytest

from grpc_gateway_python_tests.openapi.refined import Json, Refine
from grpc_gateway_python_tests.openapi.test_responses import DOMAIN, IMPORTS, REASONS, contract

GATEWAY = """
import "grpc_gateway_python/v1/gateway.proto";
option (grpc_gateway_python.v1.gateway) = {domain: "gateway.test"};
"""


def responses(refine: Refine, access: str) -> Json:
    """Returns the responses of an operation with this access rule."""
    option = f'option (rpc_contract.v1.method) = {{errors: "THING_EXISTS" {access}}};'
    swagger, _ = refine(contract(option, REASONS, DOMAIN) + GATEWAY, header=IMPORTS)
    found: Json = swagger["paths"]["/things"]["post"]["responses"]
    return found


@pytest.mark.parametrize(
    ("access", "statuses", "reasons"),
    [
        ("", set(), set()),
        ("access: {public: true}", {"429"}, set()),
        ('access: {scope: "s"}', {"401", "403", "429"}, {"SCOPE_MISSING"}),
        (
            'access: {scope: "s" owner: "id"}',
            {"401", "403", "429"},
            {"SCOPE_MISSING", "NOT_OWNER"},
        ),
        (
            'access: {scope: "s" response_owner: "thing.id"}',
            {"401", "403", "429"},
            {"SCOPE_MISSING", "NOT_OWNER"},
        ),
        (
            'access: {scope: "s" response_owner: "thing.id" hidden_as: "THING_EXISTS"}',
            {"401", "403", "429"},
            {"SCOPE_MISSING"},
        ),
    ],
)
def test_statuses_and_reasons_follow_from_the_rule(
    refine: Refine, access: str, statuses: set[str], reasons: set[str]
) -> None:
    found = responses(refine, access)
    assert {"401", "403", "429"} & set(found) == statuses
    denied = found.get("403", {}).get("description", "")
    assert {name for name in ("SCOPE_MISSING", "NOT_OWNER") if f"`{name}`" in denied} == reasons


def test_examples_are_the_errors_of_the_gateway(refine: Refine) -> None:
    found = responses(refine, 'access: {scope: "things:write" owner: "id"}')
    denied = found["403"]["examples"]["application/json"]
    assert denied["message"] == "The token does not grant the scope things:write."
    assert denied["details"][0]["domain"] == "gateway.test"
    assert found["401"]["examples"]["application/json"]["details"][0]["domain"] == "gateway.test"


def test_401_has_a_challenge_and_429_says_when_to_retry(refine: Refine) -> None:
    option = 'option (rpc_contract.v1.method) = {access: {scope: "s"}};'
    swagger, openapi = refine(contract(option, REASONS, DOMAIN) + GATEWAY, header=IMPORTS)
    found = openapi["paths"]["/things"]["post"]["responses"]
    assert found["401"]["headers"]["WWW-Authenticate"]["required"] is True
    assert "Retry-After" not in found["401"]["headers"]
    assert swagger["responses"]["TooManyRequests"]["headers"]["Retry-After"]["type"] == "integer"
