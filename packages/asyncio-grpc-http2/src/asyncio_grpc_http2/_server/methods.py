"""The methods that a server has. They come as grpcio's generated code registers them, without its import."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from asyncio_grpc_http2._grpc.metadata import Metadata, metadata_of
from asyncio_grpc_http2._http2 import Headers


class MethodHandler(Protocol):
    """One method, such as a `grpc.RpcMethodHandler`. Only the function of its kind is set."""

    request_streaming: bool
    response_streaming: bool
    request_deserializer: Callable[[bytes], Any] | None
    response_serializer: Callable[[Any], bytes] | None
    unary_unary: Callable[..., Any] | None
    unary_stream: Callable[..., Any] | None
    stream_unary: Callable[..., Any] | None
    stream_stream: Callable[..., Any] | None


@dataclass(slots=True, kw_only=True)
class RpcMethodHandler:
    """A method for those that don't use grpcio. Without serializers, messages are bytes.

    `unary_unary` and `stream_unary` are coroutine functions that return the response. `unary_stream` and
    `stream_stream` are asynchronous generators, or coroutine functions that call `ServicerContext.write`.
    They get the request, or an asynchronous iterator of requests, and the `ServicerContext`.
    """

    request_streaming: bool = False
    response_streaming: bool = False
    request_deserializer: Callable[[bytes], Any] | None = None
    response_serializer: Callable[[Any], bytes] | None = None
    unary_unary: Callable[..., Any] | None = None
    unary_stream: Callable[..., Any] | None = None
    stream_unary: Callable[..., Any] | None = None
    stream_stream: Callable[..., Any] | None = None


class HandlerCallDetails(NamedTuple):
    """What a generic handler chooses the method by."""

    method: str
    invocation_metadata: Metadata


class GenericHandler(Protocol):
    """A `grpc.GenericRpcHandler`."""

    def service(self, handler_call_details: Any, /) -> MethodHandler | None:
        """Returns the handler of a path, or None."""


@dataclass(frozen=True, slots=True)
class Method:
    """A method as calls need it."""

    function: Callable[..., Any]
    request_streaming: bool
    response_streaming: bool
    deserialize: Callable[[bytes], Any]
    serialize: Callable[[Any], bytes]

    @classmethod
    def of(cls, handler: MethodHandler) -> "Method":
        """Picks the function of the handler's kind."""
        name = "_".join(
            "stream" if streaming else "unary"
            for streaming in (handler.request_streaming, handler.response_streaming)
        )
        return cls(
            getattr(handler, name),
            handler.request_streaming,
            handler.response_streaming,
            handler.request_deserializer or _unchanged,
            handler.response_serializer or _unchanged,
        )


def _unchanged(message: bytes) -> bytes:
    return message


class Methods:
    """Methods by path."""

    def __init__(self) -> None:
        self._registered: dict[str, Method] = {}
        self._generic: list[GenericHandler] = []
        self.get = self._registered.get
        """Returns the registered method of a path, or None."""

    def register(self, service: str, handlers: Mapping[str, MethodHandler]) -> None:
        """Adds the methods of a service."""
        for name, handler in handlers.items():
            self._registered[f"/{service}/{name}"] = Method.of(handler)

    def add_generic(self, handler: GenericHandler) -> None:
        """Adds a handler that is asked for each path that isn't registered."""
        self._generic.append(handler)

    def find(self, path: str, headers: Headers) -> Method | None:
        """Returns the method that a generic handler has for the path, or None.

        Raises:
            ValueError: the metadata is invalid.
        """
        metadata = metadata_of(headers) if self._generic else ()
        for generic in self._generic:
            handler = generic.service(HandlerCallDetails(path, metadata))
            if handler is not None:
                return Method.of(handler)
        return None
