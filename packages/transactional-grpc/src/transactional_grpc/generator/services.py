"""Services and their methods, as the generated module needs them."""

from dataclasses import dataclass
from typing import Any

import inflection
from google.protobuf.descriptor import (
    Descriptor,
    FileDescriptor,
    MethodDescriptor,
    ServiceDescriptor,
)
from google.protobuf.descriptor_pb2 import MethodOptions

from protoc_plugin_kit.contracts import ContractError, Contracts
from protoc_plugin_kit.http_rules import http_option
from rpc_contract.generator import (
    EventIds,
    access_expression,
    access_of,
    event_ids_of,
    required_access_of,
)
from transactional_grpc.generator.names import Names, function_name
from transactional_grpc.generator.options import is_access_required

SERVICE_OPTION = "rpc_contract.v1.service"
METHOD_OPTION = "rpc_contract.v1.method"


@dataclass(frozen=True)
class Method:
    """One rpc with a single request."""

    name: str
    comment: str
    request: Descriptor
    response: Descriptor
    is_streaming: bool
    """Whether it streams its responses."""
    events: EventIds | None
    """The fields by which a client resumes a stream; None if the contract declares none."""
    writes: bool
    idempotency_scope: str
    access: str
    """The expression of its access rule; empty if the contract declares none."""

    @property
    def function(self) -> str:
        """The name of the method that people write."""
        return function_name(inflection.underscore(self.name))


@dataclass(frozen=True)
class Service:
    """One service."""

    name: str
    """The name of its class."""
    function: str
    """The name of the function that binds an implementation."""
    full_name: str
    comment: str
    domain: str
    methods: tuple[Method, ...]


def services_of(contracts: Contracts, file: FileDescriptor, names: Names) -> list[Service]:
    """Returns the file's services, in the contract's order."""
    declared = file.services_by_name.values()
    # The names of services come first, so that no error function changes one.
    python_names = [
        (names.free(service.name), names.free(inflection.underscore(service.name)))
        for service in declared
    ]
    services = [
        _service(contracts, service, names, *own)
        for service, own in zip(declared, python_names, strict=True)
    ]
    methods = [method for service in services for method in service.methods]
    names.use(message for method in methods for message in (method.request, method.response))
    return services


def _service(
    contracts: Contracts, service: ServiceDescriptor, names: Names, name: str, function: str
) -> Service:
    domain = contracts.option(service, SERVICE_OPTION).domain
    if not domain:
        place = contracts.at(service.full_name)
        raise ContractError(f"{place}: ({SERVICE_OPTION}).domain is missing")
    methods = tuple(_method(contracts, method, names) for method in service.methods)
    functions: dict[str, str] = {}
    for method in methods:
        if method.function in functions:
            place = contracts.at(f"{service.full_name}.{method.name}")
            raise ContractError(
                f"{place}: in Python it would be {method.function}, as {functions[method.function]} is"
            )
        functions[method.function] = method.name
    return Service(
        name=name,
        function=function,
        full_name=service.full_name,
        comment=contracts.comments.get(service.full_name, service.name),
        domain=domain,
        methods=methods,
    )


def _method(contracts: Contracts, method: MethodDescriptor, names: Names) -> Method:
    place = contracts.at(method.full_name)
    if method.client_streaming:
        raise ContractError(f"{place}: a method here has one request, not a stream of requests")
    for message in (method.input_type, method.output_type):
        if message.containing_type:
            raise ContractError(f"{place}: {message.full_name} must not be nested")
    rules = contracts.option(method, METHOD_OPTION)
    level = method.GetOptions().idempotency_level
    if method.server_streaming and level != MethodOptions.NO_SIDE_EFFECTS:
        # A stream holds no transaction open, so it can't write as the other methods do.
        raise ContractError(
            f"{place}: a stream needs `option idempotency_level = NO_SIDE_EFFECTS;`"
        )
    verb = _verb(contracts, method)
    if verb == "get" and level != MethodOptions.NO_SIDE_EFFECTS:
        raise ContractError(f"{place}: a GET needs `option idempotency_level = NO_SIDE_EFFECTS;`")
    scope = _scope(place, method, rules)
    if verb == "post" and level == MethodOptions.IDEMPOTENCY_UNKNOWN and not scope:
        raise ContractError(
            f"{place}: a POST needs an `idempotency_scope` in ({METHOD_OPTION}), or, where "
            "repeating it does no harm, `option idempotency_level = IDEMPOTENT;`"
        )
    return Method(
        name=method.name,
        comment=contracts.comments.get(method.full_name, method.name),
        request=method.input_type,
        response=method.output_type,
        is_streaming=method.server_streaming,
        events=event_ids_of(contracts, method),
        writes=level != MethodOptions.NO_SIDE_EFFECTS,
        idempotency_scope=scope,
        access=_access(contracts, method, names),
    )


def _access(contracts: Contracts, method: MethodDescriptor, names: Names) -> str:
    required = is_access_required(contracts.request.parameter)
    rule = (required_access_of if required else access_of)(contracts, method)
    return access_expression(rule, names.error_function) if rule else ""


def _verb(contracts: Contracts, method: MethodDescriptor) -> str:
    """Returns `get`, `post` and so on; nothing for a method without a route."""
    rule = http_option(contracts, method)
    return (rule.WhichOneof("pattern") or "") if rule is not None else ""


def _scope(place: str, method: MethodDescriptor, rules: Any) -> str:
    scope: str = rules.idempotency_scope
    field = method.input_type.fields_by_name.get(scope)
    if scope and (field is None or field.type != field.TYPE_STRING):
        raise ContractError(
            f"{place}: ({METHOD_OPTION}).idempotency_scope: "
            f"{method.input_type.full_name} has no string field {scope!r}"
        )
    return scope
