"""The page and the documents about the shop's events, filled in with the addresses of the running system."""

import json
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode

from gateway.settings import comma_separated
from grpc_gateway_python import Document, Page
from transactional_events.documents import Connection, connected, page, schema_files
from transactional_grpc.settings import Address, SettingsError, load

PREFIX: Final = "GATEWAY_EVENTS_"
ASYNCAPI_PATH: Final = "/asyncapi.json"
PAGE_PATH: Final = "/events"
PROTO: Final = "text/plain; charset=utf-8"


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _url(value: str) -> str:
    try:
        urlsplit(value).port  # noqa: B018 - raises if it isn't one
    except ValueError:
        raise ValueError("must be a URL such as https://registry.example:8081") from None
    return value


class EventSettings(BaseSettings, env_prefix=PREFIX):
    """How consumers of the events connect. The page shows it to everybody; the gateway itself doesn't connect."""

    bootstrap_servers: Annotated[list[Address], NoDecode, BeforeValidator(comma_separated)] = Field(
        default_factory=list
    )
    """host:port of the brokers, with commas between them."""
    registry_url: Annotated[
        str, Field(pattern=r"^(https?://[^@?#\s]+)?$"), AfterValidator(_url)
    ] = ""
    """Where Confluent's API of the Schema Registry starts; without user and password."""
    security_protocol: Annotated[
        str, BeforeValidator(_upper), Field(pattern="^(SASL_)?(PLAINTEXT|SSL)$")
    ] = "PLAINTEXT"
    sasl_mechanism: Annotated[str, Field(pattern="^[A-Z0-9-]*$")] = ""
    """How consumers log in, such as SCRAM-SHA-512; with SASL_PLAINTEXT and SASL_SSL only."""


def load_connection() -> Connection:
    """Reads how consumers connect from the environment.

    Raises:
        SettingsError: a setting is wrong; the text names it.
    """
    settings = load(EventSettings)
    try:
        return Connection(
            bootstrap_servers=tuple(settings.bootstrap_servers),
            schema_registry_url=settings.registry_url.rstrip("/"),
            security_protocol=settings.security_protocol,
            sasl_mechanism=settings.sasl_mechanism,
        )
    except ValueError as error:
        field, _, reason = str(error).partition(": ")
        raise SettingsError(f"{PREFIX}{field.upper()}: {reason}") from None


def event_documents(asyncapi: Path, connection: Connection) -> dict[str, Document]:
    """Returns URL path → document: AsyncAPI, and the schemas to which the page links.

    Args:
        asyncapi: The generated document.
        connection: How consumers connect.
    """
    document = connected(json.loads(asyncapi.read_bytes()), connection)
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    version, title = document["asyncapi"], document["info"]["title"]
    schemas = {
        f"{PAGE_PATH}/{name}": Document(
            name, "As registered: it imports google/protobuf only.", schema, PROTO
        )
        for name, schema in schema_files(document).items()
    }
    return {ASYNCAPI_PATH: Document(f"AsyncAPI {version}", title, text), **schemas}


def event_page(asyncapi: Path, connection: Connection) -> Page:
    """Returns the page; the arguments are those of `event_documents`."""
    content = page(json.loads(asyncapi.read_bytes()), connection)
    summary = "The topics with their events, and consumers in Python and JavaScript to copy."
    return Page(PAGE_PATH, "Events", summary, content)
