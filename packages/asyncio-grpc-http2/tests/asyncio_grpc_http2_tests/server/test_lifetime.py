"""Start, stop, draining, and the addresses of a server."""

import asyncio
import socket
import ssl
from pathlib import Path
from typing import Any

import grpc
import pytest
import trustme

from asyncio_grpc_http2 import Server
from asyncio_grpc_http2_tests.server.serving import SERVICE, serving

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("late_events_of_grpcio_are_dropped"),
]
SECONDS_MAX = 20


async def test_stop_waits_for_calls_in_progress() -> None:
    async with serving() as here, asyncio.timeout(SECONDS_MAX):
        call = here.call("wait", b"late")
        await here.servicer.began.wait()
        stopping = asyncio.create_task(here.server.stop(SECONDS_MAX))
        await asyncio.wait((stopping,), timeout=0.1)
        assert not stopping.done()
        here.servicer.release.set()
        assert await call == b"late"
        await stopping


async def test_stop_ends_calls_after_its_grace() -> None:
    async with serving() as here, asyncio.timeout(SECONDS_MAX):
        call = here.call("wait")
        await here.servicer.began.wait()
        await here.server.stop(0.05)
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await call
        assert raised.value.code() == grpc.StatusCode.UNAVAILABLE
        await here.servicer.cancelled.wait()


async def test_old_connections_are_drained_while_calls_go_on() -> None:
    async with serving(connection_age_seconds=0.05) as here, asyncio.timeout(SECONDS_MAX):
        first = here.call("wait", b"old")
        await here.servicer.began.wait()
        for _ in range(500):
            assert await here.call("echo", b"x") == b"x"
        here.servicer.release.set()
        assert await first == b"old"


async def test_address_in_use_is_an_error() -> None:
    async with serving() as here:
        with pytest.raises(OSError, match="in use"):
            Server().add_insecure_port(here.address)


@pytest.mark.parametrize("address", ["50051", "host:port", ""])
async def test_address_of_another_form_is_an_error(address: str) -> None:
    with pytest.raises(ValueError, match="isn't host:port or unix:path"):
        Server().add_insecure_port(address)


async def test_unix_socket_replaces_a_stale_one_and_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "server.sock"
    stale = socket.socket(socket.AF_UNIX)
    stale.bind(str(path))
    stale.close()
    async with serving(f"unix:{path}") as here:
        assert await here.call("echo", b"x") == b"x"
    assert not path.exists()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def server_context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


async def test_tls_serves_calls(authority: trustme.CA) -> None:
    credentials = grpc.ssl_channel_credentials(authority.cert_pem.bytes())
    async with serving(tls=server_context(authority), credentials=credentials) as here:
        assert await here.call("echo", bytes(200_000)) == bytes(200_000)


async def test_mutual_tls_rejects_clients_without_certificate(authority: trustme.CA) -> None:
    context = server_context(authority)
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    client = authority.issue_cert("client@example.org")
    root = authority.cert_pem.bytes()
    credentials = grpc.ssl_channel_credentials(
        root, client.private_key_pem.bytes(), client.cert_chain_pems[0].bytes()
    )
    async with serving(tls=context, credentials=credentials) as here:
        assert await here.call("echo", b"x") == b"x"
        target = here.address.replace("127.0.0.1", "localhost")
        without = grpc.aio.secure_channel(target, grpc.ssl_channel_credentials(root))
        async with without as channel:
            echo: Any = channel.unary_unary(f"/{SERVICE}/echo")
            with pytest.raises(grpc.aio.AioRpcError) as raised:
                await echo(b"")
        assert raised.value.code() == grpc.StatusCode.UNAVAILABLE


async def test_tls_without_http2_is_closed(authority: trustme.CA) -> None:
    credentials = grpc.ssl_channel_credentials(authority.cert_pem.bytes())
    async with serving(tls=server_context(authority), credentials=credentials) as here:
        context = ssl.create_default_context()
        authority.configure_trust(context)
        port = int(here.address.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("localhost", port, ssl=context)
        async with asyncio.timeout(SECONDS_MAX):
            assert await reader.read() == b""
        writer.close()
