"""Generates modules from contracts: collects the functions that they need, then renders every module."""

import posixpath
from collections import defaultdict

from google.protobuf.descriptor import Descriptor

from grpc_gateway_python._contracts.declaration import declared_domain
from grpc_gateway_python._contracts.resolved_bindings import ResolvedBinding, resolved_bindings_of
from grpc_gateway_python._version import __version__
from grpc_gateway_python.generator.access import AccessCode
from grpc_gateway_python.generator.closure import Closure, Use
from grpc_gateway_python.generator.details import need_details, package_messages
from grpc_gateway_python.generator.exact import ExactIntegers
from grpc_gateway_python.generator.fields import Fields
from grpc_gateway_python.generator.messages import MessageCode, Messages
from grpc_gateway_python.generator.names import INDEX, Names, gateway_module, gateway_path
from grpc_gateway_python.generator.options import Options
from grpc_gateway_python.generator.requests import Requests
from protoc_plugin_kit.contracts import ContractError, Contracts
from protoc_plugin_kit.plugin import Outputs
from protoc_plugin_kit.templates import environment


def generate(contracts: Contracts) -> Outputs:
    """Yields a module for every proto file that operations need, and a module that lists all operations.

    Raises:
        ContractError: An option or a rule of the contracts is wrong; the text names the place.
    """
    options = Options.parse(contracts.request.parameter)
    operations: dict[str, list[ResolvedBinding]] = {file.name: [] for file in contracts.files}
    for operation in resolved_bindings_of(contracts, unbound=options.unbound):
        operations[operation.method.containing_service.file.name].append(operation)
    bindings = [operation for some in operations.values() for operation in some]
    _reject_equal_routes(bindings, contracts)
    closure = _closure(contracts, operations)
    names: dict[str, Names] = defaultdict(Names)
    served = [file.name for file in contracts.files if operations[file.name]]
    for file in contracts.files:
        if operations[file.name] or file.name in closure.modules():
            module = _Module(contracts, options, closure, names, file.name, bindings=bindings)
            yield gateway_path(file.name), module.text(operations[file.name])
    if served:
        yield _index(served, declared_domain(contracts))


class _Module:
    """Generates one module."""

    def __init__(
        self,
        contracts: Contracts,
        options: Options,
        closure: Closure,
        names: dict[str, Names],
        file_name: str,
        *,
        bindings: list[ResolvedBinding],
    ) -> None:
        self._contracts = contracts
        self._json_names = options.json_names
        self._file_name = file_name
        self._closure = closure
        self._names = names[file_name]
        exact = ExactIntegers(contracts, int64_numbers=options.int64_numbers)
        self._fields = Fields(names, closure, options, exact, file_name)
        self._messages = Messages(
            contracts, self._names, self._fields, json_names=options.json_names
        )
        access = AccessCode(contracts, self._names, required=options.access_required)
        self._requests = Requests(
            self._names,
            self._fields,
            exact,
            access,
            json_names=options.json_names,
            bindings=bindings,
        )

    def text(self, operations: list[ResolvedBinding]) -> str:
        """Returns the module's text."""
        messages = self._message_codes()
        operation_codes = [self._requests.code(operation) for operation in operations]
        enums = [
            (self._fields.enum(enum), self._names.python_class(enum))
            for _, enum in sorted(self._fields.enums.items())
        ]
        if enums:
            self._names.runtime("EnumNames")
        if enums or operations or any(message.fields for message in messages):
            self._names.standard("Final")
        code = _render("messages.py.jinja", enums=enums, messages=messages)
        if operations:
            self._names.runtime("DetailWriter")
            code += _render(
                "operations.py.jinja",
                source=self._file_name,
                operations=operation_codes,
                details=self._details(),
                json_names=self._json_names,
            )
        return _render(
            "module.py.jinja",
            version=__version__,
            source=self._file_name,
            imports=self._names.imports(),
            code=code,
        )

    def _details(self) -> list[tuple[str, str, str]]:
        """Returns the full name, the class and the writer of every message that may be an error detail."""
        return [
            (
                message.full_name,
                self._names.python_class(message),
                self._fields.function(Use.WRITE, message),
            )
            for message in package_messages(self._contracts, self._file_name)
            if self._closure.writes(message, self._file_name)
        ]

    def _message_codes(self) -> list[MessageCode]:
        uses: dict[str, set[Use]] = defaultdict(set)
        messages: dict[str, Descriptor] = {}
        for message, use in self._closure.uses_of(self._file_name):
            uses[message.full_name].add(use)
            messages[message.full_name] = message
        return [self._messages.code(messages[name], uses[name]) for name in messages]


def _closure(contracts: Contracts, operations: dict[str, list[ResolvedBinding]]) -> Closure:
    closure = Closure(frozenset(file.name for file in contracts.files))
    for file_name, some in operations.items():
        for operation in some:
            _need(closure, operation, file_name)
        if some:
            need_details(contracts, closure, file_name)
    return closure


def _need(closure: Closure, operation: ResolvedBinding, module: str) -> None:
    """Records the messages and fields that an operation needs."""
    request, response = operation.method.input_type, operation.method.output_type
    if operation.rule.body != "*":
        closure.need(request, Use.SET, module)
    if operation.body_fields and not operation.raw_body:
        closure.need_field(operation.body_fields[-1], Use.READ, module)
    elif operation.rule.body == "*" and not operation.raw_body:
        closure.need(request, Use.READ, module)
    if operation.response_fields and not operation.raw_response:
        closure.need_field(operation.response_fields[-1], Use.WRITE, module)
    elif not operation.raw_response:
        closure.need(response, Use.WRITE, module)


def _reject_equal_routes(operations: list[ResolvedBinding], contracts: Contracts) -> None:
    """Raises ContractError if two operations have the same route, which the router couldn't tell apart."""
    seen: dict[object, str] = {}
    for operation in operations:
        name = operation.method.full_name
        route = (operation.rule.http_method, operation.template.segments, operation.template.verb)
        if route in seen:
            raise ContractError(
                f"{contracts.at(name)}: its route is the route of {seen[route]} too"
            )
        seen[route] = name


def _index(served: list[str], domain: str) -> tuple[str, str]:
    """Returns the module that lists all operations, in the common folder of the other modules."""
    folder = posixpath.commonpath([posixpath.dirname(file_name) for file_name in served])
    names = Names()
    modules = [names.module(gateway_module(file_name)) for file_name in served]
    names.standard("Final")
    text = _render(
        "services.py.jinja",
        version=__version__,
        imports=names.imports(),
        modules=modules,
        domain=domain,
    )
    return posixpath.join(folder, f"{INDEX}.py"), text


def _render(template: str, **values: object) -> str:
    return environment("grpc_gateway_python.generator").get_template(template).render(**values)
