import grpc
import pytest
from psycopg import OperationalError
from psycopg.errors import IdleInTransactionSessionTimeout, ReadOnlySqlTransaction
from psycopg_pool import PoolTimeout

from runtime.status import refusal_of


@pytest.mark.parametrize(
    "error",
    [
        OperationalError(),
        IdleInTransactionSessionTimeout(),
        ReadOnlySqlTransaction(),
        PoolTimeout(),
    ],
)
def test_a_database_that_is_away_makes_the_service_unavailable(error: Exception) -> None:
    assert refusal_of(error).code is grpc.StatusCode.UNAVAILABLE


def test_what_nobody_foresaw_is_an_internal_error() -> None:
    assert refusal_of(RuntimeError("password")).code is grpc.StatusCode.INTERNAL
    assert "password" not in refusal_of(RuntimeError("password")).message
