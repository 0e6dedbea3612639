"""The consumers on the page about events work as they are copied from it."""

import html
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any

import httpx
import pytest

from embedded_stack.servers import KAFKA
from embedded_stack.testing import Running
from tests.shop_topology import ROOT
from toolchain.node import environment, install

USER = "3e1a7c52-9f04-4d0a-8a55-2b1d6c7f8e90"
SECONDS_MAX = 60
INSTALLS = ("python3 -m venv", ".venv/bin/pip install", "npm install")
"""The beginnings of the page's commands that download; the tests use what the project pins."""

INTERRUPTIBLE = ("env", "--default-signal=INT")
"""A shell lets its jobs in the background ignore SIGINT, and their children inherit that."""


@pytest.fixture(params=["system", "guarded_system"])
def stack(request: pytest.FixtureRequest) -> Running:
    """The whole system, without and with access control."""
    found: Running = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def client(stack: Running) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {stack.token(USER)}"} if stack.endpoints.auth else {}
    url = stack.endpoints.url("gateway")
    with httpx.Client(base_url=url, headers=headers, timeout=15) as client:
        yield client


def test_the_python_consumer_prints_an_order(
    stack: Running, client: httpx.Client, tmp_path: Path
) -> None:
    (tmp_path / ".venv").symlink_to(sys.prefix)
    variables = logged_in(stack, dict(os.environ))
    prepare(client, "order_event-python", tmp_path, variables, "consumer.py")
    order_id = order(client)
    with consumer((".venv/bin/python", "consumer.py"), tmp_path, variables) as lines:
        event = next(event for event in lines if event["order_created"]["order_id"] == order_id)
    assert event["event_type"] == "OrderCreated"
    assert event["order_created"]["user_id"] == USER


def test_the_javascript_consumer_prints_an_order(
    stack: Running, client: httpx.Client, tmp_path: Path
) -> None:
    packages = install(ROOT / "tests" / "e2e" / "javascript_consumer")
    (tmp_path / "node_modules").symlink_to(packages / "node_modules")
    variables = logged_in(stack, environment())
    prepare(client, "order_event-javascript", tmp_path, variables, "consumer.mjs")
    order_id = order(client)
    with consumer(("node", "consumer.mjs"), tmp_path, variables) as lines:
        event = next(event for event in lines if event["order_created"]["order_id"] == order_id)
    assert event["event_type"] == "OrderCreated"
    assert event["order_created"]["user_id"] == USER


def test_asyncapi_names_the_servers_of_the_running_system(
    stack: Running, client: httpx.Client
) -> None:
    [server] = client.get("/asyncapi.json").json()["servers"].values()
    assert server["host"] == stack.endpoints.kafka_bootstrap_servers
    registry = server["bindings"]["kafka"]["schemaRegistryUrl"]
    assert registry == stack.endpoints.schema_registry_url


def test_no_page_and_no_document_shows_a_password(stack: Running, client: httpx.Client) -> None:
    shown = client.get("/events").text + client.get("/asyncapi.json").text
    assert not [user for user, secret in stack.endpoints.kafka_passwords.items() if secret in shown]


def prepare(
    client: httpx.Client, block: str, folder: Path, variables: dict[str, str], file: str
) -> None:
    """Does what the page says before the consumer runs, but for downloads of packages."""
    page = client.get("/events").text
    commands = code(page, f"{block}-prepare").splitlines()
    needed = "\n".join(command for command in commands if not command.startswith(INSTALLS))
    assert len(needed) < len("\n".join(commands))
    (folder / file).write_text(code(page, block))
    subprocess.run(
        ["sh", "-ec", needed], cwd=folder, env=variables, check=True, timeout=SECONDS_MAX
    )


def code(page: str, name: str) -> str:
    """Returns the text of a block of code on the page."""
    found = re.search(rf'<code id="{name}">(.*?)</code>', page, re.DOTALL)
    assert found, f"the page has no {name}"
    return html.unescape(found[1])


def logged_in(stack: Running, variables: dict[str, str]) -> dict[str, str]:
    """Returns the variables with a login to Kafka, if it asks for one, and without proxies."""
    login = stack.endpoints.environment([KAFKA]) if stack.endpoints.auth else {}
    return variables | login | {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}


def order(client: httpx.Client) -> str:
    """Creates an order and returns its id."""
    response = client.post("/orders", json={"user_id": USER, "amount": 1500})
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


@contextmanager
def consumer(
    command: tuple[str, ...], folder: Path, variables: dict[str, str]
) -> Iterator[Iterator[Any]]:
    """Runs a consumer, and yields the events about new orders that it prints. At the end it gets Ctrl-C."""
    errors = folder / "errors"
    with (
        errors.open("w") as stderr,
        subprocess.Popen(
            (*INTERRUPTIBLE, *command),
            cwd=folder,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        ) as process,
    ):
        timer = Timer(SECONDS_MAX, process.kill)
        timer.start()
        try:
            assert process.stdout
            yield (
                event for line in process.stdout if "order_created" in (event := json.loads(line))
            )
            process.send_signal(signal.SIGINT)
            process.communicate()
            assert process.returncode == 0, errors.read_text()
        except StopIteration:
            pytest.fail(f"the consumer ended without the order: {errors.read_text()}")
        finally:
            timer.cancel()
            process.kill()
