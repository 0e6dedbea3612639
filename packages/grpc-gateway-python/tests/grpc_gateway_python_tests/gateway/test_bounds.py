"""Bounds on bodies, heads and requests in progress."""

import asyncio
import json
from collections.abc import Iterator

import pytest
from starlette.types import Message, Receive, Scope, Send

from grpc_gateway_python._limits import Limits
from grpc_gateway_python._requests.bodies import read_body
from grpc_gateway_python._responses.errors import ClientGoneError, GatewayError
from grpc_gateway_python._responses.scope import ADMIT
from grpc_gateway_python_tests.gateway.asgi import AppResponse, around, ask


def receiving(messages: list[Message]) -> Receive:
    left: Iterator[Message] = iter(messages)

    async def receive() -> Message:
        for message in left:
            return message
        await asyncio.Event().wait()
        raise AssertionError

    return receive


def chunk(body: bytes, *, more: bool = True) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def read(messages: list[Message], **headers: str) -> bytes:
    raw = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    return asyncio.run(
        read_body(receiving(messages), raw, bytes_max=10, seconds_max=0.5, seconds_left=0.05)
    )


def test_a_body_in_several_chunks_is_joined() -> None:
    assert read([chunk(b"01234"), chunk(b"56789", more=False)]) == b"0123456789"


@pytest.mark.parametrize("length", ["11", "9" * 5000, "0011"])
def test_a_body_announced_too_large_is_not_read(length: str) -> None:
    with pytest.raises(GatewayError) as caught:
        read([], content_length=length)
    assert caught.value.error.http_status == 413


def test_a_body_that_grows_too_large_is_not_read_on() -> None:
    with pytest.raises(GatewayError) as caught:
        read([chunk(b"012345"), chunk(b"67890")])
    assert caught.value.error.http_status == 413


def test_a_body_that_comes_too_slowly_is_rejected() -> None:
    with pytest.raises(GatewayError) as caught:
        read([chunk(b"01")])
    assert caught.value.error.http_status == 408
    assert caught.value.error.metadata == {"seconds_max": "0.5"}


def test_nothing_is_sent_to_a_client_that_is_gone() -> None:
    with pytest.raises(ClientGoneError):
        read([chunk(b"01"), {"type": "http.disconnect"}])


async def failing(_: Scope, __: Receive, ___: Send) -> None:
    raise RuntimeError("secret")


def test_a_failure_does_not_reveal_its_cause() -> None:
    response = asyncio.run(ask(around(failing)))
    assert response.status == 500
    assert b"secret" not in response.body
    assert json.loads(response.body)["details"][0]["reason"] == "INTERNAL_ERROR"
    assert response.headers[b"x-request-id"]


async def admitting(scope: Scope, _: Receive, __: Send) -> None:
    scope[ADMIT]()


def test_too_many_requests_in_progress_are_rejected() -> None:
    response = asyncio.run(ask(around(admitting, requests_max=0)))
    assert (response.status, response.headers[b"retry-after"]) == (503, b"1")


def test_a_request_that_outlasts_the_gateway_is_rejected() -> None:
    async def scenario() -> AppResponse:
        begun = asyncio.Event()

        async def waiting(_: Scope, __: Receive, ___: Send) -> None:
            begun.set()
            await asyncio.Event().wait()

        request = asyncio.create_task(ask(around(waiting)))
        await begun.wait()
        request.cancel()
        return await request

    response = asyncio.run(scenario())
    assert (response.status, response.headers[b"connection"]) == (503, b"close")


def test_a_large_head_is_rejected() -> None:
    edge = around(failing, limits=Limits(head_bytes_max=100))
    assert asyncio.run(ask(edge, [(b"x", b"y" * 100)])).status == 431
