"""The issuer of a stack with access control serves its keys, and commands sign tokens with them."""

from collections.abc import Iterator

import httpx
import pytest

from embedded_stack.testing import Running, running
from tests.integration.stack.conftest import CommandLine
from tests.shop_topology import TOPOLOGY

USER = "7c0a1f6e-2d0b-4a51-9a55-0d5f3a3c1c11"


@pytest.fixture(scope="module")
def issuer() -> Iterator[Running]:
    with running(TOPOLOGY, "issuer", auth=True) as stack:
        yield stack


def test_discovery_leads_to_the_key_of_a_token(issuer: Running) -> None:
    url = issuer.endpoints.auth["issuer"]
    configuration = httpx.get(f"{url}/.well-known/openid-configuration").json()
    assert configuration["issuer"] == url

    before = httpx.get(configuration["jwks_uri"]).json()["keys"]
    issuer.rotate_keys()
    after = httpx.get(configuration["jwks_uri"]).json()["keys"]

    assert after[1:] == before
    assert httpx.get(f"{url}/token").status_code == httpx.codes.NOT_FOUND


def test_commands_sign_tokens_of_the_running_stack(stack: CommandLine) -> None:
    started = stack.run("up", "-d", "--auth", "issuer")
    assert "is for development only" in " ".join(started.stdout.split())

    token = stack.run("token", USER, "--scope", "orders:read").stdout
    assert token.count(".") == 2
    assert token.count("\n") == 1
    wrong = stack.run("token", USER, "--scope", "orders:reed")
    assert wrong.stderr.startswith("stack: there is no scope orders:reed; there are orders:read,")
    assert "signs with the new key" in stack.run("rotate-keys").stdout
    assert stack.run("token", USER).stdout != token


def test_a_stack_without_access_control_signs_no_tokens(stack: CommandLine) -> None:
    down = stack.run("token", USER)
    assert (down.returncode, down.stdout) == (1, "")
    assert "is down: `./justw up --auth` starts it" in down.stderr

    stack.run("up", "-d", "postgres")

    plain = stack.run("token", USER)
    assert (plain.returncode, plain.stdout) == (1, "")
    assert "the stack runs without access control, so it needs no tokens" in plain.stderr
