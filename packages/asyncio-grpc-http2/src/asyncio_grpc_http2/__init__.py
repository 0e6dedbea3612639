"""gRPC over HTTP/2 for asyncio."""

from asyncio_grpc_http2._status import StatusCode

__all__ = ["StatusCode"]
