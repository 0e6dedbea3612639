"""Where the gateway listens, and what its log says of that."""

import re
import socket

import pytest

from grpc_gateway_python import StartError
from grpc_gateway_python._http.server import _listen, _url


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::", "http://[::1]:80"),
        ("fe80::1", "http://[fe80::1]:80"),
    ],
)
def test_the_url_can_be_opened(host: str, url: str) -> None:
    assert _url(host, 80) == url


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
@pytest.mark.parametrize("address", ["[::]:0", "[0:0::0]:0"])
def test_all_addresses_are_those_of_ipv4_too(address: str) -> None:
    with _listen(address) as listener:
        port = listener.getsockname()[1]
        for host in ("127.0.0.1", "::1"):
            socket.create_connection((host, port), timeout=5).close()


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("127.0.0.1:99999", "it is not host:port"),
        ("[1:2]:8080", "it is not host:port"),
        ("127.0.0.1:http", "it is not host:port"),
        ("nohost.invalid:8080", "(?!Unknown error)[^(]+"),
    ],
)
def test_address_that_can_not_be_listened_on_is_named(address: str, reason: str) -> None:
    with pytest.raises(StartError) as caught:
        _listen(address)
    assert re.fullmatch(re.escape(f"cannot listen on {address}: ") + reason, str(caught.value))
