"""A service that waits for what it needs can be stopped, and says once what it waits for."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

SECONDS_MAX = 30


@pytest.fixture
def waiting() -> Iterator["subprocess.Popen[str]"]:
    """Orders without a database: no server listens at its address."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        environment = {
            "ORDERS_DATABASE_URL": f"postgresql://orders:hunter2@127.0.0.1:{port}/orders",
            "ORDERS_GRPC_ADDRESS": "127.0.0.1:0",
            "KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{port}",
            "SCHEMA_REGISTRY_URL": f"http://127.0.0.1:{port}",
            "LOG_FORMAT": "JSON",
            "LOG_LEVEL": "info",
        }
        with subprocess.Popen(
            [sys.executable, "-m", "orders"],
            env=os.environ | environment,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            yield process
            process.kill()


def test_a_service_that_waits_can_be_stopped(waiting: "subprocess.Popen[str]") -> None:
    assert waiting.stderr
    notice, line = (json.loads(waiting.stderr.readline()) for _ in range(2))
    assert notice["event"].startswith("access control is off")
    assert line["event"] == "waiting"
    assert "Connection refused" in line["reason"]
    waiting.send_signal(signal.SIGTERM)
    _, rest = waiting.communicate(timeout=SECONDS_MAX)
    assert (waiting.returncode, rest) == (0, "")
