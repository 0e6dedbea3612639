"""Methods that are closed, public, or forbid instead of hiding; and what the log says of rejected requests."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest
from structlog.testing import capture_logs

from grpc_gateway_python import Operation
from grpc_gateway_python._app.app import create_app_and_routes
from rpc_access import Access
from rpc_access_tests.issuer import Issuer
from shop.services_gateway import DOMAIN, OPERATIONS
from tests.integration.gateway.access.conftest import gateway_of
from tests.integration.gateway.access.credentials import ALICE, BOB, valid
from tests.integration.gateway.access.owned_replies import OwnedReplies
from tests.integration.gateway.access.requests import request_of
from tests.integration.gateway.serving import serving

READ = next(found for found in OPERATIONS if found.id == "GetOrder")
PATH = request_of(READ, ALICE).path
both_ways = pytest.mark.parametrize("is_direct", [True, False], ids=["direct", "app"])


@pytest.fixture(scope="module")
def backend() -> Iterator[OwnedReplies]:
    with OwnedReplies(ALICE) as backend:
        yield backend


@contextmanager
def client_of(
    issuer: Issuer, key_file: Path, backend: OwnedReplies, operation: Operation, *, is_direct: bool
) -> Iterator[httpx.Client]:
    """A gateway whose operation GetOrder has another rule."""
    operations = [operation if found is READ else found for found in OPERATIONS]
    gateway = replace(gateway_of(issuer, key_file, backend.address), operations=operations)
    app, routes = create_app_and_routes(gateway)
    with (
        serving(app, gateway.limits, DOMAIN, routes if is_direct else None) as (host, port),
        httpx.Client(base_url=f"http://{host}:{port}", timeout=15) as client,
    ):
        yield client


def reason(response: httpx.Response) -> str:
    return str(response.json()["details"][0]["reason"])


@both_ways
def test_method_without_a_rule_is_closed(
    issuer: Issuer, key_file: Path, backend: OwnedReplies, is_direct: bool
) -> None:
    closed = replace(READ, access=None)
    with client_of(issuer, key_file, backend, closed, is_direct=is_direct) as client:
        assert client.get(PATH).status_code == 401
        for _ in range(2):
            response = client.get(PATH, headers=valid(issuer))
            assert (response.status_code, reason(response)) == (403, "METHOD_CLOSED")


@both_ways
def test_public_method_needs_no_token_and_looks_at_none(
    issuer: Issuer, key_file: Path, backend: OwnedReplies, is_direct: bool
) -> None:
    public = replace(READ, access=Access(public=True))
    with client_of(issuer, key_file, backend, public, is_direct=is_direct) as client:
        backend.metadata.clear()
        for headers in ({}, {"Authorization": "Bearer nothing"}, dict(valid(issuer))):
            assert client.get(PATH, headers=headers).status_code == 200
        assert all("caller-token" not in metadata for metadata in backend.metadata)
        assert all("authorization" not in metadata for metadata in backend.metadata)


@both_ways
def test_resource_that_is_not_hidden_is_forbidden(
    issuer: Issuer, key_file: Path, backend: OwnedReplies, is_direct: bool
) -> None:
    assert READ.access is not None
    rule = replace(READ.access, hidden_as=None)
    forbidding = replace(READ, access=rule)
    with client_of(issuer, key_file, backend, forbidding, is_direct=is_direct) as client:
        for _ in range(2):
            response = client.get(PATH, headers=valid(issuer, BOB))
            assert (response.status_code, reason(response)) == (403, "NOT_OWNER")


def test_client_of_a_gateway_without_access_control_sets_no_internal_token(
    issuer: Issuer, key_file: Path, backend: OwnedReplies
) -> None:
    gateway = replace(gateway_of(issuer, key_file, backend.address), access_control=None)
    app, routes = create_app_and_routes(gateway)
    headers = {"Authorization": "Bearer x", "Grpc-Metadata-Caller-Token": "x", "Caller-Token": "x"}
    with serving(app, gateway.limits, DOMAIN, routes) as (host, port):
        backend.metadata.clear()
        assert httpx.get(f"http://{host}:{port}{PATH}", headers=headers).status_code == 200
    (metadata,) = backend.metadata
    assert "caller-token" not in metadata
    assert metadata["authorization"] == "Bearer x"


class StreamedReplies(OwnedReplies):
    """Services in which GetOrder streams an order of each of two users."""

    def handler(self, operation: Operation) -> Any:
        if operation is not READ:
            return super().handler(operation)

        async def stream(_: bytes, __: Any) -> Any:
            for owner in (ALICE, BOB):
                response = operation.response()
                self.fill(response, owner)
                yield response.SerializeToString()

        return grpc.unary_stream_rpc_method_handler(stream)


def test_stream_ends_at_the_first_message_of_somebody_else(issuer: Issuer, key_file: Path) -> None:
    streaming = replace(READ, is_streaming=True)
    with (
        StreamedReplies(ALICE) as backend,
        client_of(issuer, key_file, backend, streaming, is_direct=True) as client,
        capture_logs() as lines,
    ):
        response = client.get(PATH, headers=valid(issuer))
        first, last = map(json.loads, response.text.splitlines())
        assert first["result"]["user_id"] == ALICE
        assert last["error"]["details"][0]["reason"] == "ORDER_NOT_FOUND"
        assert BOB not in response.text
        response = client.get(PATH, headers=valid(issuer, BOB))
        assert (response.status_code, reason(response)) == (404, "ORDER_NOT_FOUND")
    assert [line["event"] for line in lines].count("access rejected") == 2


@both_ways
def test_rejected_requests_are_logged_once_and_without_secrets(
    issuer: Issuer, key_file: Path, backend: OwnedReplies, is_direct: bool
) -> None:
    with client_of(issuer, key_file, backend, READ, is_direct=is_direct) as client:
        client.get(PATH, headers=valid(issuer, BOB))
        with capture_logs() as lines:
            client.get(PATH)
            client.get(PATH, headers=valid(issuer, exp=1))
            client.get(PATH, headers=valid(issuer, BOB, scope="payments:read"))
            client.get(PATH, headers=valid(issuer, BOB))
            client.get(PATH, headers=valid(issuer))
    rejected = [line for line in lines if line["event"] == "access rejected"]
    assert [(line["route"], line["reason"], line.get("subject")) for line in rejected] == [
        ("GET /orders/*", "UNAUTHENTICATED", None),
        ("GET /orders/*", "UNAUTHENTICATED", None),
        ("GET /orders/*", "SCOPE_MISSING", BOB),
        ("GET /orders/*", "ORDER_NOT_FOUND", BOB),
    ]
    assert [line["detail"] for line in rejected[:2]] == [
        "no bearer token",
        "claim exp is missing or wrong",
    ]
    assert not any(value is None for line in rejected for value in line.values())
    assert "eyJ" not in str(lines)
