"""What tests of the whole system share."""

from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest

from embedded_stack.testing import Running
from tests.declared_reasons import check_response
from tests.documented_responses import check_documented
from tests.shop_client import ShopClient


@pytest.fixture(scope="session")
def rest(system: Running) -> Iterator[httpx.Client]:
    """A plain HTTP client of the running system; a test fails on an error that the contract doesn't declare.

    It also fails on a response whose status or headers differ from the OpenAPI document.
    """
    with httpx.Client(
        base_url=system.endpoints.url("gateway"),
        timeout=15,
        event_hooks={"response": [check_response, check_documented]},
    ) as client:
        yield client


@pytest.fixture
def shop(rest: httpx.Client) -> ShopClient:
    return ShopClient(rest)


@pytest.fixture
def user() -> str:
    """The id of a user that no other test uses."""
    return str(uuid4())
