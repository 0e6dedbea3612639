"""Every route with every kind of credentials gets exactly the right response, direct or through the app."""

import pytest

from grpc_gateway_python import Operation
from rpc_access import CallerTokenVerifier
from rpc_access_tests.issuer import Issuer
from shop.services_gateway import OPERATIONS
from tests.integration.gateway.access.conftest import Gateways
from tests.integration.gateway.access.credentials import (
    ALICE,
    BOB,
    MISSING,
    SCOPES,
    WRONG,
    valid,
    without_scope,
)
from tests.integration.gateway.access.owned_replies import MISSING as MISSING_ID
from tests.integration.gateway.access.requests import ORDER, request_of

UNAUTHENTICATED = (
    '{"code":16,"message":"The request has no valid token.","details":[{'
    '"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"UNAUTHENTICATED",'
    '"domain":"gateway.shop","metadata":{}}]}'
)
every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda found: found.id)


@every_operation
def test_owner_with_the_scope_is_served(
    gateways: Gateways, issuer: Issuer, operation: Operation
) -> None:
    seen = gateways.ask(request_of(operation, ALICE), valid(issuer))
    assert seen.status == operation.status, seen.body


@pytest.mark.parametrize("kind", WRONG)
@every_operation
def test_wrong_token_gets_one_and_the_same_response(
    gateways: Gateways, issuer: Issuer, operation: Operation, kind: str
) -> None:
    seen = gateways.ask(request_of(operation, ALICE), WRONG[kind](issuer))
    assert (seen.status, seen.body) == (401, UNAUTHENTICATED)
    assert seen.header("www-authenticate") == 'Bearer error="invalid_token"'


@pytest.mark.parametrize("kind", MISSING)
@every_operation
def test_request_without_a_token_is_asked_for_one(
    gateways: Gateways, issuer: Issuer, operation: Operation, kind: str
) -> None:
    seen = gateways.ask(request_of(operation, ALICE), MISSING[kind](issuer))
    assert (seen.status, seen.body) == (401, UNAUTHENTICATED)
    assert seen.header("www-authenticate") == "Bearer"


@every_operation
def test_token_that_is_larger_than_a_head_is_rejected(
    gateways: Gateways, issuer: Issuer, operation: Operation
) -> None:
    seen = gateways.ask(request_of(operation, ALICE), valid(issuer, note="x" * 20_000))
    assert (seen.status, seen.reason()) == (431, "HEADERS_TOO_LARGE")


@every_operation
def test_caller_without_the_scope_is_told_which_one(
    gateways: Gateways, issuer: Issuer, operation: Operation
) -> None:
    access = operation.access
    assert access is not None
    assert access.scope in SCOPES
    seen = gateways.ask(request_of(operation, ALICE), without_scope(issuer, access.scope))
    assert (seen.status, seen.reason()) == (403, "SCOPE_MISSING")
    challenge = f'Bearer error="insufficient_scope", scope="{access.scope}"'
    assert seen.header("www-authenticate") == challenge


@every_operation
def test_other_user_reads_and_changes_nothing(
    gateways: Gateways, issuer: Issuer, operation: Operation
) -> None:
    assert operation.access is not None
    before = len(gateways.backend.metadata)
    seen = gateways.ask(request_of(operation, ALICE), valid(issuer, BOB))
    if operation.access.owner is not None:
        assert (seen.status, seen.reason()) == (403, "NOT_OWNER")
        assert len(gateways.backend.metadata) == before
    else:
        assert (seen.status, seen.reason()) == (404, "ORDER_NOT_FOUND")
    assert ALICE not in seen.body


HIDDEN = [found for found in OPERATIONS if found.access and found.access.response_owner]


@pytest.mark.parametrize("operation", HIDDEN, ids=lambda found: found.id)
def test_resource_of_somebody_else_looks_like_a_missing_one(
    gateways: Gateways, issuer: Issuer, operation: Operation
) -> None:
    request = request_of(operation, ALICE)
    missing = gateways.ask(request.changed(**{ORDER: MISSING_ID}), valid(issuer, BOB))
    hidden = gateways.ask(request, valid(issuer, BOB))
    assert missing.status == 404
    assert missing.body.replace(MISSING_ID, ORDER) == hidden.body
    assert (missing.status, missing.headers) == (hidden.status, hidden.headers)


@every_operation
def test_token_is_checked_before_everything_that_the_request_contains(
    gateways: Gateways, issuer: Issuer, operation: Operation
) -> None:
    request = request_of(operation, ALICE)
    headers = [("Accept", "text/html"), ("Grpc-Timeout", "soon"), ("Content-Type", "text/plain")]
    body = b"{" if operation.body else None
    assert gateways.ask(request, headers, body).status == 401
    assert operation.access is not None
    rejected = gateways.ask(request, headers + without_scope(issuer, operation.access.scope), body)
    assert rejected.status == 403
    assert gateways.ask(request, headers + valid(issuer, BOB), body).status == 406


@pytest.mark.parametrize(
    "operation",
    [found for found in OPERATIONS if found.access and found.access.owner],
    ids=lambda found: found.id,
)
def test_invalid_request_of_another_user_is_invalid(
    gateways: Gateways, issuer: Issuer, operation: Operation
) -> None:
    request = request_of(operation, "nobody's id")
    assert gateways.ask(request, valid(issuer, BOB)).status == 400


def test_routes_that_do_not_exist_need_no_token(gateways: Gateways, issuer: Issuer) -> None:
    request = request_of(OPERATIONS[0], ALICE)
    missing = request.changed(**{request.path: "/nothing"})
    assert gateways.ask(missing, []).reason() == "ROUTE_NOT_FOUND"
    assert gateways.ask(missing, valid(issuer)).reason() == "ROUTE_NOT_FOUND"


@every_operation
def test_services_get_the_caller_and_never_the_clients_token(
    gateways: Gateways, issuer: Issuer, verifier: CallerTokenVerifier, operation: Operation
) -> None:
    headers = [
        ("Caller-Token", "mine"),
        ("Grpc-Metadata-Caller-Token", "mine"),
        ("Grpc-Metadata-Authorization", "mine"),
    ]
    gateways.backend.metadata.clear()
    gateways.ask(request_of(operation, ALICE), valid(issuer) + headers)
    for metadata in gateways.backend.metadata:
        assert "authorization" not in metadata
        caller = verifier.verify(metadata["caller-token"])
        assert (caller.subject, caller.scopes) == (ALICE, frozenset(SCOPES.split()))
    assert gateways.backend.metadata
