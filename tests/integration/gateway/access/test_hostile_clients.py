"""Hostile clients leave others served, and the memory of the gateway bounded.

ACCESS_FLOOD multiplies the numbers: 20 makes 10,000 idle connections and a body of 1.3 GB.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from embedded_stack.testing import free_ports
from rpc_access_tests.issuer import AUDIENCE, Issuer
from shop.services_gateway import OPERATIONS
from tests.integration.gateway.access.credentials import ALICE, valid
from tests.integration.gateway.access.owned_replies import OwnedReplies
from tests.integration.gateway.access.requests import request_of
from tests.integration.gateway.conftest import await_start

FLOOD = int(os.environ.get("ACCESS_FLOOD", "1"))
pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120 * FLOOD)]
IDLE_CONNECTIONS = 500 * FLOOD
SLOW_CONNECTIONS = 100 * FLOOD
BAD_TOKENS = 300 * FLOOD
CHUNKS = 1000 * FLOOD
CHUNK = b"10000\r\n" + b"x" * 65536 + b"\r\n"
GOOD_REQUESTS = 30
CONNECTION_BYTES_MAX = 8 * 1024
MEMORY_BYTES_MAX = 48 * 2**20 + CONNECTION_BYTES_MAX * (IDLE_CONNECTIONS + SLOW_CONNECTIONS)
HOSTILE_HOST = "127.0.0.66"
"""The address that hostile clients connect from; others connect from 127.0.0.1."""
PATH = request_of(next(found for found in OPERATIONS if found.id == "GetAccount"), ALICE).path


@dataclass
class Running:
    """A gateway that runs, and its memory at the start."""

    port: int
    process: psutil.Process
    url: str
    memory: int

    def grown(self) -> int:
        return self.process.memory_info().rss - self.memory

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port, local_addr=(HOSTILE_HOST, 0))


@pytest.fixture(scope="module")
def gateway(issuer: Issuer, key_file: Path) -> Iterator[Running]:
    (port,) = free_ports(1)
    jwks = key_file.with_name("issuer.json")
    jwks.write_bytes(issuer.jwks())
    with OwnedReplies(ALICE) as backend:
        settings = {
            "GATEWAY_ADDRESS": f"127.0.0.1:{port}",
            "GATEWAY_BACKENDS": f'{{"shop": "{backend.address}"}}',
            "GATEWAY_TOKEN_ISSUER": issuer.url,
            "GATEWAY_TOKEN_AUDIENCE": AUDIENCE,
            "GATEWAY_TOKEN_JWKS": str(jwks),
            "GATEWAY_CALLER_TOKEN_KEY_FILE": str(key_file),
        }
        command = [sys.executable, "-m", "gateway"]
        process = subprocess.Popen(command, env=os.environ | settings, stderr=subprocess.DEVNULL)
        try:
            await_start(process, port)
            url = f"http://127.0.0.1:{port}"
            assert httpx.get(url + PATH, headers=valid(issuer)).status_code == 200
            watched = psutil.Process(process.pid)
            yield Running(port, watched, url, watched.memory_info().rss)
        finally:
            process.terminate()
            process.wait(timeout=30)


async def abort(*writers: asyncio.StreamWriter) -> None:
    """Closes connections at once: what is still to be sent would keep their sockets open after the test."""
    for writer in writers:
        writer.transport.abort()
    for writer in writers:
        with suppress(ConnectionError):
            await writer.wait_closed()


async def require_others_served(gateway: Running, issuer: Issuer) -> None:
    headers = valid(issuer)
    async with httpx.AsyncClient(base_url=gateway.url, timeout=15) as client:
        for number in range(GOOD_REQUESTS):
            fresh = headers if number % 2 else valid(issuer, jti=str(number))
            assert (await client.get(PATH, headers=fresh)).status_code == 200
    assert gateway.grown() < MEMORY_BYTES_MAX


async def test_idle_and_slow_connections(gateway: Running, issuer: Issuer) -> None:
    writers = []
    for number in range(IDLE_CONNECTIONS + SLOW_CONNECTIONS):
        _, writer = await gateway.connect()
        writers.append(writer)
        if number >= IDLE_CONNECTIONS:
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ")

    async def dribble() -> None:
        while True:
            for writer in writers[IDLE_CONNECTIONS:]:
                if not writer.is_closing():
                    writer.write(b"x")
            await asyncio.sleep(0.1)

    slow = asyncio.create_task(dribble())
    try:
        await require_others_served(gateway, issuer)
    finally:
        slow.cancel()
        await asyncio.gather(slow, return_exceptions=True)
        await abort(*writers)


@pytest.mark.parametrize("with_token", [True, False])
async def test_chunked_body_without_end(gateway: Running, issuer: Issuer, with_token: bool) -> None:
    reader, writer = await gateway.connect()
    ((_, token),) = valid(issuer)
    lines = [
        *("POST /orders HTTP/1.1", "Host: x", "Transfer-Encoding: chunked"),
        "Content-Type: application/json",
        *([f"Authorization: {token}"] if with_token else []),
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode())

    async def send() -> None:
        with suppress(ConnectionError):
            for _ in range(CHUNKS):
                writer.write(CHUNK)
                await writer.drain()

    sending = asyncio.create_task(send())
    try:
        status = await reader.readline()
        assert status.split()[1] == (b"413" if with_token else b"401")
        await require_others_served(gateway, issuer)
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        await abort(writer)


async def test_flood_of_bad_tokens(gateway: Running, issuer: Issuer) -> None:
    transport = httpx.AsyncHTTPTransport(
        local_address=HOSTILE_HOST, limits=httpx.Limits(max_connections=20)
    )
    statuses: set[int] = set()
    forged = [(name, value[:-6] + "AAAAAA") for name, value in valid(issuer)]

    async def flood(client: httpx.AsyncClient, number: int) -> None:
        for _ in range(number):
            statuses.add((await client.get(PATH, headers=forged)).status_code)

    async with httpx.AsyncClient(base_url=gateway.url, transport=transport, timeout=30) as client:
        flooding = [asyncio.create_task(flood(client, BAD_TOKENS // 10)) for _ in range(10)]
        await require_others_served(gateway, issuer)
        await asyncio.gather(*flooding)
    assert statuses <= {401, 429}
    assert 401 in statuses
    assert gateway.grown() < MEMORY_BYTES_MAX
