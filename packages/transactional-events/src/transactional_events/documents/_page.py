"""The page about a system's events, as HTML below a heading: the site that serves it has the frame."""

import json
from datetime import timedelta
from functools import partial
from typing import Any

from markdown_it import MarkdownIt
from markupsafe import Markup

from protoc_plugin_kit.templates import environment
from transactional_events.documents._connection import Connection
from transactional_events.documents._documents import Json
from transactional_events.documents._fields import (
    envelope_fields,
    event_fields,
    wire_example,
    wire_field,
)

BROKER_PLACEHOLDER = "broker.example:9092"
"""Stands in the code of consumers for brokers that are not known."""


def page(document: Json, connection: Connection) -> str:
    """Returns the content of the page.

    Args:
        document: The AsyncAPI document that protoc-gen-kafka-python generates.
        connection: How consumers reach the running system.

    The page has links to `asyncapi.json` beside it, and to the files of `schema_files` in the folder `events`.
    """
    templates = environment("transactional_events.documents")
    template = templates.get_template("page.html.jinja")
    return template.render(
        document=document,
        connection=connection,
        bootstrap_servers=_bootstrap_servers(connection),
        envelope=envelope_fields,
        event_fields=event_fields,
        code=partial(_code, connection),
        wire_example=wire_example,
        markdown=_markdown,
        json=_json,
        kept=_duration,
    )


def _bootstrap_servers(connection: Connection) -> str:
    return ",".join(connection.bootstrap_servers) or BROKER_PLACEHOLDER


def _code(connection: Connection, template: str, channel: Json, message: Json) -> str:
    """Returns the code of a consumer of a topic; one of its messages is an example in the comments."""
    schema = channel["x-schema"]
    return (
        environment("transactional_events.documents")
        .get_template(template)
        .render(
            connection=connection,
            bootstrap_servers=_bootstrap_servers(connection),
            topic=channel["address"],
            file=schema["file"],
            module=schema["file"].removesuffix(".proto"),
            message=channel["title"],
            full_name=schema["message"],
            field=wire_field(message["payload"]),
        )
    )


def _markdown(text: str) -> Markup:
    """Returns a description, which AsyncAPI has in CommonMark, as HTML; HTML in it is shown as text."""
    return Markup(MarkdownIt("commonmark", {"html": False}).render(text))  # noqa: S704 - it escapes


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _duration(milliseconds: int) -> str:
    days, rest = divmod(timedelta(milliseconds=milliseconds), timedelta(days=1))
    return f"{days} days" if days > 1 and not rest else str(timedelta(milliseconds=milliseconds))
