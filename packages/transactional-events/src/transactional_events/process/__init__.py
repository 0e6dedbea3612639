"""A service's process: its server, its relay and its consumer."""

from transactional_events.process._command import main
from transactional_events.process._process import ServiceProcess
from transactional_events.process._requirements import (
    NotRegisteredError,
    outbox_for,
    schemas_for,
)

__all__ = [
    "NotRegisteredError",
    "ServiceProcess",
    "main",
    "outbox_for",
    "schemas_for",
]
