"""The app below the path at which another app has mounted it."""

import asyncio
import json

import pytest

from grpc_gateway_python import Gateway, create_app
from grpc_gateway_python_tests.gateway.asgi import ask


@pytest.mark.parametrize("path", ["/mounted/swagger/doc.json", "/swagger/doc.json"])
def test_a_mounted_gateway_serves_paths_with_and_without_the_root_path(
    orders: Gateway, path: str
) -> None:
    response = asyncio.run(ask(create_app(orders), path=path, root_path="/mounted"))
    assert response.status == 200
    assert json.loads(response.body)["basePath"] == "/mounted"


def test_a_path_that_only_begins_like_the_root_path_is_not_below_it(orders: Gateway) -> None:
    response = asyncio.run(
        ask(create_app(orders), path="/mounted2/swagger/doc.json", root_path="/mounted")
    )
    assert response.status == 404
