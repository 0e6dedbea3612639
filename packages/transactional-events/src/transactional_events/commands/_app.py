"""The command line of a system's events: its schemas, its topics, and its undeliverable events."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from transactional_events.commands import _events
from transactional_events.commands._errors import one_line
from transactional_events.kafka import kafka_settings
from transactional_events.registry import RegistrySettings, SchemaRegistry
from transactional_events.streams import Stream
from transactional_events.topics import (
    SchemaState,
    Topics,
    TopicState,
    as_json,
    check_schemas,
    create_topics,
    register_schemas,
    registration_acls,
)
from transactional_grpc.settings import load

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
app.add_typer(_events.app, name="events")


def main(streams: Sequence[Stream], program: str) -> None:
    """Runs the command line.

    Args:
        streams: Every stream of the system: `STREAMS` of the generated `streams_kafka`.
        program: The program's name in usage texts, such as `python -m events`.
    """
    app(obj=tuple(streams), prog_name=program)


@app.command()
def check(context: typer.Context) -> None:
    """Check that the Schema Registry would accept every schema; change nothing."""
    with one_line():
        asyncio.run(_check(context.obj))


@app.command()
def register(
    context: typer.Context,
    *,
    kafka_acls: Annotated[
        bool,
        typer.Option(
            "--kafka-acls",
            help="Print the ACLs that this step's Kafka user needs, as JSON, and exit.",
        ),
    ] = False,
) -> None:
    """Register every schema and create the topics; safe to repeat."""
    if kafka_acls:
        print(as_json(registration_acls(context.obj)))
        return
    with one_line():
        asyncio.run(_register(context.obj))


async def _check(streams: Sequence[Stream]) -> None:
    async with SchemaRegistry(load(RegistrySettings)) as registry:
        _print_schemas(await check_schemas(streams, registry))


async def _register(streams: Sequence[Stream]) -> None:
    topics = Topics(kafka_settings())
    async with SchemaRegistry(load(RegistrySettings)) as registry:
        _print_schemas(await register_schemas(streams, registry))
    _print_topics(await create_topics(streams, topics))


def _print_schemas(schemas: list[SchemaState]) -> None:
    table = Table("Subject", "Version", "Id", "")
    for state in schemas:
        version, schema_id = state.version or "", state.schema_id or ""
        table.add_row(state.subject, str(version), str(schema_id), state.outcome)
    Console().print(table)


def _print_topics(topics: list[TopicState]) -> None:
    table = Table("Topic", "Partitions", "")
    for state in topics:
        table.add_row(state.name, str(state.partitions), state.outcome)
    Console().print(table)
