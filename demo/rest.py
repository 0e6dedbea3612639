"""A REST client for every service whose methods have google.api.http. It contains no route of its own."""

import string
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
from google.api import annotations_pb2
from google.api.http_pb2 import HttpRule
from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor, MethodDescriptor, ServiceDescriptor
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import ErrorInfo

M = TypeVar("M", bound=Message)

INTEGERS = {FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64}


class RestError(Exception):
    """An error response: a google.rpc.Status."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(f"{response.status_code} {response.text}")
        self.status = response.status_code
        self.details: list[dict[str, Any]] = response.json()["details"]

    @property
    def reason(self) -> str:
        """The reason in the error's ErrorInfo (AIP-193)."""
        name = ErrorInfo.DESCRIPTOR.full_name
        return next(str(item["reason"]) for item in self.details if item["@type"].endswith(name))


@dataclass(frozen=True)
class RestClient:
    """Calls the methods of one service."""

    http: httpx.Client
    service: ServiceDescriptor
    token: str | None = None
    """The access token of the user that calls; None without access control."""

    def call(self, request: Message, response: type[M], idempotency_key: str = "") -> M:
        """Calls the method with this request type, and returns its response.

        Raises:
            RestError: The response is an error.
        """
        method = next(m for m in self.service.methods if m.input_type == request.DESCRIPTOR)
        rule = _http_rule(method)
        verb = rule.WhichOneof("pattern")
        path: str = getattr(rule, verb)
        fields = dict(_json_fields(request))
        in_path = {name for _, name, _, _ in string.Formatter().parse(path) if name}
        rest = {name: value for name, value in fields.items() if name not in in_path}
        received = self.http.request(
            verb.upper(),
            path.format_map(fields),
            params=None if rule.body else rest,
            json=rest if rule.body else None,
            headers=self._headers(idempotency_key),
        )
        if not received.is_success:
            raise RestError(received)
        content = received.json()
        content = {rule.response_body: content} if rule.response_body else content
        return json_format.ParseDict(content, response())

    def _headers(self, idempotency_key: str) -> dict[str, str]:
        given = {"Authorization": self.token and f"Bearer {self.token}"}
        given["Idempotency-Key"] = idempotency_key
        return {name: value for name, value in given.items() if value}


def _http_rule(method: MethodDescriptor) -> HttpRule:
    """Returns a method's google.api.http annotation."""
    rule: HttpRule = method.GetOptions().Extensions[annotations_pb2.http]  # type: ignore[index]  # its stub says FieldDescriptor
    return rule


def _json_fields(request: Message) -> Iterator[tuple[str, Any]]:
    types = request.DESCRIPTOR.fields_by_name
    for name, value in json_format.MessageToDict(request, preserving_proto_field_name=True).items():
        yield name, int(value) if types[name].cpp_type in INTEGERS else value
