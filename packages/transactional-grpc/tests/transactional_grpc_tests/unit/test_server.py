"""The server, with each implementation of gRPC, as grpcio's client sees it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar, cast

import grpc
import pytest
from google.protobuf.wrappers_pb2 import StringValue
from google.rpc.error_details_pb2 import ErrorInfo
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_status import rpc_status

from rpc_contract.errors import ServiceError
from transactional_grpc.database import Database, Transaction
from transactional_grpc.server import GrpcTransport, Method, PortInUseError, Server, Service

pytestmark = pytest.mark.anyio
T = TypeVar("T")
SERVICE = "test.v1.EchoService"
SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


class NoDatabase(Database[None]):
    """For methods that need none."""

    def __init__(self) -> None:
        """Opens nothing."""

    async def run(
        self,
        work: Callable[[Transaction[None]], Awaitable[T]],
        *,
        writes: bool = True,
        shared: bool = False,
        correlation_id: str = "",
    ) -> T:
        """Does work without a transaction."""
        return await work(cast("Transaction[None]", None))


async def echo(_: Any, request: StringValue) -> StringValue:
    if request.value == "missing":
        raise ServiceError(grpc.StatusCode.NOT_FOUND, "NOTHING_THERE", "nothing is there: 100 %")
    return request


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=list(GrpcTransport), ids=lambda transport: transport.value)
def transport(request: pytest.FixtureRequest) -> GrpcTransport:
    return cast("GrpcTransport", request.param)


@pytest.fixture
async def served(transport: GrpcTransport, tmp_path: Any) -> AsyncIterator[tuple[Server, Any]]:
    address = f"unix:{tmp_path}/grpc.sock"
    server = Server(address, transport)
    methods = (Method("Echo", echo, StringValue, writes=False, idempotency_scope=""),)
    server.add(Service(SERVICE, "echo.test", methods), NoDatabase())
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
