"""The gRPC server: methods that run in transactions, Idempotency-Keys, and errors as statuses."""

from transactional_grpc.server._idempotency import IDEMPOTENCY_KEY_PURGE
from transactional_grpc.server._rpc import EventIds, Method, Service, StreamingMethod
from transactional_grpc.server._server import Server
from transactional_grpc.server._streams import STREAMS_MAX
from transactional_grpc.server._transport import GrpcTransport, PortInUseError

__all__ = [
    "IDEMPOTENCY_KEY_PURGE",
    "STREAMS_MAX",
    "EventIds",
    "GrpcTransport",
    "Method",
    "PortInUseError",
    "Server",
    "Service",
    "StreamingMethod",
]
