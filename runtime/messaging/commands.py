"""The commands for schemas and topics."""

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from runtime.messaging import registration
from runtime.messaging.registration import IncompatibleError, Made, Registered
from runtime.messaging.registry import RegistryError, SchemaRegistry
from runtime.messaging.settings import RegistrySettings, kafka_settings
from runtime.messaging.topics import TopicError, Topics
from runtime.settings import SettingsError, load
from shop.streams_kafka import STREAMS

EXPECTED = (SettingsError, RegistryError, TopicError, IncompatibleError)

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.command()
def check() -> None:
    """Check that the Schema Registry would take every contract; change nothing."""
    run(_check())


@app.command()
def register() -> None:
    """Register every contract's schema and make the topics; safe to repeat."""
    run(_register())


def run(command: Coroutine[Any, Any, None]) -> None:
    """Runs a command; what can go wrong ends it with one line and status 1."""
    try:
        asyncio.run(command)
    except EXPECTED as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from None


async def _check() -> None:
    async with SchemaRegistry(load(RegistrySettings)) as registry:
        _print_schemas(await registration.check(STREAMS, registry))


async def _register() -> None:
    topics = Topics(kafka_settings())
    async with SchemaRegistry(load(RegistrySettings)) as registry:
        _print_schemas(await registration.register(STREAMS, registry))
    _print_topics(await registration.create_topics(STREAMS, topics))


def _print_schemas(schemas: list[Registered]) -> None:
    table = Table("Subject", "Version", "Id", "")
    for each in schemas:
        version, schema_id = each.version or "", each.schema_id or ""
        table.add_row(each.subject, str(version), str(schema_id), each.news)
    Console().print(table)


def _print_topics(topics: list[Made]) -> None:
    table = Table("Topic", "Partitions", "")
    for each in topics:
        table.add_row(each.name, str(each.partitions), each.news)
    Console().print(table)
