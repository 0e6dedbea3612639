"""The functions of one operation: from request to message bytes, and from message bytes to response."""

from dataclasses import dataclass

from google.protobuf.descriptor import FieldDescriptor

from grpc_gateway_python._contracts.locations import Part, location_of
from grpc_gateway_python._contracts.resolved_bindings import PathField, ResolvedBinding
from grpc_gateway_python.generator.access import AccessCode
from grpc_gateway_python.generator.closure import Use
from grpc_gateway_python.generator.empty import OBJECT, empty_json
from grpc_gateway_python.generator.exact import ExactIntegers
from grpc_gateway_python.generator.fields import Fields
from grpc_gateway_python.generator.names import Names, attribute
from grpc_gateway_python.generator.reading import Source


@dataclass(frozen=True)
class OperationCode:
    """The template's values for an operation."""

    operation: ResolvedBinding
    name: str
    """The suffix of the names of its functions."""
    request_class: str
    response_class: str
    access: str
    """The expression of the access rule; empty if the contract declares none."""
    domain: str
    """The domain of the service's errors; empty if the contract declares none."""
    lines: list[str]
    """The lines that set `message` from `path`, `query` and `body`."""
    response: str
    """The expression of the response's body."""
    last_event_id: str
    """The parameter that Last-Event-ID sets; empty without one."""
    location: str
    """The expression of the Location of the created resource; empty if there is none."""
    empty_body: str
    """The literal of the JSON that is read in place of an empty body; an empty string if it is an object."""

    @property
    def parameters(self) -> str:
        """The parameters of the reading function; unused parameters begin with an underscore."""
        path = "path" if self.operation.path_fields else "_path"
        body = "body" if self.operation.rule.body else "_body"
        return f"{path}: Sequence[str], query: Query, {body}: object"

    @property
    def path_template(self) -> str:
        """The expression of the path template."""
        template = self.operation.template
        captures = tuple((variable.start, variable.stop) for variable in template.variables)
        parts = [repr(template.segments)]
        if captures:
            parts.append(f"captures={captures!r}")
        if template.verb:
            parts.append(f"verb={template.verb!r}")
        return f"PathTemplate({', '.join(parts)})".replace("'", '"')


