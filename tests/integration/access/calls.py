"""Calls of the services' methods, with requests that follow from the contracts."""

from dataclasses import dataclass, field
from typing import Any, cast

import grpc
import inflection
from google.protobuf.message import Message

from buf.validate import validate_pb2
from rpc_contract.v1 import contract_pb2
from tests.declared_reasons import method_descriptor
from tests.integration.access.caller_tokens import Metadata
from transactional_grpc.server import Method, Service, StreamingMethod

AnyMethod = Method[Any] | StreamingMethod[Any]


@dataclass(frozen=True)
class Outcome:
    """Everything that a client learns from a rejected call."""

    code: grpc.StatusCode
    message: str | None
    trailers: tuple[tuple[str, str | bytes], ...]


def rule_of(service: Service[Any], method: AnyMethod) -> contract_pb2.Access:
    """Returns the declared access rule of a method."""
    descriptor = method_descriptor(service.name, method.name)
    return descriptor.GetOptions().Extensions[contract_pb2.method].access


@dataclass
class Calls:
    """Calls one service. Ids of resources in its responses become the ids of later requests."""

    service: Service[Any]
    channel: grpc.aio.Channel
    ids: dict[str, str] = field(default_factory=dict)

    def request(self, method: AnyMethod, owner: str) -> Message:
        """Returns a valid request about the resources of an owner."""
        request = method.request()
        descriptor = method_descriptor(self.service.name, method.name)
        resumed = descriptor.GetOptions().Extensions[contract_pb2.method].events.last_id
        for name, declared in method.request.DESCRIPTOR.fields_by_name.items():
            if name == resumed:
                continue
            if name in self.ids:
                setattr(request, name, self.ids[name])
            elif example := _example(declared):
                setattr(request, name, example)
        path = rule_of(self.service, method).owner.split(".")
        if path != [""]:
            target: Any = request
            for name in path[:-1]:
                target = getattr(target, name)
            setattr(target, path[-1], owner)
        return request

    async def call(self, method: AnyMethod, request: Message | bytes, metadata: Metadata) -> Any:
        """Returns the first response of a call that must succeed, or the outcome of one that was rejected."""
        data = request if isinstance(request, bytes) else request.SerializeToString()
        try:
            response = method.response.FromString(await self._first(method, data, metadata))
        except grpc.aio.AioRpcError as error:
            return Outcome(error.code(), error.details(), tuple(error.trailing_metadata()))
        for declared, value in response.ListFields():
            if declared.message_type and not declared.is_repeated and hasattr(value, "id"):
                self.ids[f"{inflection.underscore(declared.message_type.name)}_id"] = value.id
        return response

    async def _first(self, method: AnyMethod, data: bytes, metadata: Metadata) -> bytes:
        path = f"/{self.service.name}/{method.name}"
        if isinstance(method, Method):
            unary: Any = self.channel.unary_unary(path)
            return cast("bytes", await unary(data, metadata=metadata))
        stream: Any = self.channel.unary_stream(path)
        call = stream(data, metadata=metadata)
        first: bytes = await anext(aiter(call))
        call.cancel()
        return first


def _example(declared: Any) -> Any:
    """Returns the example of a field's rules, or None."""
    rules: Any = declared.GetOptions().Extensions[validate_pb2.field]
    kind = rules.WhichOneof("type")
    examples = getattr(getattr(rules, kind), "example", ()) if kind else ()
    return next(iter(examples), None)
