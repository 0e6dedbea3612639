"""Methods that stream their responses, with each implementation of gRPC, as grpcio's client sees them."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import grpc
import pytest
from google.protobuf.wrappers_pb2 import StringValue
from google.rpc.error_details_pb2 import ErrorInfo
from grpc_status import rpc_status
from joserfc.jwk import OKPKey

from rpc_access import CALLER_TOKEN, Access, Caller, CallerTokenSigner, CallerTokenVerifier
from rpc_contract.errors import ServiceError
from transactional_grpc.server import EventIds, GrpcTransport, Server, Service, StreamingMethod
from transactional_grpc_tests.unit.echo import NoDatabase

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("late_events_of_grpcio_are_dropped"),
]
SERVICE = "test.v1.LetterService"
ALICE = Caller("alice", frozenset({"letters"}))
BOB = Caller("bob", frozenset({"letters"}))
IDS = EventIds(
    id=lambda response: str(response.value), last_id=lambda request: request.value.partition("!")[2]
)
SECONDS_MAX = 10.0


class Letters:
    """Streams the letters of the request's word; `…` stays open after them, `?` and `§` fail."""

    def __init__(self) -> None:
        self.closed = asyncio.Event()

    async def stream(self, _: Any, request: StringValue) -> AsyncGenerator[StringValue, None]:
        try:
            for letter in request.value.partition("!")[0]:
                if letter == "…":
                    await asyncio.Event().wait()
                if letter == "?":
                    raise missing(request)
                if letter == "§":
                    raise sealed().about(StringValue(value=letter))
                yield StringValue(value=letter)
        finally:
            self.closed.set()


def missing(_: StringValue) -> ServiceError:
    return ServiceError(grpc.StatusCode.NOT_FOUND, "NO_LETTER", "There is no letter.")


def sealed() -> ServiceError:
    return ServiceError(grpc.StatusCode.FAILED_PRECONDITION, "LETTER_SEALED", "It is sealed.")


@pytest.fixture(params=list(GrpcTransport), ids=lambda transport: transport.value)
def transport(request: pytest.FixtureRequest) -> GrpcTransport:
    return cast("GrpcTransport", request.param)


@asynccontextmanager
async def served(
    folder: Path,
    transport: GrpcTransport,
    letters: Letters,
    *,
    access: Access | None = None,
    streams_max: int = 10,
) -> AsyncIterator[tuple[Server, grpc.aio.Channel]]:
    """Yields a server of the letters, and a channel to it; with a rule, it has access control."""
    address = f"unix:{folder}/grpc.sock"
    tokens = CallerTokenVerifier(folder / "jwks.json") if access else None
    server = Server(address, transport, caller_tokens=tokens, streams_max=streams_max)
    method: StreamingMethod[None] = StreamingMethod(
        "Stream", letters.stream, StringValue, StringValue, events=IDS, access=access
    )
    server.add(Service(SERVICE, "letters.test", (method,)), NoDatabase())
    await server.start()
    async with asyncio.timeout(SECONDS_MAX), grpc.aio.insecure_channel(address) as channel:
        yield server, channel
    await server.stop()


def stream(channel: grpc.aio.Channel, word: str, *tokens: str, **options: Any) -> Any:
    rpc: Any = channel.unary_stream(
        f"/{SERVICE}/Stream", StringValue.SerializeToString, StringValue.FromString
    )
    metadata = tuple((CALLER_TOKEN, token) for token in tokens)
    return rpc(StringValue(value=word), metadata=metadata, **options)


async def first(call: Any) -> str:
    response: StringValue = await anext(aiter(call))
    return response.value


async def letters_of(call: Any) -> str:
    return "".join([response.value async for response in call])


async def error_of(call: Any) -> tuple[str, Any, str]:
    """Returns the letters before an error, its code and its reason."""
    letters: list[str] = []
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await _collect(call, letters)
    status = rpc_status.from_call(cast("Any", raised.value))
    assert status is not None
    info = ErrorInfo()
    assert status.details[0].Unpack(info)
    return "".join(letters), raised.value.code(), info.reason


async def _collect(call: Any, letters: list[str]) -> None:
    async for response in call:
        letters.append(response.value)  # noqa: PERF401 - the letters before an error are kept


async def test_responses_come_in_order(tmp_path: Path, transport: GrpcTransport) -> None:
    async with served(tmp_path, transport, Letters()) as (_, channel):
        assert await letters_of(stream(channel, "abc")) == "abc"
        assert await letters_of(stream(channel, "")) == ""


@pytest.mark.parametrize(
    ("word", "letters"), [("abc!a", "bc"), ("aab!a", "ab"), ("abc!b", "abc"), ("a!a", "")]
)
async def test_first_response_is_left_out_if_the_client_has_it(
    tmp_path: Path, transport: GrpcTransport, word: str, letters: str
) -> None:
    async with served(tmp_path, transport, Letters()) as (_, channel):
        assert await letters_of(stream(channel, word)) == letters


