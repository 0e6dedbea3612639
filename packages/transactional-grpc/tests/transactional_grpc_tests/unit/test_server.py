"""The server, with each implementation of gRPC, as grpcio's client sees it."""

from collections.abc import AsyncIterator
from typing import Any, cast

import grpc
import pytest
from google.protobuf.wrappers_pb2 import StringValue
from google.rpc.error_details_pb2 import ErrorInfo
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_status import rpc_status

from transactional_grpc.server import GrpcTransport, PortInUseError, Server
from transactional_grpc_tests.unit.echo import SERVICE, NoDatabase, echo_service

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.usefixtures("late_events_of_grpcio_are_dropped"),
]
SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


@pytest.fixture(params=list(GrpcTransport), ids=lambda transport: transport.value)
def transport(request: pytest.FixtureRequest) -> GrpcTransport:
    return cast("GrpcTransport", request.param)


@pytest.fixture
async def served(transport: GrpcTransport, tmp_path: Any) -> AsyncIterator[tuple[Server, Any]]:
    address = f"unix:{tmp_path}/grpc.sock"
    server = Server(address, transport)
    server.add(echo_service(), NoDatabase())
    await server.start()
    async with grpc.aio.insecure_channel(address) as channel:
        yield server, channel
    await server.stop()


async def test_rpc_responds(served: tuple[Server, Any]) -> None:
    _, channel = served
    rpc = channel.unary_unary(f"/{SERVICE}/Echo", StringValue.SerializeToString)
    request = StringValue(value="hello")
    assert await rpc(request) == request.SerializeToString()


async def test_service_error_has_code_message_and_details(served: tuple[Server, Any]) -> None:
    _, channel = served
    rpc = channel.unary_unary(f"/{SERVICE}/Echo", StringValue.SerializeToString)
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await rpc(StringValue(value="missing"))
    assert raised.value.code() == grpc.StatusCode.NOT_FOUND
    assert raised.value.details() == "nothing is there: 100 %"
    status = rpc_status.from_call(cast("Any", raised.value))
    assert status is not None
    info = ErrorInfo()
    assert status.details[0].Unpack(info)
    assert (info.reason, info.domain) == ("NOTHING_THERE", "echo.test")


async def test_health_is_serving_once_ready_and_watchers_learn_it(
    served: tuple[Server, Any],
) -> None:
    server, channel = served
    stub: Any = health_pb2_grpc.HealthStub(channel)
    request = health_pb2.HealthCheckRequest()
    watch = stub.Watch(request)
    assert (await stub.Check(request)).status == NOT_SERVING
    assert (await watch.read()).status == NOT_SERVING
    await server.ready()
    assert (await stub.Check(request)).status == SERVING
    assert (await watch.read()).status == SERVING
    watch.cancel()
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await stub.Check(health_pb2.HealthCheckRequest(service="nothing"))
    assert raised.value.code() == grpc.StatusCode.NOT_FOUND


async def test_reflection_lists_the_services(served: tuple[Server, Any]) -> None:
    _, channel = served
    stub: Any = reflection_pb2_grpc.ServerReflectionStub(channel)
    info = stub.ServerReflectionInfo()
    await info.write(reflection_pb2.ServerReflectionRequest(list_services=""))
    response = await info.read()
    assert SERVICE in [found.name for found in response.list_services_response.service]
    await info.done_writing()


async def test_port_in_use_is_an_error_that_names_it(transport: GrpcTransport) -> None:
    listening = grpc.aio.server(options=(("grpc.so_reuseport", 0),))
    address = f"127.0.0.1:{listening.add_insecure_port('127.0.0.1:0')}"
    with pytest.raises(PortInUseError, match=address):
        Server(address, transport)
    await listening.stop(None)
