"""Who may call a method: the server with each implementation of gRPC, and tokens of the real signer."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import grpc
import pytest
from google.protobuf.wrappers_pb2 import StringValue
from google.rpc.error_details_pb2 import ErrorInfo
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_status import rpc_status
from joserfc.jwk import OKPKey
from structlog.testing import capture_logs

from rpc_access import CALLER_TOKEN, Access, Caller, CallerTokenSigner, CallerTokenVerifier
from rpc_contract.errors import ServiceError
from transactional_grpc.server import GrpcTransport, Server
from transactional_grpc_tests.unit.echo import SERVICE, NoDatabase, echo_service

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("late_events_of_grpcio_are_dropped"),
]
ALICE = Caller("alice", frozenset({"echo"}))
BOB = Caller("bob", frozenset({"echo"}))
OWNED = Access(scope="echo", owner=lambda request: request.value)


def hidden(request: StringValue) -> ServiceError:
    return ServiceError(
        grpc.StatusCode.NOT_FOUND, "NO_ECHO", f"No {request.value}.", {"value": request.value}
    )


@pytest.fixture(params=list(GrpcTransport), ids=lambda transport: transport.value)
def transport(request: pytest.FixtureRequest) -> GrpcTransport:
    return cast("GrpcTransport", request.param)


@pytest.fixture
def signer(tmp_path: Path) -> CallerTokenSigner:
    key = OKPKey.generate_key("Ed25519", {"kid": "test"}, private=True)
    (tmp_path / "key.json").write_text(json.dumps(key.as_dict(private=True)))
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
    return CallerTokenSigner(tmp_path / "key.json")


@asynccontextmanager
async def served(
    folder: Path, transport: GrpcTransport, access: Access | None, *, reflection: bool = False
) -> AsyncIterator[grpc.aio.Channel]:
    """Yields a channel to a server with access control."""
    address = f"unix:{folder}/grpc.sock"
    tokens = CallerTokenVerifier(folder / "jwks.json")
    server = Server(address, transport, caller_tokens=tokens, reflection=reflection)
    server.add(echo_service(access), NoDatabase())
    await server.start()
    async with grpc.aio.insecure_channel(address) as channel:
        yield channel
    await server.stop()


async def echo(channel: grpc.aio.Channel, value: str, *tokens: str) -> str:
    rpc: Any = channel.unary_unary(
        f"/{SERVICE}/Echo", StringValue.SerializeToString, StringValue.FromString
    )
    metadata = tuple((CALLER_TOKEN, token) for token in tokens)
    response: StringValue = await rpc(StringValue(value=value), metadata=metadata)
    return response.value


async def rejection(channel: grpc.aio.Channel, value: str, *tokens: str) -> tuple[Any, str, str]:
    """Returns the code, the reason and the message of a call that must fail."""
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await echo(channel, value, *tokens)
    status = rpc_status.from_call(cast("Any", raised.value))
    assert status is not None
    info = ErrorInfo()
    assert status.details[0].Unpack(info)
    return raised.value.code(), info.reason, status.message


async def test_caller_with_scope_and_ownership_is_served(
    tmp_path: Path, transport: GrpcTransport, signer: CallerTokenSigner
) -> None:
    async with served(tmp_path, transport, OWNED) as channel:
        assert await echo(channel, "alice", signer.token(ALICE)) == "alice"


async def test_missing_malformed_and_repeated_tokens_get_one_error(
    tmp_path: Path, transport: GrpcTransport, signer: CallerTokenSigner
) -> None:
    token = signer.token(ALICE)
    with capture_logs() as logs:
        async with served(tmp_path, transport, OWNED) as channel:
            found = {
                await rejection(channel, "alice", *tokens)
                for tokens in ((), ("",), ("x.y.z",), (token[:-9],), (token, token))
            }
    expected = (
        grpc.StatusCode.UNAUTHENTICATED,
        "UNAUTHENTICATED",
        "The request has no valid token.",
    )
    assert found == {expected}
    rejected = [entry for entry in logs if entry["event"] == "access rejected"]
    assert [entry["reason"] for entry in rejected] == ["UNAUTHENTICATED"] * 5
    assert not any(token[:-9] in str(entry) or "x.y.z" in str(entry) for entry in rejected)


async def test_token_is_checked_before_the_request(
    tmp_path: Path, transport: GrpcTransport, signer: CallerTokenSigner
) -> None:
    async with served(tmp_path, transport, OWNED) as channel:
        rpc: Any = channel.unary_unary(f"/{SERVICE}/Echo")
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await rpc(b"\xff\xff")
        assert raised.value.code() == grpc.StatusCode.UNAUTHENTICATED
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await rpc(b"\xff\xff", metadata=((CALLER_TOKEN, signer.token(ALICE)),))
        assert raised.value.code() == grpc.StatusCode.INVALID_ARGUMENT


async def test_missing_scope_is_named_and_logged_with_the_subject(
    tmp_path: Path, transport: GrpcTransport, signer: CallerTokenSigner
) -> None:
    with capture_logs() as logs:
        async with served(tmp_path, transport, OWNED) as channel:
            found = await rejection(channel, "eve", signer.token(Caller("eve", frozenset({"e"}))))
    assert found == (
        grpc.StatusCode.PERMISSION_DENIED,
        "SCOPE_MISSING",
        "The token does not grant the scope echo.",
    )
    (entry,) = [entry for entry in logs if entry["event"] == "access rejected"]
    assert (entry["reason"], entry["subject"]) == ("SCOPE_MISSING", "eve")


async def test_request_of_another_owner_is_rejected(
    tmp_path: Path, transport: GrpcTransport, signer: CallerTokenSigner
) -> None:
    async with served(tmp_path, transport, OWNED) as channel:
        code, reason, _ = await rejection(channel, "alice", signer.token(BOB))
    assert (code, reason) == (grpc.StatusCode.PERMISSION_DENIED, "NOT_OWNER")


async def test_response_of_another_owner_is_hidden_by_the_declared_error(
    tmp_path: Path, transport: GrpcTransport, signer: CallerTokenSigner
) -> None:
    access = Access(scope="echo", response_owner=lambda response: response.value, hidden_as=hidden)
    async with served(tmp_path, transport, access) as channel:
        assert await echo(channel, "alice", signer.token(ALICE)) == "alice"
        found = await rejection(channel, "alice", signer.token(BOB))
    assert found == (grpc.StatusCode.NOT_FOUND, "NO_ECHO", "No alice.")


async def test_error_about_a_resource_is_hidden_from_others_than_its_owner(
    tmp_path: Path, transport: GrpcTransport, signer: CallerTokenSigner
) -> None:
    access = Access(scope="echo", response_owner=lambda response: response.value, hidden_as=hidden)
    async with served(tmp_path, transport, access) as channel:
        to_owner = await rejection(channel, "alice's secret", signer.token(ALICE))
        to_other = await rejection(channel, "alice's secret", signer.token(BOB))
    assert to_owner == (grpc.StatusCode.FAILED_PRECONDITION, "SECRET", "It can't be told.")
    assert to_other == (grpc.StatusCode.NOT_FOUND, "NO_ECHO", "No alice's secret.")


async def test_error_that_names_no_resource_is_hidden_where_responses_have_an_owner(
    tmp_path: Path, transport: GrpcTransport, signer: CallerTokenSigner
) -> None:
    token = signer.token(ALICE)
    access = Access(scope="echo", response_owner=lambda response: response.value, hidden_as=hidden)
    async with served(tmp_path, transport, access) as channel:
        assert (await rejection(channel, "missing", token))[1] == "NO_ECHO"
        assert (await rejection(channel, "missing", signer.token(BOB)))[1] == "NO_ECHO"


async def test_error_of_a_method_whose_responses_have_no_owner_passes(
    tmp_path: Path, transport: GrpcTransport, signer: CallerTokenSigner
) -> None:
    async with served(tmp_path, transport, OWNED) as channel:
        missing = Caller("missing", frozenset({"echo"}))
        assert (await rejection(channel, "missing", signer.token(missing)))[1] == "NOTHING_THERE"


async def test_public_method_needs_no_token(
    tmp_path: Path, transport: GrpcTransport, signer: CallerTokenSigner
) -> None:
    async with served(tmp_path, transport, Access(public=True)) as channel:
        assert await echo(channel, "hello") == "hello"
        assert await echo(channel, "hello", "nonsense") == "hello"


async def test_method_without_a_rule_is_closed(
    tmp_path: Path, transport: GrpcTransport, signer: CallerTokenSigner
) -> None:
    async with served(tmp_path, transport, None) as channel:
        code, reason, _ = await rejection(channel, "alice", signer.token(ALICE))
        assert (code, reason) == (grpc.StatusCode.PERMISSION_DENIED, "METHOD_CLOSED")
        assert (await rejection(channel, "alice"))[1] == "UNAUTHENTICATED"


async def test_health_is_open_and_reflection_is_as_set(
    tmp_path: Path, transport: GrpcTransport, signer: CallerTokenSigner
) -> None:
    for reflection in (False, True):
        async with served(tmp_path, transport, OWNED, reflection=reflection) as channel:
            health: Any = health_pb2_grpc.HealthStub(channel)
            assert (await health.Check(health_pb2.HealthCheckRequest())).status
            assert await lists_services(channel) is reflection


async def lists_services(channel: Any) -> bool:
    stub: Any = reflection_pb2_grpc.ServerReflectionStub(channel)
    request = reflection_pb2.ServerReflectionRequest(list_services="")
    try:
        return bool([response async for response in stub.ServerReflectionInfo(iter([request]))])
    except grpc.aio.AioRpcError:
        return False