async def test_error_after_responses_has_its_status(
    tmp_path: Path, transport: GrpcTransport
) -> None:
    async with served(tmp_path, transport, Letters()) as (_, channel):
        found = await error_of(stream(channel, "ab?"))
    assert found == ("ab", grpc.StatusCode.NOT_FOUND, "NO_LETTER")


async def test_stopping_server_ends_its_streams_at_once(
    tmp_path: Path, transport: GrpcTransport
) -> None:
    letters = Letters()
    async with served(tmp_path, transport, letters) as (server, channel):
        call = stream(channel, "a…")
        assert await first(call) == "a"
        await server.stop()
        found = await error_of(call)
    assert found == ("", grpc.StatusCode.UNAVAILABLE, "SERVICE_UNAVAILABLE")
    assert letters.closed.is_set()


async def test_stream_above_the_bound_is_rejected_and_others_go_on(
    tmp_path: Path, transport: GrpcTransport
) -> None:
    async with served(tmp_path, transport, Letters(), streams_max=2) as (_, channel):
        calls = [stream(channel, "a…"), stream(channel, "b…")]
        assert [await first(call) for call in calls] == ["a", "b"]
        found = await error_of(stream(channel, "c"))
        assert found == ("", grpc.StatusCode.UNAVAILABLE, "SERVICE_UNAVAILABLE")
        calls[0].cancel()
        while True:  # the server learns of the cancellation a moment later
            try:
                assert await letters_of(stream(channel, "c")) == "c"
            except grpc.aio.AioRpcError:
                continue
            break


@pytest.mark.parametrize("options", [{}, {"timeout": 0.2}], ids=["cancelled", "deadline"])
async def test_method_is_closed_when_its_client_leaves(
    tmp_path: Path, transport: GrpcTransport, options: dict[str, float]
) -> None:
    letters = Letters()
    async with served(tmp_path, transport, letters) as (_, channel):
        call = stream(channel, "a…", **options)
        assert await first(call) == "a"
        if not options:
            call.cancel()
        await letters.closed.wait()


@pytest.fixture
def signer(tmp_path: Path) -> CallerTokenSigner:
    key = OKPKey.generate_key("Ed25519", {"kid": "test"}, private=True)
    (tmp_path / "key.json").write_text(json.dumps(key.as_dict(private=True)))
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
    return CallerTokenSigner(tmp_path / "key.json")


@pytest.mark.parametrize(
    "word", ["ab", "ab!a", "a!a"], ids=["new", "resumed", "resumed at its end"]
)
async def test_first_response_of_another_owner_is_hidden(
    tmp_path: Path, transport: GrpcTransport, signer: CallerTokenSigner, word: str
) -> None:
    access = Access(scope="letters", response_owner=lambda _: "alice", hidden_as=missing)
    async with served(tmp_path, transport, Letters(), access=access) as (_, channel):
        await letters_of(stream(channel, word, signer.token(ALICE)))
        found = await error_of(stream(channel, word, signer.token(BOB)))
    assert found == ("", grpc.StatusCode.NOT_FOUND, "NO_LETTER")


async def test_later_response_of_another_owner_ends_the_stream(
    tmp_path: Path, transport: GrpcTransport, signer: CallerTokenSigner
) -> None:
    access = Access(
        scope="letters", response_owner=lambda response: "bob" if response.value == "b" else "alice"
    )
    async with served(tmp_path, transport, Letters(), access=access) as (_, channel):
        found = await error_of(stream(channel, "aab", signer.token(ALICE)))
    assert found == ("aa", grpc.StatusCode.PERMISSION_DENIED, "NOT_OWNER")


async def test_error_about_a_resource_is_hidden_from_others_than_its_owner(
    tmp_path: Path, transport: GrpcTransport, signer: CallerTokenSigner
) -> None:
    access = Access(scope="letters", response_owner=lambda _: "alice", hidden_as=missing)
    async with served(tmp_path, transport, Letters(), access=access) as (_, channel):
        to_owner = await error_of(stream(channel, "§", signer.token(ALICE)))
        to_other = await error_of(stream(channel, "§", signer.token(BOB)))
    assert to_owner == ("", grpc.StatusCode.FAILED_PRECONDITION, "LETTER_SEALED")
    assert to_other == ("", grpc.StatusCode.NOT_FOUND, "NO_LETTER")


async def test_token_scope_and_owner_of_the_request_are_checked(
    tmp_path: Path, transport: GrpcTransport, signer: CallerTokenSigner
) -> None:
    access = Access(scope="letters", owner=lambda request: request.value)
    async with served(tmp_path, transport, Letters(), access=access) as (_, channel):
        reasons = [
            (await error_of(stream(channel, "alice", *tokens)))[2]
            for tokens in ((), (signer.token(Caller("alice")),), (signer.token(BOB),))
        ]
        assert await letters_of(stream(channel, "alice", signer.token(ALICE))) == "alice"
    assert reasons == ["UNAUTHENTICATED", "SCOPE_MISSING", "NOT_OWNER"]
