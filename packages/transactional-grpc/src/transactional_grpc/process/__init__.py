"""The life of a service's process: its settings, readiness, work and drain."""

from transactional_grpc.process._lifetime import (
    Background,
    Part,
    StoppedError,
    live,
    stop_signal,
    unless,
)
from transactional_grpc.process._server import server_of
from transactional_grpc.process._settings import ServiceSettings

__all__ = [
    "Background",
    "Part",
    "ServiceSettings",
    "StoppedError",
    "live",
    "server_of",
    "stop_signal",
    "unless",
]
