"""Streams with access control: no stream outlives its token."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest
from httpx_sse import connect_sse

from grpc_gateway_python import Operation
from grpc_gateway_python._app.app import create_app_and_routes
from rpc_access_tests.issuer import Issuer, new_key
from shop.orders.v1.order_service_pb2 import WatchOrderRequest
from shop.services_gateway import DOMAIN, OPERATIONS
from tests.integration.gateway.access.conftest import gateway_of
from tests.integration.gateway.access.credentials import ALICE, valid
from tests.integration.gateway.access.owned_replies import OwnedReplies
from tests.integration.gateway.access.requests import request_of
from tests.integration.gateway.serving import serving

WATCH = next(found for found in OPERATIONS if found.is_streaming)
PATH = request_of(WATCH, ALICE).path
CLOCK_SKEW_SECONDS = 10
"""The default of `BearerTokens`."""
SECONDS_MAX = 10
TOKEN_SECONDS = 4
"""Enough to open a stream, even on a machine that is busy, and less a second because `exp` is in whole seconds."""


class WatchedReplies(OwnedReplies):
    """Services in which WatchOrder sends one message and then waits."""

    def __init__(self, owner: str) -> None:
        super().__init__(owner)
        self.last_event_ids: list[str] = []
        """What each stream was resumed by."""

    def handler(self, operation: Operation) -> Any:
        if operation is not WATCH:
            return super().handler(operation)

        async def watch(data: bytes, _: Any) -> AsyncIterator[bytes]:
            self.last_event_ids.append(WatchOrderRequest.FromString(data).last_event_id)
            response: Any = WATCH.response(event_id=f"event-{len(self.last_event_ids)}")
            self.fill(response, self.owner)
            yield response.SerializeToString()
            await asyncio.Event().wait()

        return grpc.unary_stream_rpc_method_handler(watch)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS_MAX
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_closed(host: str, port: int) -> bool:
    """Tells whether the server accepts no connections any more, which is how its stop begins."""
    try:
        socket.create_connection((host, port), timeout=SECONDS_MAX).close()
    except ConnectionRefusedError:
        return True
    return False


def expiring(issuer: Issuer) -> tuple[dict[str, str], float]:
    """Returns headers with a token, and until when it is accepted."""
    expires_at = int(time.time()) + TOKEN_SECONDS
    return dict(valid(issuer, exp=expires_at - CLOCK_SKEW_SECONDS)), expires_at


@pytest.fixture
def backend() -> Iterator[WatchedReplies]:
    with WatchedReplies(ALICE) as backend:
        yield backend


@pytest.fixture
def client(issuer: Issuer, key_file: Path, backend: WatchedReplies) -> Iterator[httpx.Client]:
    gateway = gateway_of(issuer, key_file, backend.address)
    app, routes = create_app_and_routes(gateway)
    with (
        serving(app, gateway.limits, DOMAIN, routes) as (host, port),
        httpx.Client(base_url=f"http://{host}:{port}", timeout=SECONDS_MAX) as client,
    ):
        yield client


def test_request_for_a_stream_whose_token_is_verified_while_the_gateway_stops_gets_503(
    issuer: Issuer, key_file: Path, backend: WatchedReplies
) -> None:
    gateway = gateway_of(issuer, key_file, backend.address)
    app, routes = create_app_and_routes(gateway)
    with ExitStack() as server, ThreadPoolExecutor(2) as pool, ExitStack() as issuers:
        host, port = server.enter_context(serving(app, gateway.limits, DOMAIN, routes))
        key, fetches = new_key("not fetched yet"), len(issuer.requests)
        issuer.keys.append(key)
        issuers.callback(issuer.keys.remove, key)
        issuer.may_respond.clear()
        issuers.callback(issuer.may_respond.set)
        headers = dict(valid(issuer, key=key)) | {"Accept": "text/event-stream"}
        waiting = pool.submit(
            httpx.get, f"http://{host}:{port}{PATH}", headers=headers, timeout=SECONDS_MAX
        )
        until(lambda: len(issuer.requests) > fetches)
        pool.submit(server.close)
        until(lambda: is_closed(host, port))
        issuer.may_respond.set()
        response = waiting.result()
        assert (response.status_code, response.headers["connection"]) == (503, "close")
        assert response.headers["retry-after"]
    assert backend.last_event_ids == []


def test_server_sent_events_end_when_the_token_expires_and_resume_with_another(
    issuer: Issuer, client: httpx.Client, backend: WatchedReplies
) -> None:
    headers, expires_at = expiring(issuer)
    with connect_sse(client, "GET", PATH, headers=headers) as source:
        assert source.response.status_code == 200
        assert [(event.event, event.id) for event in source.iter_sse()] == [("message", "event-1")]
    while time.time() < expires_at:  # a timer may fire a millisecond early
        time.sleep(0.001)
    last_id = {"Last-Event-ID": "event-1"}
    assert client.get(PATH, headers=headers | last_id).status_code == 401
    with connect_sse(client, "GET", PATH, headers=dict(valid(issuer)) | last_id) as source:
        assert next(source.iter_sse()).id == "event-2"
    assert backend.last_event_ids == ["", "event-1"]


def test_lines_end_with_an_error_when_the_token_expires(
    issuer: Issuer, client: httpx.Client
) -> None:
    headers, _ = expiring(issuer)
    response = client.get(PATH, headers=headers | {"Accept": "application/x-ndjson"})
    first, last = map(json.loads, response.text.splitlines())
    assert first["result"]["user_id"] == ALICE
    assert last["error"]["details"][0]["reason"] == "DEADLINE_EXCEEDED"
