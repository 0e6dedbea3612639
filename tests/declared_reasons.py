"""Compares the reason of every error that a test sees with those that the method's contract declares."""

import re
from collections.abc import Iterator

import httpx
from google.api import annotations_pb2
from google.api.http_pb2 import HttpRule
from google.protobuf.descriptor import MethodDescriptor

from rpc_contract.v1 import contract_pb2
from shop.orders.v1 import order_service_pb2
from shop.payments.v1 import payment_service_pb2

SERVICES = (
    order_service_pb2.DESCRIPTOR.services_by_name["OrdersService"],
    payment_service_pb2.DESCRIPTOR.services_by_name["PaymentsService"],
)
ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo"


def method_descriptor(service: str, method: str) -> MethodDescriptor:
    """Returns the method with this name of the service with this full name."""
    [found] = (known for known in SERVICES if known.full_name == service)
    return found.methods_by_name[method]


def require_declared(method: MethodDescriptor, reason: str) -> None:
    """Fails when a method returns an error that its contract doesn't declare."""
    declared = {*method.GetOptions().Extensions[contract_pb2.method].errors, *_of_any_method()}
    assert reason in declared, (
        f"{method.full_name} returned {reason}; its contract declares {sorted(declared)}"
    )


def check_response(response: httpx.Response) -> None:
    """Checks an error response of a service; to be an event hook of an HTTP client."""
    method = _method(response.request.method, response.request.url.path)
    if response.is_success or method is None:
        return
    domain = method.containing_service.GetOptions().Extensions[contract_pb2.service].domain
    response.read()
    for detail in response.json()["details"]:
        # The gateway returns errors of its own, under its own domain.
        if (detail["@type"], detail.get("domain")) == (ERROR_INFO, domain):
            require_declared(method, detail["reason"])


def _of_any_method() -> Iterator[str]:
    """Yields the reasons that a method can return without naming them."""
    for value in contract_pb2.ErrorReason.DESCRIPTOR.values:
        if value.GetOptions().Extensions[contract_pb2.error].operations:
            yield value.name


def _method(verb: str, path: str) -> MethodDescriptor | None:
    """Returns the method that an HTTP request calls; None if no method has its route."""
    for service in SERVICES:
        for method in service.methods:
            rule: HttpRule = method.GetOptions().Extensions[annotations_pb2.http]  # type: ignore[index]  # its stub says FieldDescriptor
            template = getattr(rule, verb.lower(), "")
            if template and re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", template), path):
                return method
    return None
