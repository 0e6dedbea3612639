"""Every example of the generated documents fits the schema beside it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

GEN = Path(__file__).parents[2] / "gen"
DOCUMENTS = {
    "openapi/shop.openapi.json": jsonschema_rs.Draft4Validator,
    "openapi/shop.swagger.json": jsonschema_rs.Draft4Validator,
    "asyncapi/asyncapi.json": jsonschema_rs.Draft7Validator,
}
"""Document → the validator of the draft that its schemas have."""
OF_PARAMETERS = ("name", "in", "required", "x-example")
"""Keywords of a parameter in Swagger 2.0 that say nothing about its value."""

Json = dict[str, Any]
Example = tuple[str, Json, Any]
"""The place of an example, the schema that it must fit, and the example."""


def examples(node: Any, place: str = "") -> Iterator[Example]:
    """Yields the examples in a part of a document."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from examples(item, f"{place}/{index}")
    if not isinstance(node, dict):
        return
    # Below `properties`, `example` is the name of a field.
    is_schema_map = place.endswith("/properties")
    if not is_schema_map:
        yield from ((place, schema, value) for schema, value in examples_of(node))
    for name, value in node.items():
        if is_schema_map or name not in ("example", "examples", "x-example", "default"):
            yield from examples(value, f"{place}/{name}")


def examples_of(node: Json) -> Iterator[tuple[Json, Any]]:
    """Yields the examples of a schema, a parameter, a header, a response, a media type or a message."""
    schema = node.get("schema", node)
    if "example" in node:
        yield schema, node["example"]
    if "x-example" in node:
        schema = {name: value for name, value in node.items() if name not in OF_PARAMETERS}
        yield schema, node["x-example"]
    found = node.get("examples", [])
    if "payload" in node:  # a message of AsyncAPI
        yield from ((node["payload"], example["payload"]) for example in found)
    elif isinstance(found, dict):  # by media type in Swagger 2.0, by name in OpenAPI 3.0
        is_named = all(
            isinstance(example, dict) and "value" in example for example in found.values()
        )
        yield from (
            (schema, example["value"] if is_named else example) for example in found.values()
        )
    else:
        yield from ((schema, example) for example in found)


def broken(document: Json, validator: type[Any]) -> list[str]:
    """Returns the places of the examples that break their schemas, each with what is wrong."""
    shared = {key: document[key] for key in ("components", "definitions") if key in document}
    return [
        f"{place}: {error.message}"
        for place, schema, example in examples(document)
        for error in validator(schema | shared, validate_formats=True).iter_errors(example)
    ]


@pytest.mark.parametrize(("name", "validator"), DOCUMENTS.items())
def test_every_example_fits_its_schema(name: str, validator: type[Any]) -> None:
    document = json.loads((GEN / name).read_text())
    assert list(examples(document))
    assert broken(document, validator) == []


@pytest.mark.parametrize(
    "validator", [jsonschema_rs.Draft4Validator, jsonschema_rs.Draft7Validator]
)
def test_example_that_breaks_its_pattern_is_found(validator: type[Any]) -> None:
    text = {"type": "string", "pattern": "^[a-z]+$"}
    thing = {"type": "object", "properties": {"examples": {**text, "examples": ["A1"]}}}
    content = {"schema": {"$ref": "#/components/schemas/Thing"}, "example": {"examples": "B2"}}
    document = {"components": {"schemas": {"Thing": thing}}, "content": content}
    assert [found.partition(":")[0] for found in broken(document, validator)] == [
        "/components/schemas/Thing/properties/examples",
        "/content",
    ]
