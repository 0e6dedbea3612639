"""Tells trouble, which passes, from what fails however often it is tried."""

from collections.abc import AsyncIterator

import psycopg
import stamina
from confluent_kafka import KafkaException

from transactional_events.registry._client import RegistryError
from transactional_grpc.retries import waiting_out


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
    """Attempts again and again until there is no trouble; what it is, is logged once.

    An operator's mistake that happens meanwhile, such as a right that was taken away, is waited out
    too: the event is as good as before once that is mended.
    """
    return waiting_out(is_trouble)
