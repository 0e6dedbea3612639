"""Makes the endpoints of operations, each behind its guard when access control is on."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from starlette.types import ASGIApp

from grpc_gateway_python._access.caller_limits import CallerCounts
from grpc_gateway_python._access.control import AccessControl
from grpc_gateway_python._access.credentials import HEADER as AUTHORIZATION
from grpc_gateway_python._access.guard import Guard, GuardedEndpoint
from grpc_gateway_python._access.operation_callers import OperationCallers
from grpc_gateway_python._limits import Limits
from grpc_gateway_python._requests.metadata import HeaderNames
from grpc_gateway_python._requests.reader import OperationRequestReader
from grpc_gateway_python._requests.validation import RequestValidator
from grpc_gateway_python._upstream.backends import Backends
from grpc_gateway_python._upstream.streamed_response import StreamRules
from grpc_gateway_python._upstream.streaming import OpenStreams, StreamingEndpoint
from grpc_gateway_python._upstream.unary import UnaryEndpoint
from grpc_gateway_python.transcoding import Operation
from rpc_access import CALLER_TOKEN

INTERNAL: Final = frozenset({CALLER_TOKEN.encode()})
"""Metadata that only a gateway sets; one without access control doesn't pass it on, either."""


class Endpoints:
    """Makes the endpoints of a gateway's operations."""

    def __init__(
        self,
        *,
        backends: Backends,
        validators: Mapping[str, RequestValidator],
        headers: HeaderNames,
        limits: Limits,
        domain: str,
        access_control: AccessControl | None,
    ) -> None:
        self._backends = backends
        self._validators = validators
        self._limits = limits
        self._domain = domain
        self._access_control = access_control
        # With access control, the client's token stays here: a service needs none, and could use it elsewhere.
        withheld = INTERNAL | ({AUTHORIZATION} if access_control else frozenset())
        self._names = replace(
            headers, requests=headers.requests - withheld, withheld=headers.withheld | withheld
        )
        self._counts = CallerCounts(access_control.limits) if access_control else None
        self._stream_counts = self._counts.for_streams() if self._counts else None
        self._streams = OpenStreams(limits.streams_max)

    def endpoint(self, operation: Operation) -> ASGIApp:
        """Returns the endpoint of an operation."""
        control = self._access_control
        callers = None
        if control is not None and operation.access is not None:
            callers = OperationCallers(operation, operation.access, control.signer)
        endpoint = self._open_endpoint(operation, callers)
        counts = self._stream_counts if operation.is_streaming else self._counts
        if control is None or counts is None:
            return endpoint
        return GuardedEndpoint(endpoint, Guard(operation, control.tokens, counts))

    def _open_endpoint(self, operation: Operation, callers: OperationCallers | None) -> ASGIApp:
        names, domain = self._names, self._domain
        reader = OperationRequestReader(
            operation, self._validators.get(operation.id), names, self._limits, callers
        )
        if operation.is_streaming:
            stream = self._backends.streaming(operation.service, operation.rpc)
            rules = StreamRules(operation, names, domain, callers)
            return StreamingEndpoint(rules, reader, stream, self._streams, self._limits)
        call = self._backends.unary(operation.service, operation.rpc)
        return UnaryEndpoint(operation, reader, call, names, domain=domain, callers=callers)
