"""A REST client for every service whose methods have google.api.http. It contains no route of its own."""

import json
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
from google.rpc.status_pb2 import Status
from httpx_sse import connect_sse

M = TypeVar("M", bound=Message)

INTEGERS = {FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64}
SHOWN_CHARS_MAX = 500
"""How much of a response an error shows."""


class RestError(Exception):
    """An error response or the last event of a stream, or a response that isn't one of a gateway.

    Args:
        status: The HTTP status.
        text: The body or the data of the event: a google.rpc.Status, if a gateway sent it.
    """

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status} {text[:SHOWN_CHARS_MAX]}")
        self.status = status
        self.reason = _reason(text)
        """The reason in the error's ErrorInfo (AIP-193); empty if there is none."""


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
            RestError: The response is an error, or not one of a gateway.
        """
        rule, verb, sent = self._request(request)
        received = self.http.request(verb, **sent, headers=self._headers(idempotency_key))
        if not received.is_success:
            raise RestError(received.status_code, received.text)
        return _parse(rule, received.status_code, received.text, response())

    def watch(self, request: Message, response: type[M]) -> Iterator[M]:
        """Calls the method with this request type, and yields its streamed responses until the stream ends.

        Raises:
            RestError: The response is an error or not one of a gateway, or the stream ends with an error.
        """
        rule, verb, sent = self._request(request)
        with connect_sse(self.http, verb, **sent, headers=self._headers("")) as source:
            if not source.response.is_success:
                source.response.read()
                raise RestError(source.response.status_code, source.response.text)
            for event in source.iter_sse():
                if event.event == "error":
                    raise RestError(source.response.status_code, event.data)
                yield _parse(rule, source.response.status_code, event.data, response())

    def _request(self, request: Message) -> tuple[HttpRule, str, dict[str, Any]]:
        """Returns the rule of a request, its HTTP method, and its path with its parameters or body."""
        method = next(m for m in self.service.methods if m.input_type == request.DESCRIPTOR)
        rule = _http_rule(method)
        verb = rule.WhichOneof("pattern")
        path: str = getattr(rule, verb)
        fields = dict(_json_fields(request))
        in_path = {name for _, name, _, _ in string.Formatter().parse(path) if name}
        rest = {name: value for name, value in fields.items() if name not in in_path}
        content = {"json": rest} if rule.body else {"params": rest}
        return rule, verb.upper(), {"url": path.format_map(fields), **content}

    def _headers(self, idempotency_key: str) -> dict[str, str]:
        given = {"Authorization": self.token and f"Bearer {self.token}"}
        given["Idempotency-Key"] = idempotency_key
        return {name: value for name, value in given.items() if value}


def _reason(text: str) -> str:
    """Returns the reason of an error; an empty text if another server than a gateway sent it."""
    try:
        status = json_format.Parse(text, Status())
    except (TypeError, json_format.ParseError):
        return ""
    info = ErrorInfo()
    return next((info.reason for detail in status.details if detail.Unpack(info)), "")


def _parse(rule: HttpRule, status: int, text: str, message: M) -> M:
    """Returns the message whose JSON a response has.

    Raises:
        RestError: The text is something else.
    """
    try:
        content = json.loads(text)
        content = {rule.response_body: content} if rule.response_body else content
        json_format.ParseDict(content, message)
    except (ValueError, TypeError, json_format.ParseError):
        raise RestError(status, text) from None
    return message


def _http_rule(method: MethodDescriptor) -> HttpRule:
    """Returns a method's google.api.http annotation."""
    rule: HttpRule = method.GetOptions().Extensions[annotations_pb2.http]  # type: ignore[index]  # its stub says FieldDescriptor
    return rule


def _json_fields(request: Message) -> Iterator[tuple[str, Any]]:
    types = request.DESCRIPTOR.fields_by_name
    for name, value in json_format.MessageToDict(request, preserving_proto_field_name=True).items():
        yield name, int(value) if types[name].cpp_type in INTEGERS else value
