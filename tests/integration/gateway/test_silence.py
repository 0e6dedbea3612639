"""Streams that end before their service ends them: how long it may be silent, and the gateway's end."""

import asyncio
import json

from google.protobuf.wrappers_pb2 import StringValue
from starlette.types import Message, Scope

from grpc_gateway_python import GrpcTransport, HeaderNames, Limits, Servers
from grpc_gateway_python._requests.reader import OperationRequestReader
from grpc_gateway_python._requests.router import Match, Target
from grpc_gateway_python._responses.scope import ADMIT, MATCH, REQUEST_ID
from grpc_gateway_python._upstream.backends import Backends
from grpc_gateway_python._upstream.streamed_response import StreamRules
from grpc_gateway_python._upstream.streaming import OpenStreams, StreamingEndpoint
from grpc_gateway_python.transcoding import DetailWriter, Operation, PathTemplate
from tests.integration.gateway.backend import SERVICE, Backend
from tests.integration.gateway.conftest import BOTH

pytestmark = BOTH

SHORT_SECONDS = 0.2
LONG_SECONDS = 60.0
NAMES = HeaderNames(frozenset(), frozenset())
FADE = Operation(
    write_detail=DetailWriter(dict, json_names=False),
    id="Fade",
    service=SERVICE,
    rpc=f"/{SERVICE}/Fade",
    http_method="GET",
    path=PathTemplate(("fade",)),
    status=200,
    body=None,
    read=lambda *_: b"",
    write=lambda data: json.dumps(StringValue.FromString(data).value).encode(),
    request=StringValue,
    response=StringValue,
    is_streaming=True,
)


class Client:
    """Reads a stream in the same process."""

    def __init__(self, transport: GrpcTransport) -> None:
        self.got: list[Message] = []
        self.tick = asyncio.Event()
        self._transport = transport

    async def read(self, port: int, silence_seconds_max: float) -> None:
        backends = Backends({SERVICE: Servers(f"127.0.0.1:{port}")}, self._transport)
        try:
            await self._read(backends, silence_seconds_max)
        finally:
            await backends.close()

    async def _read(self, backends: Backends, silence_seconds_max: float) -> None:
        limits = Limits(stream_silence_seconds_max=silence_seconds_max)
        endpoint = StreamingEndpoint(
            StreamRules(FADE, NAMES, "test", None),
            OperationRequestReader(FADE, None, NAMES, limits),
            backends.streaming(SERVICE, FADE.rpc),
            OpenStreams(1),
            limits,
        )
        match = Match(Target(endpoint, ()), [])
        scope: Scope = {"method": "GET", "headers": [], "query_string": b"", "path": "/fade"}
        scope.update({MATCH: match, ADMIT: lambda: None, REQUEST_ID: b"id"})
        await endpoint(scope, self._receive, self._send)

    async def _receive(self) -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def _send(self, message: Message) -> None:
        self.got.append(message)
        if message.get("body"):
            self.tick.set()


def reason_of(message: Message) -> str:
    return str(json.loads(message["body"])["error"]["details"][0]["reason"])


def test_a_service_that_falls_silent_ends_the_stream(
    backend: Backend, transport: GrpcTransport
) -> None:
    client = Client(transport)
    asyncio.run(asyncio.wait_for(client.read(backend.port, SHORT_SECONDS), timeout=30))
    begin, tick, error, end = client.got
    assert begin["status"] == 200
    assert json.loads(tick["body"]) == {"result": "None"}, "a stream has no deadline of its own"
    assert reason_of(error) == "DEADLINE_EXCEEDED"
    assert not end.get("more_body")


def test_a_gateway_that_stops_during_a_stream_ends_it_with_an_error(
    backend: Backend, transport: GrpcTransport
) -> None:
    client = Client(transport)

    async def scenario() -> None:
        reading = asyncio.create_task(client.read(backend.port, LONG_SECONDS))
        await client.tick.wait()
        reading.cancel()
        await reading

    asyncio.run(asyncio.wait_for(scenario(), timeout=30))
    *_, error, end = client.got
    assert reason_of(error) == "SERVICE_UNAVAILABLE"
    assert not end.get("more_body")
