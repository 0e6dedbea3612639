"""The stack works in any folder and with any variables in the caller's environment."""

import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient

from embedded_stack._plan.settings import cache
from embedded_stack._supervisor.folder import Folder
from embedded_stack.listeners import HOST
from tests.integration.stack.conftest import CommandLine
from tests.shop_topology import ROOT, TOPOLOGY

ODD = r"""Télé, a\tb "q" 100% $HOME #=:;'é"""
SECONDS_MAX = 100


@pytest.fixture
def dead_proxy() -> Iterator[str]:
    """A port on which no process listens, and which no other process gets."""
    with socket.socket() as closed:
        closed.bind((HOST, 0))
        yield f"//{HOST}:{closed.getsockname()[1]}"


@pytest.fixture
def hostile(folder: Path, dead_proxy: str) -> dict[str, str]:
    """Variables of other programs, each of which breaks a program that reads it."""
    (folder / "typing.py").write_text("raise SystemExit('imported from PYTHONPATH')")
    proxies = {f"{name}_proxy": f"http:{dead_proxy}" for name in ("http", "https")}
    return {
        **proxies,
        **{name.upper(): proxy for name, proxy in proxies.items()},
        "ALL_PROXY": f"socks5h:{dead_proxy}",
        "all_proxy": f"socks5h:{dead_proxy}",
        "no_proxy": "example.com",
        "GRPC_PROXY_EXP": f"http:{dead_proxy}",
        "PGHOST": "nowhere.invalid",
        "PGHOSTADDR": "192.0.2.1",
        "PGPORT": "1",
        "PGOPTIONS": "-c no_such_setting=1",
        "PGSSLMODE": "verify-full",
        "PGSERVICE": "none",
        "PYTHONPATH": str(folder),
        "PYTHONHOME": str(folder),
        "PYTHONWARNINGS": "error",
        "PYTHONIOENCODING": "ascii",
        "JAVA_TOOL_OPTIONS": "-XX:NoSuchOption",
        "JDK_JAVA_OPTIONS": "-XX:NoSuchOption",
        "CLASSPATH": str(folder),
        "KAFKA_HEAP_OPTS": "-Xmx1k",
        "QUARKUS_HTTP_PORT": "1",
        "GATEWAY_ADDRESS": "nowhere.invalid:1",
        "LC_ALL": "C",
        "LANG": "de_DE.ISO-8859-1",
        "TZ": "Asia/Kathmandu",
    }


def justw(stack: CommandLine, folder: Path, environment: dict[str, str], *words: str) -> str:
    """Runs a recipe in a folder and returns its output."""
    done = subprocess.run(
        (ROOT / "justw", *words),
        cwd=folder,
        env={**stack.environment, **environment, "STACK_FOLDER": ODD, "STACK_CACHE": "cache"},
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def topics(stack: CommandLine) -> set[str]:
    """Returns the topics of the broker; listing them creates none."""
    servers = f"{HOST}:{stack.record().ports['kafka_port']}"
    return set(AdminClient({"bootstrap.servers": servers}).list_topics(timeout=5).topics)


@pytest.mark.timeout(300)  # it starts the stack twice
def test_the_demo_passes_in_an_unusual_folder_and_a_hostile_environment(
    stack: CommandLine, hostile: dict[str, str]
) -> None:
    caller = stack.folder.path
    odd = CommandLine(Folder(caller / ODD), stack.environment)
    caller.chmod(0o711)  # as root, PostgreSQL runs as another user, which must enter
    (caller / "cache").symlink_to(cache(TOPOLOGY))
    before = set(caller.iterdir())

    justw(stack, caller, hostile, "up", "-d")
    try:
        story = justw(stack, caller, hostile, "demo")
        created = topics(odd)
        # Relative paths, as in KAFKA_SSL_CA_LOCATION, are relative to the caller's folder.
        assert odd.process("orders").cwd() == str(caller)
    finally:
        justw(stack, caller, hostile, "down")

    assert "Everything went as the contracts say" in story
    assert set(caller.iterdir()) - before == {odd.folder.path}
    assert {path.name for path in (odd.folder.path / "data").iterdir()} == {"kafka", "postgres"}

    justw(stack, caller, hostile, "up", "-d", "postgres", "kafka")
    try:
        # The demo cancels orders until one is not paid yet.
        (orders,) = re.findall(r"orders: (\d+)\n", justw(stack, caller, hostile, "audit"))
        assert int(orders) > 3
        assert topics(odd) == created
    finally:
        justw(stack, caller, hostile, "down")

    justw(stack, caller, hostile, "reset")
    assert not odd.folder.path.exists()
