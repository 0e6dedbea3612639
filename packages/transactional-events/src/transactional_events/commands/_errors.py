"""What goes wrong in a command is one line, without a traceback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from confluent_kafka import KafkaException
from psycopg import OperationalError

from transactional_events.dead_letters import ReplayError, UnknownEventError
from transactional_events.registry import RegistryError
from transactional_events.topics import IncompatibleError, TopicError
from transactional_grpc.settings import SettingsError

EXPECTED = (
    IncompatibleError,
    OperationalError,
    RegistryError,
    ReplayError,
    SettingsError,
    TopicError,
    UnknownEventError,
)


@contextmanager
def one_line() -> Iterator[None]:
    """Ends the command with status 1 when something goes wrong."""
    try:
        yield
    except EXPECTED as error:
        reason = str(error).strip()
    except KafkaException as error:
        reason = f"Kafka: {error.args[0].str()}"
    else:
        return
    print(reason, file=sys.stderr)
    raise typer.Exit(1)
