"""A real gRPC server for the gateway's tests, on a thread and an event loop of its own."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from typing import Any

import grpc
from google.api.httpbody_pb2 import HttpBody
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration
from google.protobuf.empty_pb2 import Empty
from google.protobuf.wrappers_pb2 import Int32Value, StringValue
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status
from grpc_status import rpc_status

SERVICE = "ticks.v1.TicksService"
ECHOES = ("ticks.v2.TicksService", "gateway.v1.EchoService")
TICK = "x" * 64 * 1024
WORDS = "the stock of ink is empty"
CODES = {code.value[0]: code for code in grpc.StatusCode}
Context = grpc.aio.ServicerContext[Any, Any]


class Backend:
    """Its attributes tell what reached it."""

    def __init__(self) -> None:
        self.ticks = 0
        self.waiting = threading.Event()
        self.cancelled = threading.Event()
        """Set, too, when a stream ends for any reason."""
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=[self._serve()])

    def start(self) -> "Backend":
        self._thread.start()
        assert self._started.wait(timeout=10)
        return self

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()

    async def _serve(self) -> None:
        server = grpc.aio.server()
        handlers = {
            "Count": grpc.unary_stream_rpc_method_handler(
                self._count, Int32Value.FromString, StringValue.SerializeToString
            ),
            "Fade": grpc.unary_stream_rpc_method_handler(
                self._fade, Empty.FromString, StringValue.SerializeToString
            ),
            "Fail": self._unary(self._fail, Int32Value),
            "Wait": self._unary(self._wait, Empty),
            "Reject": self._unary(self._reject, Int32Value),
            "Nothing": self._unary(self._nothing, Empty),
            "Metadata": self._unary(self._metadata, Empty),
            "Raw": self._unary(self._raw, HttpBody),
            "Unbound": self._unary(self._unbound, StringValue),
        }
        echoes: dict[str, Any] = {
            name: grpc.unary_unary_rpc_method_handler(self._echo)
            for name in ("Unbound", "Unbound2")
        }
        services = {SERVICE: handlers, **dict.fromkeys(ECHOES, echoes)}
        server.add_generic_rpc_handlers(
            tuple(grpc.method_handlers_generic_handler(*service) for service in services.items())
        )
        self.port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        self._started.set()
        await self._stop.wait()
        await server.stop(0)

    @staticmethod
    def _unary(method: Any, request: Any) -> Any:
        return grpc.unary_unary_rpc_method_handler(
            method, request.FromString, lambda response: response.SerializeToString()
        )

    async def _count(self, request: Int32Value, context: Context) -> AsyncIterator[StringValue]:
        await context.send_initial_metadata((("ticks", str(request.value)),))
        context.add_done_callback(self._ended)  # type: ignore[arg-type]  # stubs have the client's
        for _ in range(request.value):
            yield StringValue(value=TICK)
            self.ticks += 1

    async def _fade(self, _: Empty, context: Context) -> AsyncIterator[StringValue]:
        yield StringValue(value=str(context.time_remaining()))
        await asyncio.Event().wait()

    async def _fail(self, request: Int32Value, context: Context) -> Empty:
        await context.abort(CODES[request.value], WORDS)
        raise AssertionError

    def _ended(self, _: Any) -> None:
        self.cancelled.set()

    async def _wait(self, _: Empty, __: Context) -> Empty:
        self.waiting.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        return Empty()

    async def _reject(self, request: Int32Value, context: Context) -> Empty:
        details = [AnyMessage(type_url="type.googleapis.com/unknown.Type", value=b"\x01")]
        for detail in (
            ErrorInfo(reason="NO_LUCK", domain="ticks", metadata={"why": "asked for"}),
            BadRequest(field_violations=[BadRequest.FieldViolation(field="value")]),
            RetryInfo(retry_delay=Duration(seconds=3)),
        ):
            details.append(AnyMessage())
            details[-1].Pack(detail)
        details.append(AnyMessage(type_url="type.googleapis.com/ticks.v1.Odds", value=b"\x08\x05"))
        if request.value == grpc.StatusCode.UNAVAILABLE.value[0]:
            await context.send_initial_metadata((("retry-after", "5"),))
        status = Status(code=request.value, message="no luck", details=details)
        await context.abort_with_status(rpc_status.to_status(status))
        raise AssertionError

    async def _nothing(self, _: Empty, __: Context) -> Empty:
        return Empty()

    async def _metadata(self, _: Empty, context: Context) -> StringValue:
        await context.send_initial_metadata((("idempotent-replayed", "true"), ("colour", "red")))
        context.set_trailing_metadata((("cost", "3"), ("raw-bin", b"\x00\xff")))
        got = [(key, str(value)) for key, value in context.invocation_metadata() or ()]
        return StringValue(value=json.dumps(got))

    async def _raw(self, request: HttpBody, _: Context) -> HttpBody:
        return request

    async def _echo(self, request: bytes, _: Context) -> bytes:
        return request

    async def _unbound(self, request: StringValue, _: Context) -> StringValue:
        return request
