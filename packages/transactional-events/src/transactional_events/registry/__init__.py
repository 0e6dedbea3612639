"""The Schema Registry's client, and Confluent's wire format."""

from transactional_events.registry._client import (
    RegistryError,
    RegistryUnavailableError,
    SchemaRegistry,
)
from transactional_events.registry._known_schemas import KnownSchemas
from transactional_events.registry._schemas import Import, Schema, in_order
from transactional_events.registry._settings import RegistrySettings
from transactional_events.registry._wire import WireError, frame, unframe

__all__ = [
    "Import",
    "KnownSchemas",
    "RegistryError",
    "RegistrySettings",
    "RegistryUnavailableError",
    "Schema",
    "SchemaRegistry",
    "WireError",
    "frame",
    "in_order",
    "unframe",
]
