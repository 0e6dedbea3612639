"""The running system as clients reach it: directly, and below a path prefix."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from tests.prefix_proxy import prefix_proxy

PREFIX = "/shop"


@dataclass(frozen=True)
class Site:
    """The gateway as a client sees it."""

    url: str
    """The URL before the paths of the gateway."""
    prefix: str
    """The path prefix in that URL."""


@pytest.fixture(scope="session", params=["", PREFIX], ids=["direct", "below-shop"])
def site(request: pytest.FixtureRequest, gateway_url: str) -> Iterator[Site]:
    prefix: str = request.param
    if not prefix:
        yield Site(gateway_url, prefix)
        return
    with prefix_proxy(gateway_url, prefix) as url:
        yield Site(url, prefix)


@pytest.fixture
def client(site: Site) -> Iterator[httpx.Client]:
    """An HTTP client of the pages and documents."""
    with httpx.Client(base_url=f"{site.url}/", timeout=15) as client:
        yield client
