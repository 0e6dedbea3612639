"""The command line of a system's events."""

from transactional_events.commands._app import main

__all__ = [
    "main",
]
