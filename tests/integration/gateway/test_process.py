"""`python -m gateway` as a process: settings, services that are away, the end."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import httpx
import pytest

from embedded_stack.testing import free_ports
from grpc_gateway_python import GrpcTransport
from tests.integration.gateway.conftest import BOTH, PROTOS, await_start
from tests.transcode import transcode

COMMAND = [sys.executable, "-m", "gateway"]
BACKENDS = {"GATEWAY_BACKENDS": '{"shop": "127.0.0.1:1"}'}
ISSUER = {
    "GATEWAY_TOKEN_ISSUER": "https://issuer.example",
    "GATEWAY_TOKEN_AUDIENCE": "https://shop.example",
}


def environment(**settings: str) -> dict[str, str]:
    own = ("GATEWAY_", "ORDERS_", "PAYMENTS_")
    rest = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    return rest | settings


@contextmanager
def gateway(
    stderr: int | None = None, /, *options: str, **settings: str
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Runs the gateway, by default in front of services that don't run."""
    port, closed_port = free_ports(2)
    away = f"127.0.0.1:{closed_port}"
    services = {"ORDERS_GRPC_ADDRESS": away, "PAYMENTS_GRPC_ADDRESS": away}
    address = {"GATEWAY_ADDRESS": f"127.0.0.1:{port}"}
    settings = services | address | settings
    port = int(settings["GATEWAY_ADDRESS"].rpartition(":")[2])
    process = subprocess.Popen([*COMMAND, *options], env=environment(**settings), stderr=stderr)
    try:
        await_start(process, port)
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait(timeout=10)


