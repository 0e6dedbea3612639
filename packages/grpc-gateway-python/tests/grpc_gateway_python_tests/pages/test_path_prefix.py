"""Documents tell the path prefix below which their clients see the gateway."""

import asyncio
import json
from typing import Any

import pytest
from starlette.types import ASGIApp

from grpc_gateway_python._pages.path_prefix import PathPrefix, PathPrefixError
from grpc_gateway_python._pages.specifications import below_prefix
from grpc_gateway_python_tests.gateway.asgi import ask

PROXY = "10.1.2.3"
FOREIGN = "192.0.2.1"

Site = dict[str, ASGIApp]


def shown(
    site: Site,
    *forwarded: bytes,
    client: str = PROXY,
    path: str = "/openapi.json",
    root_path: str = "",
) -> Any:
    headers = [(b"x-forwarded-prefix", value) for value in forwarded]
    response = asyncio.run(ask(site[path], headers, path=path, client=client, root_path=root_path))
    document = json.loads(response.body)
    return document.get("basePath") or document["servers"][0]["url"]


@pytest.mark.parametrize("path", ["/openapi.json", "/swagger/doc.json"])
@pytest.mark.parametrize("client", [PROXY, f"::ffff:{PROXY}", "fd00::1%eth0"])
def test_the_prefix_of_a_trusted_proxy_is_told(served: Site, path: str, client: str) -> None:
    assert shown(served, b"/shop", client=client, path=path) == "/shop"
    assert shown(served, b"/shop/v1/", client=client, path=path) == "/shop/v1"
    assert shown(served, client=client, path=path) == "/fixed"


@pytest.mark.parametrize("client", [FOREIGN, "11.0.0.1", "fd01::1", "unknown", ""])
def test_the_prefix_of_another_client_is_ignored(served: Site, client: str) -> None:
    assert shown(served, b"/shop", client=client) == "/fixed"


@pytest.mark.parametrize(
    "value",
    [
        *(
            b"",
            b"/",
            b"shop",
            b"//evil.example",
            b"/../x",
            b"/a/..",
            b"/.",
            b"https://evil.example",
        ),
        *(b"/a b", b"/a?b", b"/a#b", b"/a%2fb", b'/"><script>', b"/\xe4", b"/a, /b", b"/a//b"),
        b"/" + b"a" * 128,
    ],
)
def test_value_that_is_no_prefix_is_ignored(served: Site, value: bytes) -> None:
    assert shown(served, value) == "/fixed"


def test_two_prefixes_are_ignored(served: Site) -> None:
    assert shown(served, b"/a", b"/b") == "/fixed"


def test_the_root_path_of_the_server_comes_first(served: Site) -> None:
    assert shown(served, b"/shop", root_path="/mounted") == "/mounted"


@pytest.mark.parametrize("text", ["shop", "/shop/", "/", "/../x"])
def test_a_wrong_fixed_prefix_is_an_error(text: str) -> None:
    with pytest.raises(PathPrefixError, match="must be like /shop"):
        PathPrefix(text)


def test_a_prefix_stands_before_the_paths_of_servers_without_a_host() -> None:
    urls = ["/", "/v1", "https://api.example", "//api.example/v1"]
    document = {"openapi": "3.0.3", "servers": [{"url": url} for url in urls]}
    below = [server["url"] for server in below_prefix(document, "/shop")["servers"]]
    assert below == ["/shop", "/shop/v1", "https://api.example", "//api.example/v1"]
    assert below_prefix({"swagger": "2.0", "basePath": "/v1"}, "/shop")["basePath"] == "/shop/v1"
