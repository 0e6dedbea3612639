"""The implementations of gRPC that serve RPCs; both have the interface of `grpc.aio.Server`."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

import grpc

import asyncio_grpc_http2

MESSAGE_BYTES_MAX = 4 * 1024 * 1024
METADATA_BYTES_MAX = 64 * 1024
"""Metadata of one RPC, counted as HTTP/2 does: what fits into the gateway's 16 KiB of headers fits here."""
CONCURRENT_RPCS_MAX = 1000
"""Unary RPCs in progress at once; more are rejected with RESOURCE_EXHAUSTED."""
PROBE_INTERVAL_MS_MIN = 500
"""grpcio's server closes connections whose clients probe more often."""
CONNECTION_AGE_SECONDS_MAX = 5.0
"""The maximum age of a connection. Clients then look the name up again, so that new copies get their share
of calls. Calls in progress end on the old connection, however long they take."""


class GrpcTransport(Enum):
    """The implementation of gRPC."""

    GRPCIO = "grpcio"
    ASYNCIO = "asyncio"
    """asyncio-grpc-http2, which runs on the event loop without threads of its own."""


@dataclass(slots=True)
class RpcLimit:
    """Bounds the unary RPCs in progress. The transports count streams, too, so their own bound is higher."""

    left: int = CONCURRENT_RPCS_MAX


class PortInUseError(Exception):
    """The address cannot be listened on; the text names it."""


def listening_server(address: str, transport: GrpcTransport, streams_max: int) -> Any:
    """Returns a server that is bound to an address.

    Args:
        address: host:port to listen on.
        transport: The implementation of gRPC.
        streams_max: How many streams there may be beside unary RPCs.

    Raises:
        PortInUseError: the address can't be bound.
    """
    make = _grpcio_server if transport is GrpcTransport.GRPCIO else _asyncio_server
    server: Any = make(CONCURRENT_RPCS_MAX + streams_max)
    try:
        server.add_insecure_port(address)
    except (RuntimeError, OSError):
        raise PortInUseError(f"cannot listen on {address}; is the port in use?") from None
    return server


def _grpcio_server(rpcs_max: int) -> grpc.aio.Server:
    return grpc.aio.server(
        maximum_concurrent_rpcs=rpcs_max,
        options=(
            ("grpc.max_receive_message_length", MESSAGE_BYTES_MAX),
            ("grpc.max_metadata_size", METADATA_BYTES_MAX),
            ("grpc.so_reuseport", 0),
            ("grpc.max_connection_age_ms", int(CONNECTION_AGE_SECONDS_MAX * 1000)),
            # Clients that spread their calls over copies probe each of them.
            ("grpc.http2.min_recv_ping_interval_without_data_ms", PROBE_INTERVAL_MS_MIN),
            ("grpc.keepalive_permit_without_calls", 1),
            # Pings that a busy machine delays arrive together: that is no abuse.
            ("grpc.http2.max_ping_strikes", 0),
        ),
    )


def _asyncio_server(rpcs_max: int) -> asyncio_grpc_http2.Server:
    return asyncio_grpc_http2.Server(
        asyncio_grpc_http2.ServerOptions(
            maximum_concurrent_rpcs=rpcs_max,
            message_bytes_max=MESSAGE_BYTES_MAX,
            metadata_bytes_max=METADATA_BYTES_MAX,
            connection_age_seconds=CONNECTION_AGE_SECONDS_MAX,
        )
    )