def failed_start(**settings: str) -> str:
    """Returns the errors of a gateway that can't start."""
    done = subprocess.run(
        COMMAND,
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    return done.stderr


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({}, "ORDERS_GRPC_ADDRESS"),
        ({"GATEWAY_BACKENDS": '{"shop.orders": "127.0.0.1:1"}'}, "PAYMENTS_GRPC_ADDRESS"),
        ({"GATEWAY_BACKENDS": "nonsense"}, "GATEWAY_BACKENDS"),
        ({"GATEWAY_BACKENDS": '{"shop": "no-port"}'}, "GATEWAY_BACKENDS"),
        ({"GATEWAY_BACKENDS": '{"shop": "h:99999"}'}, "GATEWAY_BACKENDS: h:99999 is not host:port"),
        (
            {"ORDERS_GRPC_ADDRESS": "http://orders:80"},
            "ORDERS_GRPC_ADDRESS: http://orders:80 is not host:port",
        ),
        ({"GATEWAY_ADDRESS": "nowhere"}, "GATEWAY_ADDRESS"),
        ({"GATEWAY_DEADLINE_SECONDS": "0"}, "GATEWAY_DEADLINE_SECONDS"),
        ({"GRPC_TRANSPORT": "http"}, "GRPC_TRANSPORT"),
        (BACKENDS | {"GATEWAY_ADDRESS": "0.0.0.0:0"}, "start with --insecure"),
        (BACKENDS | {"GATEWAY_ADDRESS": "[::]:0"}, "GATEWAY_TOKEN_ISSUER"),
        ({"GATEWAY_TOKEN_ISSUER": "https://issuer.example"}, "GATEWAY_TOKEN_AUDIENCE"),
        (ISSUER | {"GATEWAY_TOKEN_JWKS": "http://issuer.example"}, "GATEWAY_TOKEN_JWKS: "),
        (ISSUER | {"GATEWAY_TOKEN_ISSUER": "http://issuer.example"}, "GATEWAY_TOKEN_ISSUER: "),
        (ISSUER | {"GATEWAY_TOKEN_ALGORITHMS": "HS256"}, "GATEWAY_TOKEN_ALGORITHMS: must be of"),
        (
            ISSUER | {"GATEWAY_TOKEN_ALGORITHMS": "RS256,none"},
            "GATEWAY_TOKEN_ALGORITHMS: must be of",
        ),
        (
            ISSUER | {"GATEWAY_CALLER_TOKEN_KEY_FILE": "/nowhere.json"},
            "GATEWAY_CALLER_TOKEN_KEY_FILE: /nowhere.json: No such file",
        ),
        (
            ISSUER | {"GATEWAY_REQUESTS_PER_SECOND_PER_CALLER": "0"},
            "GATEWAY_REQUESTS_PER_SECOND_PER_CALLER",
        ),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it(settings: dict[str, str], named: str) -> None:
    error = failed_start(**settings)
    assert error.count("\n") == 1
    assert named in error


def test_it_says_that_everybody_may_call_everything() -> None:
    with gateway(subprocess.PIPE) as (process, _):
        process.send_signal(signal.SIGTERM)
        output = process.communicate(timeout=20)[1].decode()
    assert output.count("access control is off: everybody may call every method") == 1
    assert "GATEWAY_TOKEN_ISSUER" in output


def test_it_listens_elsewhere_without_access_control_when_told_to() -> None:
    (port,) = free_ports(1)
    with gateway(None, "--insecure", GATEWAY_ADDRESS=f"0.0.0.0:{port}") as (_, url):
        assert httpx.get(f"{url}/healthz").status_code == 200


def test_it_starts_with_access_control_while_the_issuer_is_away() -> None:
    (port,) = free_ports(1)
    issuer = {"GATEWAY_TOKEN_ISSUER": f"http://127.0.0.1:{port}"}
    with gateway(None, **(ISSUER | issuer)) as (_, url):
        order = f"{url}/orders/{uuid4()}"
        assert httpx.get(f"{url}/healthz").status_code == 200
        assert httpx.get(order).status_code == 401
        unverified = httpx.get(order, headers={"Authorization": "Bearer x.y.z"})
        assert (unverified.status_code, unverified.headers["retry-after"]) == (503, "1")


def test_a_port_in_use_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        backends = '{"shop": "127.0.0.1:1"}'
        error = failed_start(GATEWAY_ADDRESS=address, GATEWAY_BACKENDS=backends)
    _, line = error.splitlines()  # after the notice that access control is off
    assert line == f"gateway: cannot listen on {address}: Address already in use"


@BOTH
def test_it_starts_and_responds_while_the_services_are_away(transport: GrpcTransport) -> None:
    with gateway(GRPC_TRANSPORT=transport.value) as (_, url):
        assert httpx.get(f"{url}/healthz").status_code == 200
        response = httpx.get(f"{url}/orders/{uuid4()}")
        assert response.status_code == 503
        assert response.headers["retry-after"] == "1"
        assert response.json()["details"][0]["reason"] == "SERVICE_UNAVAILABLE"
        assert "127.0.0.1" not in response.text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_without_a_word(number: signal.Signals) -> None:
    with gateway() as (process, _):
        process.send_signal(number)
        assert process.wait(timeout=20) == 0


def test_requests_in_progress_end_before_the_process_does() -> None:
    with gateway() as (process, url):
        host, _, port = url.removeprefix("http://").rpartition(":")
        body = b'{"user_id": "7b1f8a52-6a0e-4f0e-9a3d-5d6f0c2b9e11", "amount": 1}'
        head = (
            b"POST /orders HTTP/1.1\r\nHost: x\r\ncontent-type: application/json\r\n"
            b"content-length: %d\r\n\r\n" % len(body)
        )
        with socket.create_connection((host, int(port)), timeout=20) as client:
            client.sendall(head + body[:10])
            assert httpx.get(f"{url}/healthz").status_code == 200  # the head has arrived by now
            process.send_signal(signal.SIGTERM)
            _await_no_listener(host, int(port))
            client.sendall(body[10:])
            assert client.recv(65536).startswith(b"HTTP/1.1 503 ")
        assert process.wait(timeout=20) == 0


def test_transcode_names_a_backend_without_a_port() -> None:
    done = subprocess.run(
        transcode(PROTOS, "orders", 0), capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.returncode, done.stderr) == (1, "transcode: BACKEND: orders is not host:port\n")


def test_stopping_transcode_stops_its_gateway() -> None:
    (port,) = free_ports(1)
    process = subprocess.Popen(transcode(PROTOS, "127.0.0.1:1", port))
    await_start(process, port)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=1)


def _await_no_listener(host: str, port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            return
        time.sleep(0.05)
    pytest.fail("the gateway still takes connections after SIGTERM")