class Requests:
    """Generates the code of operations in one module."""

    def __init__(
        self,
        names: Names,
        fields: Fields,
        exact: ExactIntegers,
        access: AccessCode,
        *,
        json_names: bool,
        bindings: list[ResolvedBinding],
    ) -> None:
        self._bindings = bindings
        self._json_names = json_names
        self._names = names
        self._fields = fields
        self._exact = exact
        self._access = access

    def code(self, operation: ResolvedBinding) -> OperationCode:
        """Returns the code of one operation."""
        for name in ("Operation", "PathTemplate", "Query"):
            self._names.runtime(name)
        self._names.standard("Sequence")
        return OperationCode(
            operation=operation,
            name=self._names.free(operation.name),
            request_class=self._names.python_class(operation.method.input_type),
            response_class=self._names.python_class(operation.method.output_type),
            access=self._access.expression(operation.method),
            domain=self._access.domain(operation.method),
            lines=[*self._body(operation), *self._query(operation), *self._path(operation)],
            response=self._response(operation),
            last_event_id=self._last_event_id(operation),
            location=self._location(operation),
            empty_body=self._empty_body(operation),
        )

    def _last_event_id(self, operation: ResolvedBinding) -> str:
        if operation.events is None:
            return ""
        field = operation.events.last_id
        return field.json_name if self._json_names else field.name

    def _empty_body(self, operation: ResolvedBinding) -> str:
        if not operation.rule.body or operation.raw_body:
            return ""
        text = empty_json(operation.method.input_type, operation.body_fields, self._exact)
        return "" if text == OBJECT else repr(text.encode())

    def _body(self, operation: ResolvedBinding) -> list[str]:
        if not operation.rule.body:
            return []
        owner, name = _owner(operation.body_fields), f'"{operation.rule.body}"'
        if operation.raw_body:
            read = self._names.runtime("read_http_body")
            return [f"{read}({_target(operation.body_fields)}, body)"]
        self._names.runtime("ROOT")
        if not operation.body_fields:
            source = Source("body", "ROOT", '""', "ROOT")
            return [self._fields.read_message(operation.method.input_type, "message", source)]
        source = Source("body", "ROOT", name, f"ROOT.member({name})")
        return self._fields.read(operation.body_fields[-1], source, owner)

    def _query(self, operation: ResolvedBinding) -> list[str]:
        message = operation.method.input_type
        if operation.rule.body == "*" or not self._fields.has_functions(message):
            return [f"{self._names.runtime('reject_parameters')}(query)"]
        setter = self._fields.function(Use.SET, message)
        bound = _bound(operation)
        arguments = f"query, {bound!r}".replace("'", '"') if bound else "query"
        return [
            f"for name, values in {self._names.runtime('parameters')}({arguments}):",
            f"    {setter}(message, name, values, name)",
            *self._update_mask(operation),
        ]

    def _update_mask(self, operation: ResolvedBinding) -> list[str]:
        field, mask = operation.masked_field, operation.mask
        if field is None or mask is None:
            return []
        paths = (
            f"{self._names.runtime('mask_paths')}(body, {attribute('message', field)}.DESCRIPTOR)"
        )
        target = f"{attribute('message', mask)}.paths"
        return [f"if not {target}:", f"    {target}.extend({paths})"]

    def _path(self, operation: ResolvedBinding) -> list[str]:
        return [
            line
            for index, path_field in enumerate(operation.path_fields)
            for line in self._path_field(path_field, f"path[{index}]")
        ]

    def _path_field(self, path_field: PathField, text: str) -> list[str]:
        field, owner = path_field.fields[-1], _owner(path_field.fields)
        name = f'"{path_field.variable.field_path}"'
        if field.is_repeated:
            return self._fields.read_texts(field, owner, f'{text}.split(",")', name)
        return [self._fields.read_text(field, owner, text, name)]

    def _response(self, operation: ResolvedBinding) -> str:
        fields = operation.response_fields
        if operation.raw_response:
            return f"{_target(fields)}.SerializeToString()"
        to_json = self._names.runtime("to_json")
        if fields:
            return f"{to_json}({self._fields.write(fields[-1], _owner(fields))})"
        return f"{to_json}({self._fields.write_message(operation.method.output_type, 'message')})"

    def _location(self, operation: ResolvedBinding) -> str:
        parts = location_of(operation, self._bindings)
        if parts is None:
            return ""
        resource = _target(operation.response_fields)
        return 'f"{}"'.format("".join(self._path_part(part, resource) for part in parts))

    def _path_part(self, part: Part, resource: str) -> str:
        if part.field is None:
            return part.text
        write = self._names.runtime("path_segments" if part.has_slashes else "path_segment")
        return f"{{{write}({attribute(resource, part.field)})}}"


def _owner(fields: tuple[FieldDescriptor, ...]) -> str:
    """Returns the expression of the message that contains the last field."""
    return _target(fields[:-1])


def _target(fields: tuple[FieldDescriptor, ...]) -> str:
    """Returns the expression of the last field."""
    target = "message"
    for field in fields:
        target = attribute(target, field)
    return target


def _bound(operation: ResolvedBinding) -> tuple[str, ...]:
    """Returns the fields that a query must not set again, in both spellings."""
    paths = [path_field.fields for path_field in operation.path_fields]
    if operation.body_fields:
        paths.append(operation.body_fields)
    own = [".".join(field.name for field in fields) for fields in paths]
    json = [".".join(field.json_name for field in fields) for fields in paths]
    return tuple(dict.fromkeys([*own, *json]))
