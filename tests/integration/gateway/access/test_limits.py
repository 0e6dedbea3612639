"""Limits of callers, direct and through the app."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from grpc_gateway_python import CallerLimits
from grpc_gateway_python._app.app import create_app_and_routes
from rpc_access_tests.issuer import Issuer
from shop.services_gateway import DOMAIN, OPERATIONS
from tests.integration.gateway.access.conftest import gateway_of
from tests.integration.gateway.access.credentials import ALICE, BOB, valid
from tests.integration.gateway.access.owned_replies import OwnedReplies
from tests.integration.gateway.access.requests import request_of
from tests.integration.gateway.serving import serving

READ = next(found for found in OPERATIONS if found.id == "GetAccount")
WATCH = next(found for found in OPERATIONS if found.is_streaming)
both_ways = pytest.mark.parametrize("is_direct", [True, False], ids=["direct", "app"])


@contextmanager
def client_of(
    issuer: Issuer, key_file: Path, backend: OwnedReplies, limits: CallerLimits, *, is_direct: bool
) -> Iterator[httpx.Client]:
    gateway = gateway_of(issuer, key_file, backend.address, limits)
    app, routes = create_app_and_routes(gateway)
    with (
        serving(app, gateway.limits, DOMAIN, routes if is_direct else None) as (host, port),
        httpx.Client(base_url=f"http://{host}:{port}", timeout=15) as client,
    ):
        yield client


@pytest.fixture
def backend() -> Iterator[OwnedReplies]:
    with OwnedReplies(ALICE) as backend:
        yield backend


@both_ways
def test_caller_above_its_rate_is_told_when_to_come_back(
    issuer: Issuer, key_file: Path, backend: OwnedReplies, is_direct: bool
) -> None:
    limits = CallerLimits(subject_rate=0.01, subject_burst=3)
    path = request_of(READ, ALICE).path
    with client_of(issuer, key_file, backend, limits, is_direct=is_direct) as client:
        headers = valid(issuer)
        statuses = [client.get(path, headers=headers).status_code for _ in range(5)]
        assert statuses == [200, 200, 200, 429, 429]
        rejected = client.get(path, headers=valid(issuer, jti="another token"))
        assert rejected.status_code == 429
        assert 90 <= int(rejected.headers["retry-after"]) <= 100
        assert rejected.json()["details"][0]["reason"] == "TOO_MANY_REQUESTS"
        # The limit comes after the scope, and before the body.
        assert client.get(path, headers=valid(issuer, scope="")).status_code == 403
        malformed = client.post("/accounts", content=b"{", headers=headers)
        assert malformed.status_code == 429
        # Other callers are served.
        other = client.get(request_of(READ, BOB).path, headers=valid(issuer, BOB))
        assert other.status_code == 200


@both_ways
def test_address_above_its_rate_gets_no_token_verified(
    issuer: Issuer, key_file: Path, backend: OwnedReplies, is_direct: bool
) -> None:
    limits = CallerLimits(address_rate=0.01, address_burst=5)
    path = request_of(READ, ALICE).path
    with client_of(issuer, key_file, backend, limits, is_direct=is_direct) as client:
        forged = {"Authorization": "Bearer not.a.token"}
        statuses = [client.get(path, headers=forged).status_code for _ in range(7)]
        assert statuses == [401] * 5 + [429] * 2
        assert client.get(path, headers=valid(issuer)).status_code == 429
        assert client.get(path).status_code == 401


@both_ways
def test_requests_in_progress_of_a_caller_are_bounded(
    issuer: Issuer, key_file: Path, is_direct: bool
) -> None:
    limits = CallerLimits(concurrent_max=2)
    path = request_of(READ, ALICE).path
    with (
        HeldReplies(ALICE) as backend,
        client_of(issuer, key_file, backend, limits, is_direct=is_direct) as client,
        ExitStack() as stack,
    ):
        headers = valid(issuer)
        assert client.get(path, headers=headers).status_code == 200
        backend.held.clear()
        stack.callback(backend.held.set)
        pool = stack.enter_context(ThreadPoolExecutor(2))
        waiting = [pool.submit(client.get, path, headers=headers) for _ in range(2)]
        assert backend.arrived.acquire(timeout=10)
        assert backend.arrived.acquire(timeout=10)
        rejected = client.get(path, headers=headers)
        assert (rejected.status_code, rejected.headers["retry-after"]) == (429, "1")
        backend.held.set()
        assert [found.result().status_code for found in waiting] == [200, 200]
        assert client.get(path, headers=headers).status_code == 200


def test_streams_of_a_caller_are_bounded_apart_from_requests(
    issuer: Issuer, key_file: Path
) -> None:
    limits = CallerLimits(concurrent_max=1, streams_max=2)
    path = request_of(WATCH, ALICE).path
    with (
        HeldReplies(ALICE) as backend,
        client_of(issuer, key_file, backend, limits, is_direct=True) as client,
        ExitStack() as stack,
    ):
        headers = valid(issuer)
        backend.held.clear()
        stack.callback(backend.held.set)
        pool = stack.enter_context(ThreadPoolExecutor(2))
        streams = [pool.submit(client.get, path, headers=headers) for _ in range(2)]
        assert backend.arrived.acquire(timeout=10)
        assert backend.arrived.acquire(timeout=10)
        rejected = client.get(path, headers=headers)
        assert (rejected.status_code, rejected.headers["retry-after"]) == (429, "1")
        backend.held.set()
        assert client.get(request_of(READ, ALICE).path, headers=headers).status_code == 200
        assert [stream.result().status_code for stream in streams] == [200, 200]


class HeldReplies(OwnedReplies):
    """Services that respond when they are told to."""

    def __init__(self, owner: str) -> None:
        super().__init__(owner)
        self.held = threading.Event()
        self.held.set()
        self.arrived = threading.Semaphore(0)

    async def before_reply(self) -> None:
        if not self.held.is_set():
            self.arrived.release()
            await self.until(self.held)
