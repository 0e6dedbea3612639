"""Tells trouble, which passes, from what fails however often it is tried."""

from collections.abc import AsyncIterator

import psycopg
import stamina
from confluent_kafka import KafkaException

from runtime.messaging.registry import RegistryError

WAIT_SECONDS_MIN = 0.1
WAIT_SECONDS_MAX = 5.0


def is_trouble(error: Exception) -> bool:
    """Whether the database, the broker, the registry or the network is at fault, not the event."""
    if isinstance(error, psycopg.Error):
        # Values that don't fit, and constraints that they break, stay wrong; so does a call that psycopg
        # itself refuses. A missing table or right is the operator's to mend.
        return not isinstance(error, psycopg.DataError | psycopg.IntegrityError) and (
            error.sqlstate is not None or not isinstance(error, psycopg.ProgrammingError)
        )
    return isinstance(error, KafkaException | RegistryError | OSError)


def until_it_passes() -> AsyncIterator[stamina.Attempt]:
    """Attempts again and again, less and less eagerly, until there is no trouble."""
    return stamina.retry_context(
        on=is_trouble,
        attempts=None,
        timeout=None,
        wait_initial=WAIT_SECONDS_MIN,
        wait_max=WAIT_SECONDS_MAX,
    ).__aiter__()
