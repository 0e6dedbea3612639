"""Which errors are retried, and which ones send an event to the dead-letter topic."""

import psycopg
import pytest
from confluent_kafka import KafkaException
from psycopg import errors
from psycopg_pool import PoolTimeout

from transactional_events.inbox import Rejected
from transactional_events.inbox._transient_errors import is_transient
from transactional_events.registry import RegistryError, RegistryUnavailableError


@pytest.mark.parametrize(
    "error",
    [
        psycopg.OperationalError("the connection is closed"),
        errors.AdminShutdown(),
        errors.DeadlockDetected(),
        errors.SerializationFailure(),
        errors.LockNotAvailable(),
        errors.QueryCanceled(),
        errors.UndefinedTable(),
        errors.InsufficientPrivilege(),
        PoolTimeout(),
        KafkaException(),
        RegistryError(),
        RegistryUnavailableError(),
        ConnectionResetError(),
        TimeoutError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_of_servers_and_sql_are_transient(error: Exception) -> None:
    assert is_transient(error)


@pytest.mark.parametrize(
    "error",
    [
        Rejected("never"),
        KeyError("a bug"),
        psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes"),
        psycopg.ProgrammingError("the query has 1 placeholder but 2 parameters were passed"),
        errors.CheckViolation(),
        errors.UniqueViolation(),
        errors.NumericValueOutOfRange(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_of_an_event_are_not_transient(error: Exception) -> None:
    assert not is_transient(error)
