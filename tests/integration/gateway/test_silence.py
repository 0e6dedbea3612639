"""How long a service may be silent in a stream, with a bound that is shorter than the one in use."""

import asyncio
import json

import grpc
from google.protobuf.wrappers_pb2 import StringValue
from starlette.types import Message

from gateway.backends import Call
from gateway.limits import Limits
from gateway.metadata import HeaderNames
from gateway.requests import ADMIT, MATCH, REQUEST_ID, RequestReader
from gateway.router import Match, Target
from gateway.streams import StreamingEndpoint
from gateway.transcoding import DetailWriter, Operation, PathTemplate
from tests.integration.gateway.backend import SERVICE, Backend

SHORT_SECONDS = 0.2
NAMES = HeaderNames(frozenset(), frozenset())
FADE = Operation(
    write_detail=DetailWriter({}, json_names=False),
    id="Fade",
    service=SERVICE,
    rpc=f"/{SERVICE}/Fade",
    http_method="GET",
    path=PathTemplate(("fade",)),
    status=200,
    body=None,
    read=lambda *_: b"",
    write=lambda data: json.dumps(StringValue.FromString(data).value).encode(),
    streams=True,
)


async def fade(port: int) -> list[Message]:
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        call: Call = channel.unary_stream(FADE.rpc)
        reader = RequestReader(FADE, None, NAMES, Limits())
        endpoint = StreamingEndpoint(FADE, reader, call, NAMES, SHORT_SECONDS)
        match = Match(Target(endpoint, ()), [])
        scope = {"method": "GET", "headers": [], "query_string": b"", "path": "/fade"}
        await endpoint(
            scope | {MATCH: match, ADMIT: lambda: None, REQUEST_ID: b"id"}, receive, send
        )
    return sent


def test_a_service_that_falls_silent_ends_the_stream(backend: Backend) -> None:
    begin, tick, error, end = asyncio.run(asyncio.wait_for(fade(backend.port), timeout=30))
    assert begin["status"] == 200
    assert json.loads(tick["body"]) == {"result": "None"}, "a stream has no deadline of its own"
    assert json.loads(error["body"])["error"]["details"][0]["reason"] == "DEADLINE_EXCEEDED"
    assert not end.get("more_body")
