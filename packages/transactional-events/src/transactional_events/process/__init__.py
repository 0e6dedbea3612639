"""A service's process: its server, its relay and its consumer."""

from transactional_events.process._command import main
from transactional_events.process._process import ServiceProcess

__all__ = [
    "ServiceProcess",
    "main",
]
