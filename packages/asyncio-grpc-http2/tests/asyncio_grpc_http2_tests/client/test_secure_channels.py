"""Calls over TLS, with and without certificates of clients, and over Unix sockets, to servers of grpcio and our own."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import pytest
import trustme

from asyncio_grpc_http2 import Channel, RpcError, StatusCode
from asyncio_grpc_http2_tests.client.grpcio_server import SERVICE, grpcio_server
from asyncio_grpc_http2_tests.server.serving import serving

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("late_events_of_grpcio_are_dropped"),
]
SECONDS = 10.0
LARGE = bytes(200_000)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@asynccontextmanager
async def tls_server(
    authority: trustme.CA, address: str = "127.0.0.1:0", *, mutual: bool = False
) -> AsyncIterator[str]:
    """Serves by grpcio with a certificate for localhost; gives the target."""
    certificate, root = authority.issue_cert("localhost"), authority.cert_pem.bytes()
    pair = (certificate.private_key_pem.bytes(), certificate.cert_chain_pems[0].bytes())
    credentials = grpc.ssl_server_credentials(
        [pair], root_certificates=root if mutual else None, require_client_auth=mutual
    )
    async with grpcio_server(address, credentials) as (_, target):
        yield target


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


async def echo(channel: Channel, message: bytes = LARGE, method: str = "Echo") -> bytes:
    response = await channel.unary(f"/{SERVICE}/{method}")(message, timeout=SECONDS)
    assert isinstance(response, bytes)
    return response


async def test_calls_pass_over_tls(authority: trustme.CA) -> None:
    async with (
        tls_server(authority) as target,
        Channel(target.replace("127.0.0.1", "localhost"), tls=trusting(authority)) as channel,
    ):
        assert await echo(channel) == LARGE
        count = channel.streaming(f"/{SERVICE}/Count")(b"20", timeout=SECONDS)
        assert len([message async for message in count]) == 20


async def test_server_name_is_what_the_certificate_must_have(authority: trustme.CA) -> None:
    async with (
        tls_server(authority) as target,
        Channel(target, tls=trusting(authority), server_name="localhost") as named,
        Channel(target, tls=trusting(authority), server_name="elsewhere") as misnamed,
    ):
        assert await echo(named) == LARGE
        with pytest.raises(RpcError) as caught:
            await echo(misnamed)
    assert caught.value.code is StatusCode.UNAVAILABLE


async def test_untrusted_certificate_fails_calls(authority: trustme.CA) -> None:
    async with (
        tls_server(authority) as target,
        Channel(target, tls=trusting(trustme.CA()), server_name="localhost") as channel,
    ):
        with pytest.raises(RpcError, match="certificate verify failed") as caught:
            await echo(channel)
    assert caught.value.code is StatusCode.UNAVAILABLE


async def test_mutual_tls_needs_the_clients_certificate(authority: trustme.CA) -> None:
    with_certificate = trusting(authority)
    authority.issue_cert("client@example.org").configure_cert(with_certificate)
    async with (
        tls_server(authority, mutual=True) as target,
        Channel(target, tls=with_certificate, server_name="localhost") as known,
        Channel(target, tls=trusting(authority), server_name="localhost") as unknown,
    ):
        assert await echo(known) == LARGE
        with pytest.raises(RpcError) as caught:
            await echo(unknown)
    assert caught.value.code is StatusCode.UNAVAILABLE


@pytest.mark.parametrize("tls", [False, True], ids=["plain text", "TLS"])
async def test_other_side_without_the_same_tls_fails_calls(
    authority: trustme.CA, *, tls: bool
) -> None:
    async with (
        grpcio_server() as (_, plain),
        tls_server(authority) as secure,
        Channel(
            plain if tls else secure,
            tls=trusting(authority) if tls else None,
            server_name="localhost",
        ) as channel,
    ):
        with pytest.raises(RpcError) as caught:
            await echo(channel)
    assert caught.value.code is StatusCode.UNAVAILABLE


async def test_calls_pass_over_a_unix_socket(tmp_path: Path) -> None:
    path = tmp_path / "server.sock"
    async with grpcio_server(f"unix:{path}") as (_, target), Channel(target) as channel:
        assert await echo(channel) == LARGE


async def test_calls_pass_over_tls_on_a_unix_socket(authority: trustme.CA, tmp_path: Path) -> None:
    async with (
        tls_server(authority, f"unix:{tmp_path / 'server.sock'}") as target,
        Channel(target, tls=trusting(authority)) as channel,
    ):
        assert await echo(channel) == LARGE


async def test_missing_unix_socket_is_unavailable(tmp_path: Path) -> None:
    async with Channel(f"unix:{tmp_path / 'absent.sock'}") as channel:
        with pytest.raises(RpcError) as caught:
            await echo(channel)
    assert caught.value.code is StatusCode.UNAVAILABLE


async def test_own_client_and_server_share_mutual_tls(authority: trustme.CA) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    with_certificate = trusting(authority)
    authority.issue_cert("client@example.org").configure_cert(with_certificate)
    async with (
        serving(tls=context) as here,
        Channel(here.address, tls=with_certificate, server_name="localhost") as known,
        Channel(here.address, tls=trusting(authority), server_name="localhost") as unknown,
    ):
        assert await echo(known, method="echo") == LARGE
        with pytest.raises(RpcError) as caught:
            await echo(unknown, method="echo")
    assert caught.value.code is StatusCode.UNAVAILABLE
