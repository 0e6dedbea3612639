"""Tells transient errors from those of an event."""

from collections.abc import AsyncIterator

import psycopg
import stamina
from confluent_kafka import KafkaException
from psycopg.errors import TransactionTimeout

from transactional_events.registry import RegistryError
from transactional_grpc.retries import retrying


def is_transient(error: Exception) -> bool:
    """Whether an error is retried without limit, because the event may not be at fault.

    A handler's SQL mistake counts as transient too: an operator can deploy a corrected handler.
    """
    if isinstance(error, psycopg.Error):
        # Values that don't fit, and constraints that they break, stay wrong; so does a call that psycopg
        # itself rejects. An operator can add a missing table or right.
        return not isinstance(error, psycopg.DataError | psycopg.IntegrityError) and (
            error.sqlstate is not None or not isinstance(error, psycopg.ProgrammingError)
        )
    return isinstance(error, KafkaException | RegistryError | OSError)


def is_transient_of_batch(error: Exception) -> bool:
    """Whether an error of several events is retried: a batch that takes too long for a transaction would do so again."""
    return is_transient(error) and not isinstance(error, TransactionTimeout)


def retry_transient_errors() -> AsyncIterator[stamina.Attempt]:
    """Yields attempts until one meets no transient error; each error text is logged once.

    Errors that an operator ends, such as a missing right, count as transient: the event can be handled afterwards.
    """
    return retrying(is_transient)
