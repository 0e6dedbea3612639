import grpc
import pytest
from psycopg import OperationalError
from psycopg.errors import (
    DiskFull,
    IdleInTransactionSessionTimeout,
    InsufficientPrivilege,
    ReadOnlySqlTransaction,
    UndefinedTable,
)
from psycopg_pool import PoolTimeout
from structlog.testing import capture_logs

from transactional_grpc.server._status import ErrorStatuses


@pytest.mark.parametrize(
    "error",
    [
        OperationalError(),
        IdleInTransactionSessionTimeout(),
        ReadOnlySqlTransaction(),
        PoolTimeout(),
        DiskFull(),
        UndefinedTable(),
        InsufficientPrivilege(),
    ],
)
def test_a_database_that_is_away_makes_the_service_unavailable(error: Exception) -> None:
    assert ErrorStatuses("shop").error(error).code is grpc.StatusCode.UNAVAILABLE


def test_an_unexpected_exception_is_an_internal_error() -> None:
    error = ErrorStatuses("shop").error(RuntimeError("password"))
    assert error.code is grpc.StatusCode.INTERNAL
    assert "password" not in error.message


def test_an_operators_mistake_is_logged_once_with_its_remedy() -> None:
    statuses = ErrorStatuses("shop")
    with capture_logs() as logs:
        for _ in range(3):
            statuses.error(InsufficientPrivilege("permission denied for table orders"))
    assert [entry["error"] for entry in logs] == [
        "permission denied for table orders: let the owner grant the rights on tables and sequences to the service's role"
    ]
