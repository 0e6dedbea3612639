"""Every documented response of every operation is sent as the document shows it, direct or through the app."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from embedded_stack.testing import free_ports
from grpc_gateway_python import CallerLimits, Operation
from grpc_gateway_python._app.app import create_app_and_routes
from rpc_access_tests.issuer import Issuer
from shop.services_gateway import DOMAIN, OPERATIONS
from tests.documented_responses import (
    DOCUMENT,
    check_documented,
    example_of,
    operation_of,
    response_of,
)
from tests.integration.gateway.access.conftest import NO_LIMITS, gateway_of
from tests.integration.gateway.access.credentials import ALICE, BOB, valid, without_scope
from tests.integration.gateway.access.owned_replies import OwnedReplies
from tests.integration.gateway.access.requests import Request, request_of
from tests.integration.gateway.serving import serving

RATE = CallerLimits(subject_rate=0.01, subject_burst=1)
OF_SERVICES = {"204", "404", "409"}
"""Statuses that only the real services return; `tests/contract/openapi/test_real_responses.py` has them."""
SLOW = {"408"}
"""A body that arrives too slowly; `tests/integration/gateway/test_patience.py` sends one."""
Json = dict[str, Any]
Change = Callable[[Issuer, Operation], Json]


class BrokenReplies(OwnedReplies):
    """Services that send bytes that are no message, or nothing in time."""

    def reply(self, operation: Operation) -> Callable[[bytes, Any], Any]:
        async def reply(data: bytes, context: Any) -> bytes:
            if dict(context.invocation_metadata()).get("mode") == "silent":
                await asyncio.Event().wait()
            return b"\xff"

        return reply


@contextmanager
def clients(
    issuer: Issuer, key_file: Path, address: str, limits: CallerLimits = NO_LIMITS
) -> Iterator[list[httpx.Client]]:
    """Serves a gateway that serves requests directly, and one that never does."""
    with ExitStack() as stack:
        found = []
        for is_direct in (True, False):
            gateway = gateway_of(issuer, key_file, address, limits)
            app, routes = create_app_and_routes(gateway)
            server = serving(app, gateway.limits, DOMAIN, routes if is_direct else None)
            host, port = stack.enter_context(server)
            client = httpx.Client(
                base_url=f"http://{host}:{port}",
                timeout=15,
                event_hooks={"response": [check_documented]},
            )
            found.append(stack.enter_context(client))
        yield found


@pytest.fixture(scope="module")
def served(issuer: Issuer, key_file: Path) -> Iterator[list[httpx.Client]]:
    with OwnedReplies(ALICE) as backend, clients(issuer, key_file, backend.address) as found:
        yield found


@pytest.fixture(scope="module")
def broken(issuer: Issuer, key_file: Path) -> Iterator[list[httpx.Client]]:
    with BrokenReplies(ALICE) as backend, clients(issuer, key_file, backend.address) as found:
        yield found


@pytest.fixture(scope="module")
def unreachable(issuer: Issuer, key_file: Path) -> Iterator[list[httpx.Client]]:
    (port,) = free_ports(1)
    with clients(issuer, key_file, f"127.0.0.1:{port}") as found:
        yield found


@pytest.fixture(scope="module")
def limited(issuer: Issuer, key_file: Path) -> Iterator[list[httpx.Client]]:
    with OwnedReplies(ALICE) as backend, clients(issuer, key_file, backend.address, RATE) as found:
        for client in found:
            client.get(f"/accounts/{ALICE}", headers=valid(issuer))
        yield found


def send(client: httpx.Client, request: Request, **changes: Any) -> httpx.Response:
    if "content" not in changes:
        changes = {"json": request.json, **changes}
    return client.request(
        request.method, request.path, **({"params": request.query or None} | changes)
    )


def operation_node(operation: Operation) -> Json:
    request = request_of(operation, ALICE)
    found = operation_of(request.method, request.path)
    assert found is not None
    return found


def invalid(request: Request, field: str) -> Request:
    """Returns the request without a member or parameter, or with a wrong value of its path's first variable."""
    if field in (request.json or {}) or field in request.query:
        body = {name: value for name, value in (request.json or {}).items() if name != field}
        query = {name: value for name, value in request.query.items() if name != field}
        return replace(request, query=query, json=body if request.json is not None else None)
    return request.changed(**{request.path.split("/")[2]: "x"})


def _without_scope(issuer: Issuer, operation: Operation) -> Json:
    assert operation.access is not None
    return {"headers": without_scope(issuer, operation.access.scope)}


def _with(*headers: tuple[str, str], **changes: Any) -> Change:
    return lambda issuer, _: {"headers": [*valid(issuer), *headers], **changes}


CHANGES: dict[str, tuple[str, Change]] = {
    "200": ("served", _with()),
    "201": ("served", _with()),
    "401": ("served", lambda *_: {}),
    "403": ("served", _without_scope),
    "406": ("served", _with(("Accept", "text/html"))),
    "413": ("served", _with(content=b'"' + b"x" * 1_048_576 + b'"')),
    "415": ("served", _with(("Content-Type", "text/plain"), content=b"{}")),
    "429": ("limited", _with()),
    "431": ("served", _with(("X-Long", "x" * 20_000))),
    "500": ("broken", _with()),
    "503": ("unreachable", _with()),
    "504": ("broken", _with(("Grpc-Metadata-Mode", "silent"), ("Grpc-Timeout", "100m"))),
}
"""Status → the gateways that return it, and the headers and the content of a request that gets it."""
PAIRS = [
    pytest.param(operation, status, id=f"{operation.id}-{status}")
    for operation in OPERATIONS
    for status in operation_node(operation)["responses"]
    if status not in OF_SERVICES | SLOW | {"400"}
]


@pytest.mark.parametrize(("operation", "status"), PAIRS)
def test_response_is_as_documented(
    request: pytest.FixtureRequest, issuer: Issuer, operation: Operation, status: str
) -> None:
    """The clients compare the headers of each response with the document."""
    gateways, change = CHANGES[status]
    for client in request.getfixturevalue(gateways):
        response = send(client, request_of(operation, ALICE), **change(issuer, operation))
        assert response.status_code == int(status), response.text
        if not response.is_success:
            assert response.json() == example_of(operation_node(operation), status)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda found: found.id)
def test_response_to_an_invalid_request_is_as_documented(
    served: list[httpx.Client], issuer: Issuer, operation: Operation
) -> None:
    example = example_of(operation_node(operation), "400")
    [violation] = example["details"][1]["field_violations"]
    request = invalid(request_of(operation, ALICE), violation["field"])
    for client in served:
        response = send(client, request, headers=valid(issuer))
        assert (response.status_code, response.json()) == (400, example)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda found: found.id)
def test_response_to_another_user_is_as_documented(
    served: list[httpx.Client], issuer: Issuer, operation: Operation
) -> None:
    for client in served:
        response = send(client, request_of(operation, ALICE), headers=valid(issuer, BOB))
        assert response.status_code in {403, 404}


def test_every_created_resource_that_can_be_read_has_a_location() -> None:
    located = {
        operation["operationId"]
        for item in DOCUMENT["paths"].values()
        for operation in item.values()
        if "Location" in response_of(operation, next(iter(operation["responses"]))).get("headers", {})
    }  # fmt: skip
    assert located == {operation.id for operation in OPERATIONS if operation.locate}
    assert located == {"CreateOrder", "CreateAccount"}
