"""A gRPC server is restarted and frozen under load: each failure is a clean 503 or 504, and no request hangs.

FAULTS_REQUESTS sets the number of requests.
"""

import http.client
import itertools
import json
import os
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from grpc_gateway_python import GrpcTransport
from tests.integration.gateway.copies import Copies
from tests.integration.gateway.test_process import gateway

REQUESTS = int(os.environ.get("FAULTS_REQUESTS", "3000"))
RESPONSES_BETWEEN_RESTARTS = 600
CLIENTS = 16
DEADLINE_SECONDS = 2
"""The gateway's deadline of a call, beyond which a server stays frozen."""
RESPONSE_SECONDS_MAX = 4.0 * DEADLINE_SECONDS
"""Far beyond the deadline, so only a request that hangs exceeds it."""
PAUSE_SECONDS = 0.2
"""A client's pause after an error, so that most requests meet a server that runs."""
HOST = "127.0.0.2"
ORDER = "/orders/019a0000-0000-7000-8000-000000000000"
NEW_ORDER = b'{"user_id": "019a0000-0000-7000-8000-000000000000", "amount": 1}'
REASONS = {503: "SERVICE_UNAVAILABLE", 504: "DEADLINE_EXCEEDED"}


class Load:
    """Clients that place and read orders in turn, and count the statuses of the responses."""

    def __init__(self, url: str, served: str) -> None:
        self.statuses: Counter[int] = Counter()
        self.slowest = 0.0
        self._authority = url.removeprefix("http://")
        self._served = served
        self._numbers = itertools.count()
        self._lock = threading.Lock()

    @property
    def succeeded(self) -> int:
        return self.statuses[200] + self.statuses[201]

    def run(self) -> None:
        """Sends requests until all clients together have sent enough.

        Raises:
            AssertionError: a response is neither a success nor a clean error.
            OSError: the gateway closed the connection or did not respond in time.
        """
        connection = http.client.HTTPConnection(self._authority, timeout=RESPONSE_SECONDS_MAX)
        try:
            while (number := next(self._numbers)) < REQUESTS:
                if not self._succeeds(connection, number):
                    time.sleep(PAUSE_SECONDS)
        finally:
            connection.close()

    def _succeeds(self, connection: http.client.HTTPConnection, number: int) -> bool:
        began = time.monotonic()
        if number % 2:
            connection.request("GET", ORDER)
        else:
            connection.request("POST", "/orders", NEW_ORDER, {"Content-Type": "application/json"})
        response = connection.getresponse()
        body = response.read()
        seconds = time.monotonic() - began
        with self._lock:
            self.statuses[response.status] += 1
            self.slowest = max(self.slowest, seconds)
        found = json.loads(body)
        if response.status == (200 if number % 2 else 201):
            assert found["description"] == self._served
            return True
        assert response.status in REASONS, f"{response.status} {body!r}"
        assert found["details"][0]["reason"] == REASONS[response.status], body
        assert HOST.encode() not in body
        return False


def freeze(server: subprocess.Popen[bytes], load: Load) -> None:
    """Freezes a server until the deadline of calls in flight has passed."""
    before = load.statuses[504]
    server.send_signal(signal.SIGSTOP)
    try:
        deadline = time.monotonic() + RESPONSE_SECONDS_MAX
        while load.statuses[504] == before:
            assert time.monotonic() < deadline, "no call exceeds its deadline"
            time.sleep(0.05)
    finally:
        server.send_signal(signal.SIGCONT)


@pytest.fixture
def copies(transport: GrpcTransport) -> Iterator[Copies]:
    found = Copies(transport)
    yield found
    found.stop()


@pytest.mark.timeout(120 + REQUESTS / 50)
@pytest.mark.parametrize("transport", GrpcTransport, ids=lambda transport: transport.value)
def test_failures_are_clean_while_a_server_is_restarted_and_frozen_under_load(
    copies: Copies, transport: GrpcTransport
) -> None:
    copies.start(HOST)
    address = f"{HOST}:{copies.port}"
    settings = {
        "ORDERS_GRPC_ADDRESS": address,
        "GATEWAY_DEADLINE_SECONDS": str(DEADLINE_SECONDS),
        "GRPC_TRANSPORT": transport.value,
        "LOG_LEVEL": "ERROR",
    }
    sent = Counter[signal.Signals]()
    signals = itertools.cycle((signal.SIGSTOP, signal.SIGKILL, signal.SIGTERM))
    with gateway(**settings) as (process, url), ThreadPoolExecutor(CLIENTS) as pool:
        load = Load(url, served=address)
        clients = [pool.submit(load.run) for _ in range(CLIENTS)]
        due = RESPONSES_BETWEEN_RESTARTS
        while wait(clients, timeout=0.01).not_done:
            if load.succeeded >= due:
                number = next(signals)
                if number is signal.SIGSTOP:
                    freeze(copies.processes[HOST], load)
                else:
                    status = copies.end(HOST, number)
                    assert status == (-number if number is signal.SIGKILL else 0)
                    copies.start(HOST)
                sent[number] += 1
                due = load.succeeded + RESPONSES_BETWEEN_RESTARTS
        for client in clients:
            client.result()
        assert process.poll() is None
    signals_sent = {number.name: count for number, count in sent.items()}
    print(f"{dict(load.statuses)} within {load.slowest:.2f} s, {signals_sent}")
    assert load.statuses.total() == REQUESTS
    assert load.statuses[503] > 0
    assert load.statuses[504] > 0
    assert len(sent) == 3
