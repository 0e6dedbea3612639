"""Copies of a service that start, stop and freeze under load, behind a DNS name and in a list of addresses."""

import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import httpx
import pytest

from grpc_gateway_python import GrpcTransport
from tests.integration.gateway.conftest import BOTH
from tests.integration.gateway.copies import Copies
from tests.integration.gateway.name_server import NameServer, name_server
from tests.integration.gateway.test_process import gateway

pytestmark = BOTH
ORDER = "/orders/019a0000-0000-7000-8000-000000000000"
NEW_ORDER = {"user_id": "019a0000-0000-7000-8000-000000000000", "amount": 1}
PATIENT = {"Grpc-Timeout": "60S"}
CLIENTS = 4
SECONDS_MAX = 30.0
"""Far above the time that any step here takes, so only a call or a copy that hangs exceeds it."""


class Clients:
    """Clients that send requests without a pause, and count the responses of each copy."""

    def __init__(self, url: str) -> None:
        self.responses: Counter[str] = Counter()
        self.failures: list[str] = []
        self._url = url
        self._stop = threading.Event()

    @contextmanager
    def sending(self) -> Iterator["Clients"]:
        threads = [threading.Thread(target=self._send) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def _send(self) -> None:
        with httpx.Client(base_url=self._url, timeout=SECONDS_MAX) as rest:
            while not self._stop.wait(0.005):
                response = rest.post("/orders", json=NEW_ORDER)
                if response.is_success:
                    self.responses[copy_of(response)] += 1
                else:
                    self.failures.append(response.text)


def copy_of(response: httpx.Response) -> str:
    """Returns the host of the copy that responded."""
    assert response.is_success, response.text
    return str(response.json()["description"]).partition(":")[0]


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS_MAX
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def copies(transport: GrpcTransport) -> Iterator[Copies]:
    found = Copies(transport)
    yield found
    found.stop()


@pytest.fixture
def names() -> Iterator[NameServer]:
    with name_server() as server:
        yield server


def test_a_new_copy_behind_a_name_gets_its_share_and_one_that_stops_loses_no_call(
    copies: Copies, names: NameServer, transport: GrpcTransport
) -> None:
    copies.start("127.0.0.2")
    names.addresses = ["127.0.0.2"]
    target = f"dns://{names.address}/orders.test:{copies.port}"
    with ExitStack() as opened:
        _, url = opened.enter_context(
            gateway(ORDERS_GRPC_ADDRESS=target, GRPC_TRANSPORT=transport.value)
        )
        clients = opened.enter_context(Clients(url).sending())
        wait_until(lambda: clients.responses["127.0.0.2"] > 10)
        copies.start("127.0.0.3")
        names.addresses.append("127.0.0.3")
        wait_until(lambda: clients.responses["127.0.0.3"] > 10)

        names.addresses.remove("127.0.0.2")
        assert copies.end("127.0.0.2", signal.SIGTERM) == 0
        before = clients.responses["127.0.0.3"]
        wait_until(lambda: clients.responses["127.0.0.3"] > before + 10)
    assert clients.failures == []


def test_a_frozen_copy_does_not_block_calls_of_the_other_copy(
    copies: Copies, transport: GrpcTransport
) -> None:
    hosts = ("127.0.0.2", "127.0.0.3")
    copies.start(*hosts)
    target = ",".join(f"{host}:{copies.port}" for host in hosts)
    with (
        gateway(ORDERS_GRPC_ADDRESS=target, GRPC_TRANSPORT=transport.value) as (_, url),
        httpx.Client(base_url=url, timeout=SECONDS_MAX) as rest,
        ThreadPoolExecutor(10) as threads,
    ):
        wait_until(lambda: {copy_of(rest.get(ORDER)) for _ in hosts} == set(hosts))
        copies.processes["127.0.0.2"].send_signal(signal.SIGSTOP)
        # Five of ten calls reach the frozen copy, so at least one POST does. A GET is sent again, to
        # the other copy; a POST is not.
        reads = [threads.submit(rest.get, ORDER, headers=PATIENT) for _ in range(4)]
        writes = [
            threads.submit(rest.post, "/orders", json=NEW_ORDER, headers=PATIENT) for _ in range(6)
        ]
        assert {copy_of(call.result()) for call in reads} == {"127.0.0.3"}
        errors = [call.result() for call in writes if call.result().status_code != 201]
        assert {(response.status_code, response.headers["retry-after"]) for response in errors} == {
            (503, "1")
        }
        assert max(call.result().elapsed.total_seconds() for call in reads + writes) < 30
        # Calls that arrive now go to the other copy at once.
        assert {copy_of(rest.post("/orders", json=NEW_ORDER)) for _ in range(4)} == {"127.0.0.3"}
