"""The life of a service's process: its settings, readiness, work and drain."""

from transactional_grpc.process._access_control import caller_tokens
from transactional_grpc.process._lifetime import (
    Background,
    Part,
    StoppedError,
    live,
    stop_signal,
    unless,
)
from transactional_grpc.process._settings import ServiceSettings

__all__ = [
    "Background",
    "Part",
    "ServiceSettings",
    "StoppedError",
    "caller_tokens",
    "live",
    "stop_signal",
    "unless",
]
