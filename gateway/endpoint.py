"""Serves one operation: reads the request, calls the method, answers."""

from dataclasses import dataclass
from typing import Final

from gateway.metadata import (
    Metadata,
)

REQUEST_ID: Final = "gateway.request_id"
"""The key of the request id in the ASGI scope."""


@dataclass(frozen=True, slots=True)
class Rpc:
    """A request, ready to be sent to its service."""

    message: bytes
    metadata: Metadata
    timeout_seconds: float
