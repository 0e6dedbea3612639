"""Copies of a service that come, go and freeze while calls go on, behind a name and in a list."""

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
"""Far more than anything here takes, and only what hangs exceeds it."""


class Clients:
    """Clients who ask all the time, and count which copy answers."""

    def __init__(self, url: str) -> None:
        self.answers: Counter[str] = Counter()
        self.failures: list[str] = []
        self._url = url
        self._stop = threading.Event()

    @contextmanager
    def asking(self) -> Iterator["Clients"]:
        threads = [threading.Thread(target=self._ask) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def _ask(self) -> None:
        with httpx.Client(base_url=self._url, timeout=SECONDS_MAX) as rest:
            while not self._stop.wait(0.005):
                answer = rest.post("/orders", json=NEW_ORDER)
                if answer.is_success:
                    self.answers[where(answer)] += 1
                else:
                    self.failures.append(answer.text)


def where(answer: httpx.Response) -> str:
    """Returns the host of the copy that made an answer."""
    assert answer.is_success, answer.text
    return str(answer.json()["description"]).partition(":")[0]


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
        clients = opened.enter_context(Clients(url).asking())
        wait_until(lambda: clients.answers["127.0.0.2"] > 10)
        copies.start("127.0.0.3")
        names.addresses.append("127.0.0.3")
        wait_until(lambda: clients.answers["127.0.0.3"] > 10)

        names.addresses.remove("127.0.0.2")
        assert copies.end("127.0.0.2", signal.SIGTERM) == 0
        before = clients.answers["127.0.0.3"]
        wait_until(lambda: clients.answers["127.0.0.3"] > before + 10)
    assert clients.failures == []


def test_a_frozen_copy_holds_nobody_up(copies: Copies, transport: GrpcTransport) -> None:
    hosts = ("127.0.0.2", "127.0.0.3")
    copies.start(*hosts)
    target = ",".join(f"{host}:{copies.port}" for host in hosts)
    with (
        gateway(ORDERS_GRPC_ADDRESS=target, GRPC_TRANSPORT=transport.value) as (_, url),
        httpx.Client(base_url=url, timeout=SECONDS_MAX) as rest,
        ThreadPoolExecutor(10) as threads,
    ):
        wait_until(lambda: {where(rest.get(ORDER)) for _ in hosts} == set(hosts))
        copies.processes["127.0.0.2"].send_signal(signal.SIGSTOP)
        # Five of ten calls meet the frozen copy, so at least one POST does. What changes nothing is
        # sent again, to the other copy.
        asked = [threads.submit(rest.get, ORDER, headers=PATIENT) for _ in range(4)]
        placed = [
            threads.submit(rest.post, "/orders", json=NEW_ORDER, headers=PATIENT) for _ in range(6)
        ]
        assert {where(each.result()) for each in asked} == {"127.0.0.3"}
        refused = [each.result() for each in placed if each.result().status_code != 201]
        assert {(each.status_code, each.headers["retry-after"]) for each in refused} == {(503, "1")}
        assert max(each.result().elapsed.total_seconds() for each in asked + placed) < 30
        # Whoever comes now does not wait for it.
        assert {where(rest.post("/orders", json=NEW_ORDER)) for _ in range(4)} == {"127.0.0.3"}
