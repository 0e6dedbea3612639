"""The servers of the services, by the names of the services."""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Final

from grpc_gateway_python._errors import StartError
from grpc_gateway_python._upstream.calls import StreamingMethod, Transport, UnaryMethod
from grpc_gateway_python._upstream.grpcio_transport import GrpcioTransport
from grpc_gateway_python._upstream.http2_transport import Http2Transport
from grpc_gateway_python._upstream.targets import Servers


class GrpcTransport(Enum):
    """The implementation of gRPC that calls the services."""

    GRPCIO = "grpcio"
    ASYNCIO = "asyncio"
    """asyncio-grpc-http2, which runs on the event loop without threads of its own."""


TRANSPORTS: Final[Mapping[GrpcTransport, type[Transport]]] = {
    GrpcTransport.GRPCIO: GrpcioTransport,
    GrpcTransport.ASYNCIO: Http2Transport,
}


class NoBackendError(StartError):
    """No backend is set for a service; the text names the service."""


class Backends:
    """The channels to the services. A channel opens at its first use; an unreachable service doesn't fail the start."""

    def __init__(self, targets: Mapping[str, Servers], transport: GrpcTransport) -> None:
        """`targets`: full name of a service, or of a package that contains it → its servers."""
        self._targets = targets
        self._transport = TRANSPORTS[transport]()

    def require(self, services: Iterable[str]) -> None:
        """Checks that a backend is set for each of these services.

        Raises:
            NoBackendError: None is set for one of them.
        """
        for service in services:
            self._target(service)

    def unary(self, service: str, rpc: str) -> UnaryMethod:
        """Returns the function that calls a unary method."""
        return self._transport.unary(self._target(service), rpc)

    def streaming(self, service: str, rpc: str) -> StreamingMethod:
        """Returns the function that calls a method with streamed responses."""
        return self._transport.streaming(self._target(service), rpc)

    async def close(self) -> None:
        """Closes every channel."""
        await self._transport.close()

    def _target(self, service: str) -> Servers:
        name = service
        while name not in self._targets:
            if not name:
                raise NoBackendError(f"no backend is set for {service}")
            name = name.rpartition(".")[0]
        return self._targets[name]
