"""Keys of the issuer rotate, and the issuer goes away, while clients call."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from rpc_access_tests.issuer import Issuer, new_key
from shop.services_gateway import OPERATIONS
from tests.integration.gateway.access.conftest import Gateways
from tests.integration.gateway.access.credentials import ALICE, valid
from tests.integration.gateway.access.requests import request_of

ROTATIONS = 8
CLIENTS = 4
READ = next(found for found in OPERATIONS if found.id == "GetAccount")
PATH = request_of(READ, ALICE).path


@pytest.fixture(autouse=True)
def restored(issuer: Issuer) -> Iterator[None]:
    keys = list(issuer.keys)
    yield
    issuer.keys, issuer.status = keys, 200


def test_keys_rotate_under_load_without_a_failed_call(gateways: Gateways, issuer: Issuer) -> None:
    rotating = threading.Event()
    signed = [0]

    def call(number: int) -> set[int]:
        statuses = set()
        with httpx.Client(base_url=gateways.urls[number % 2], timeout=15) as client:
            while not rotating.is_set():
                headers = valid(issuer, jti=f"{number} {time.monotonic()}")
                statuses.add(client.get(PATH, headers=headers).status_code)
                signed[0] += 1
        return statuses

    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(call, number) for number in range(CLIENTS)]
        for number in range(ROTATIONS):
            issuer.keys.insert(0, new_key(f"rotated {number}"))
            until = signed[0] + 5 * CLIENTS
            while signed[0] < until:
                time.sleep(0.005)
        rotating.set()
        assert [client.result() for client in clients] == [{200}] * CLIENTS


def test_issuer_that_is_away_fails_nobody_whose_key_is_known(
    gateways: Gateways, issuer: Issuer
) -> None:
    issuer.keys.insert(0, new_key("known"))
    request = request_of(READ, ALICE)
    assert gateways.ask(request, valid(issuer)).status == 200
    issuer.status = 503
    unknown = valid(issuer, key=new_key("never seen"))
    for number in range(5):
        assert gateways.ask(request, valid(issuer, jti=f"while away {number}")).status == 200
        assert gateways.ask(request, unknown).status == 401
