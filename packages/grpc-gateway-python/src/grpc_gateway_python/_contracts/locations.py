"""The Location of a created resource: the route that reads it (RFC 9110, section 10.2.2).

It is relative to the request's URL (RFC 3986, section 5.2), such as `orders/1` for `POST /orders`. So it is right below
every path prefix that a proxy removes, without knowing it.
"""

from dataclasses import dataclass
from typing import Final

import inflection
from google.protobuf.descriptor import Descriptor, FieldDescriptor

from grpc_gateway_python._contracts.path_template import ANY_SEGMENT, ANY_SEGMENTS
from grpc_gateway_python._contracts.resolved_bindings import ResolvedBinding

CREATED: Final = 201
WILDCARDS: Final = frozenset({ANY_SEGMENT, ANY_SEGMENTS})
ADDRESSING: Final = frozenset(
    {FieldDescriptor.CPPTYPE_STRING, FieldDescriptor.CPPTYPE_INT32, FieldDescriptor.CPPTYPE_INT64}
    | {FieldDescriptor.CPPTYPE_UINT32, FieldDescriptor.CPPTYPE_UINT64}
)
"""The types of fields whose text in a path is `str()` of the value."""


@dataclass(frozen=True)
class Part:
    """A part of a path: a text, or the value of a field of the response."""

    text: str = ""
    field: FieldDescriptor | None = None
    """A field of the resource."""
    has_slashes: bool = False
    """Whether the field's value is several segments."""


def location_of(
    created: ResolvedBinding, bindings: list[ResolvedBinding]
) -> tuple[Part, ...] | None:
    """Returns the parts of the Location of a created resource; None if no operation reads it by its fields."""
    resource = _resource(created)
    if created.status != CREATED or resource is None or ANY_SEGMENTS in created.template.segments:
        return None
    own = created.method.containing_service
    for target in sorted(bindings, key=lambda binding: binding.method.containing_service != own):
        parts = _parts(target, resource) if _reads(target, resource) else None
        if parts is not None:
            up = "../" * (len(created.template.segments) - 1)
            return (Part(text=up), *parts) if up else parts
    return None


def _resource(binding: ResolvedBinding) -> Descriptor | None:
    """Returns the message that the response's body is."""
    if binding.raw_response or binding.method.server_streaming:
        return None
    if not binding.response_fields:
        return binding.method.output_type
    field = binding.response_fields[-1]
    return None if field.is_repeated else field.message_type


def _reads(binding: ResolvedBinding, resource: Descriptor) -> bool:
    return binding.rule.http_method == "GET" and _resource(binding) == resource


def _parts(target: ResolvedBinding, resource: Descriptor) -> tuple[Part, ...] | None:
    """Returns the path that reads a resource; None if the resource has no field for one of the path's variables."""
    template = target.template
    parts: list[Part] = []
    index = 0
    variables = {variable.start: variable for variable in template.variables}
    while index < len(template.segments):
        slash = [Part(text="/")] if parts else []
        variable = variables.get(index)
        if variable is None:
            if template.segments[index] in WILDCARDS:
                return None
            parts += [*slash, Part(text=template.segments[index])]
            index += 1
            continue
        field = _field(resource, variable.field_path)
        if field is None:
            return None
        stop = variable.stop if variable.stop >= 0 else len(template.segments)
        has_slashes = variable.stop < 0 or stop - index > 1
        parts += [*slash, Part(field=field, has_slashes=has_slashes)]
        index = stop
    return (*parts, Part(text=f":{template.verb}")) if template.verb else tuple(parts)


def _field(resource: Descriptor, name: str) -> FieldDescriptor | None:
    """Returns the resource's field that a path variable names; `id` is also called `<resource>_id`."""
    field = resource.fields_by_name.get(name)
    if field is None and name == f"{inflection.underscore(resource.name)}_id":
        field = resource.fields_by_name.get("id")
    if field is None or field.is_repeated or field.cpp_type not in ADDRESSING:
        return None
    return field
