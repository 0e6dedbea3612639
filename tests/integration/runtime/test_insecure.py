"""A service's process without access control serves other hosts only if its command line says so."""

import os
import subprocess
import sys

import pytest

ENVIRONMENT = {
    "ORDERS_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/orders",
    "ORDERS_GRPC_ADDRESS": "0.0.0.0:0",
    "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
    "SCHEMA_REGISTRY_URL": "http://127.0.0.1:1",
}
REJECTED = "ORDERS_GRPC_ADDRESS: 0.0.0.0:0 is not on loopback, and access control is off"
NOTICE = "access control is off: everybody may call every method"


def first_line(*arguments: str) -> str:
    """Starts orders, which nothing that it needs is there for, and returns its first line on standard error."""
    with subprocess.Popen(
        (sys.executable, "-P", "-m", "orders", *arguments),
        env=os.environ | ENVIRONMENT,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        try:
            return process.stderr.readline()
        finally:
            process.kill()


@pytest.mark.parametrize("role", ["all", "serve"])
def test_process_that_others_could_reach_does_not_start(role: str) -> None:
    line = first_line("--role", role)
    assert line.startswith(f"orders: {REJECTED}")
    assert "CALLER_TOKEN_JWKS_FILE" in line
    assert "--insecure" in line


def test_insecure_process_starts_with_a_notice() -> None:
    line = first_line("--insecure")
    assert NOTICE in line


@pytest.mark.parametrize("role", ["relay", "consume"])
def test_process_that_serves_health_checks_only_starts_anywhere(role: str) -> None:
    line = first_line("--role", role)
    assert REJECTED not in line
    assert NOTICE not in line
