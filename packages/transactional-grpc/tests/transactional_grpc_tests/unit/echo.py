"""A service of one method that needs no database, for tests of the server."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

import grpc
from google.protobuf.wrappers_pb2 import StringValue
from psycopg import AsyncConnection

from rpc_access import Access
from rpc_contract.errors import ServiceError
from transactional_grpc.database import Database, Transaction
from transactional_grpc.server import Method, Service

T = TypeVar("T")
SERVICE = "test.v1.EchoService"


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
        tx = Transaction(None, cast("AsyncConnection[Any]", None), datetime.now(UTC))
        result = await work(tx)
        tx.committed(())
        return result


async def echo(_: Any, request: StringValue) -> StringValue:
    """Returns the request, or the error that it asks for."""
    if request.value == "missing":
        raise ServiceError(grpc.StatusCode.NOT_FOUND, "NOTHING_THERE", "nothing is there: 100 %")
    if request.value.endswith("'s secret"):
        error = ServiceError(grpc.StatusCode.FAILED_PRECONDITION, "SECRET", "It can't be told.")
        raise error.about(StringValue(value=request.value.removesuffix("'s secret")))
    return request


def echo_service(access: Access | None = None) -> Service[None]:
    """Returns the service; its method has this access rule."""
    method = Method(
        "Echo",
        echo,
        StringValue,
        StringValue,
        writes=False,
        idempotency_scope="",
        access=access,
    )
    return Service(SERVICE, "echo.test", (method,))
