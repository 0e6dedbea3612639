"""The documents for those who consume a system's events, filled in with the addresses of the running system."""

from transactional_events.documents._connection import Connection
from transactional_events.documents._documents import Json, connected, schema_files
from transactional_events.documents._page import page

__all__ = ["Connection", "Json", "connected", "page", "schema_files"]
