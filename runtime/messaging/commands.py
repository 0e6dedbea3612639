"""The commands for schemas and topics."""

import asyncio

import typer
from rich.console import Console
from rich.table import Table

from runtime.messaging import event_commands, registration
from runtime.messaging.one_line import one_line
from runtime.messaging.registration import Made, Registered
from runtime.messaging.registry import SchemaRegistry
from runtime.messaging.settings import RegistrySettings, kafka_settings
from runtime.messaging.topics import Topics
from runtime.settings import load
from shop.streams_kafka import STREAMS

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
app.add_typer(event_commands.app, name="events")


@app.command()
def check() -> None:
    """Check that the Schema Registry would take every contract; change nothing."""
    with one_line():
        asyncio.run(_check())


@app.command()
def register() -> None:
    """Register every contract's schema and make the topics; safe to repeat."""
    with one_line():
        asyncio.run(_register())


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
