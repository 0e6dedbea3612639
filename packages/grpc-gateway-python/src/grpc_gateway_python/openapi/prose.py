"""Describes in words the request rules that no schema keyword expresses."""

from collections.abc import Iterator

from google.protobuf.descriptor import Descriptor

from grpc_gateway_python._contracts.annotations import OUTPUT_ONLY, Annotations
from grpc_gateway_python.openapi.document_operations import DocumentOperation
from protoc_plugin_kit.field_rules import cel_text, map_entry

HEADING = "Rules beyond the schema:"


def describe_rules(contract: Annotations, operation: DocumentOperation) -> None:
    """Appends the rules of the operation's request to its description."""
    lines = list(_of_message(contract, operation.method.input_type, "", ()))
    if lines:
        text = "\n".join([HEADING, "", *(f"- {line}" for line in lines)])
        before = operation.node.get("description", "")
        operation.node["description"] = f"{before}\n\n{text}".strip()


def _of_message(
    contract: Annotations, message: Descriptor, prefix: str, above: tuple[str, ...]
) -> Iterator[str]:
    if message.full_name in above or message.full_name.startswith("google.protobuf."):
        return
    subject = f"`{prefix.rstrip('.')}`: " if prefix else ""
    yield from (f"{subject}{line}" for line in _own(contract, message))
    for field in message.fields:
        if OUTPUT_ONLY in contract.behaviors(field):
            continue
        path = f"{prefix}{contract.name(field)}"
        yield from (f"`{path}`: {sentence}" for sentence in contract.rules(field).prose)
        if field.message_type is not None and map_entry(field) is None:
            deeper = (*above, message.full_name)
            mark = "[]." if field.is_repeated else "."
            yield from _of_message(contract, field.message_type, path + mark, deeper)


def _own(contract: Annotations, message: Descriptor) -> Iterator[str]:
    rules = contract.option(message, "buf.validate.message")
    if rules is not None:
        yield from (cel_text(rule) for rule in rules.cel)
        yield from (f"must satisfy `{expression}`." for expression in rules.cel_expression)
        for group in rules.oneof:
            yield _one_of(list(group.fields), required=group.required)
    for oneof in message.oneofs:
        if oneof.name.startswith("_") and len(oneof.fields) == 1:
            continue  # proto3 `optional`
        names = [contract.name(field) for field in oneof.fields]
        option = contract.option(oneof, "buf.validate.oneof")
        yield _one_of(names, required=option is not None and option.required)


def _one_of(names: list[str], *, required: bool) -> str:
    count = "exactly one" if required else "at most one"
    return f"{count} of {', '.join(f'`{name}`' for name in names)} is given."
