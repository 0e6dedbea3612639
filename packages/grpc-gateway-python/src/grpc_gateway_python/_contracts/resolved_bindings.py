"""The HTTP operations of the services, checked against their messages."""

import re
from dataclasses import dataclass
from typing import Any, Final

import inflection
from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor

from grpc_gateway_python._contracts.bindings import Binding, bindings_of, openapi_option
from grpc_gateway_python._contracts.kinds import has_text, well_known_of
from grpc_gateway_python._contracts.path_template import Template, TemplateError, Variable, parse
from protoc_plugin_kit.contracts import ContractError, Contracts
from protoc_plugin_kit.http_rules import Rule, RuleError
from rpc_contract.generator import EventIds, event_ids_of

HTTP_BODY: Final = "google.api.HttpBody"
SUCCESS_DEFAULT: Final = 200
UPDATE_MASK: Final = "update_mask"
NO_WORD: Final = re.compile(r"[^A-Za-z0-9_]")


@dataclass(frozen=True)
class PathField:
    """A path variable and the fields that lead to the one it sets."""

    variable: Variable
    fields: tuple[FieldDescriptor, ...]


@dataclass(frozen=True)
class ResolvedBinding:
    """One HTTP binding of one method."""

    id: str
    method: MethodDescriptor
    rule: Rule
    template: Template
    path_fields: tuple[PathField, ...]
    body_fields: tuple[FieldDescriptor, ...]
    """The fields that lead to the one that the body is; empty for the whole request, or none."""
    response_fields: tuple[FieldDescriptor, ...]
    """The same of the response."""
    status: int
    events: EventIds | None
    """The fields by which a client resumes a stream; None if the contract declares none."""

    @property
    def raw_body(self) -> bool:
        """Whether the request's body is bytes of any type."""
        return bool(self.rule.body) and _is_raw(self.method.input_type, self.body_fields)

    @property
    def raw_response(self) -> bool:
        """Whether the response's body is bytes of any type."""
        return _is_raw(self.method.output_type, self.response_fields)

    @property
    def mask(self) -> FieldDescriptor | None:
        """The request's update mask, which a PATCH may leave out."""
        return update_mask_of(self.method.input_type) if self.masked_field else None

    @property
    def masked_field(self) -> FieldDescriptor | None:
        """The body's field, when it is a patch whose update mask may be left out."""
        mask = update_mask_of(self.method.input_type)
        if self.rule.http_method != "PATCH" or len(self.body_fields) != 1 or mask is None:
            return None
        body = self.body_fields[0]
        return body if body != mask and body.message_type and not body.is_repeated else None

    @property
    def name(self) -> str:
        """The operation in snake_case, for the names of its functions."""
        return NO_WORD.sub("_", inflection.underscore(self.id))

    @property
    def rpc(self) -> str:
        """The path of the gRPC method."""
        return f"/{self.method.containing_service.full_name}/{self.method.name}"


def update_mask_of(request: Descriptor) -> FieldDescriptor | None:
    """Returns the only FieldMask of a request, or of several the one that AIP-134 names."""
    masks = {
        field.name: field
        for field in request.fields
        if field.message_type
        and not field.is_repeated
        and well_known_of(field.message_type) == "field_mask"
    }
    return masks.get(UPDATE_MASK) or (next(iter(masks.values())) if len(masks) == 1 else None)


def resolved_bindings_of(contracts: Contracts, *, unbound: bool) -> list[ResolvedBinding]:
    """Returns the operations of all services, in the contracts' order.

    Raises:
        ContractError: a rule can't be served; the text says where and why.
    """
    found = []
    for binding in bindings_of(contracts, unbound=unbound):
        try:
            found.append(_operation(contracts, binding))
        except (RuleError, TemplateError) as error:
            raise ContractError(f"{contracts.at(binding.method.full_name)}: {error}") from None
    return found


def _operation(contracts: Contracts, binding: Binding) -> ResolvedBinding:
    method, rule = binding.method, binding.rule
    if method.client_streaming:
        raise RuleError("streams requests, which HTTP/1.1 clients can't do")
    template = parse(rule.path)
    events = event_ids_of(contracts, method)
    if events is not None:
        _check_events(events, rule, template)
    return ResolvedBinding(
        id=binding.id,
        method=method,
        rule=rule,
        template=template,
        path_fields=tuple(_path_field(method, variable) for variable in template.variables),
        body_fields=_fields(method.input_type, rule.body) if rule.body != "*" else (),
        response_fields=_fields(method.output_type, rule.response_body),
        status=_status(openapi_option(contracts, method)),
        events=events,
    )


def _check_events(events: EventIds, rule: Rule, template: Template) -> None:
    name = events.last_id.name
    if rule.body in {"*", name} or name in (variable.field_path for variable in template.variables):
        raise RuleError(
            f"events.last_id: {name!r} is no query parameter, which Last-Event-ID could set"
        )


def _path_field(method: MethodDescriptor, variable: Variable) -> PathField:
    fields = _fields(method.input_type, variable.field_path)
    if not has_text(fields[-1]):
        raise RuleError(f"{{{variable.field_path}}}: a path can't hold a field of this type")
    return PathField(variable, fields)


def _fields(message: Descriptor, path: str) -> tuple[FieldDescriptor, ...]:
    """Returns the fields that a path such as `book.name` leads through, none for an empty one."""
    fields: list[FieldDescriptor] = []
    for name in filter(None, path.split(".")):
        if fields and (fields[-1].message_type is None or fields[-1].is_repeated):
            raise RuleError(f"{path}: {fields[-1].name} has no fields")
        owner = fields[-1].message_type if fields else message
        field = owner.fields_by_name.get(name) if owner else None
        if owner is None or field is None:
            raise RuleError(f"{path}: {owner.full_name if owner else path} has no field {name!r}")
        fields.append(field)
    return tuple(fields)


def _is_raw(message: Descriptor, fields: tuple[FieldDescriptor, ...]) -> bool:
    if fields and (fields[-1].is_repeated or fields[-1].message_type is None):
        return False
    target = fields[-1].message_type if fields else message
    return target is not None and target.full_name == HTTP_BODY


def _status(openapi: Any) -> int:
    successes = (
        sorted(code for code in openapi.responses if code.startswith("2")) if openapi else []
    )
    if len(successes) > 1:
        raise RuleError(f"declares several successes: {', '.join(successes)}")
    return int(successes[0]) if successes else SUCCESS_DEFAULT
