"""Rewrites a Swagger 2.0 document as OpenAPI 3.0."""

from typing import Any

from grpc_gateway_python.openapi.document import (
    BEARER_FORMAT,
    DEFINITIONS,
    DISCRIMINATOR,
    JSON_TYPE,
    Json,
)
from grpc_gateway_python.openapi.shared_enums import referred
from grpc_gateway_python.openapi.streams import GO_NAME, is_stream, stream_content

VERSION = "3.0.3"
BEARER = "An access token (RFC 6750)."
"""The description of bearer tokens: OpenAPI 3 knows how they are sent, and Swagger 2 doesn't."""
# Section in 2.0 → section in 3.0.
COMPONENTS = {"#/definitions/": "#/components/schemas/", "#/responses/": "#/components/responses/"}
# Extension in 2.0 → keyword in 3.0.
EXTENSIONS = {
    "x-nullable": "nullable",
    "x-not": "not",
    "x-oneOf": "oneOf",
    "x-example": "example",
    "x-required": "required",
}
# The members of a 2.0 parameter or header that don't belong to its schema.
OUTER = ("name", "in", "description", "required", "x-example", "x-required")
STYLES: dict[str, Json] = {
    "multi": {"style": "form", "explode": True},
    "csv": {"explode": False},
    "ssv": {"style": "spaceDelimited", "explode": False},
    "pipes": {"style": "pipeDelimited", "explode": False},
}


def openapi3(document: Json) -> Json:
    """Returns the equivalent OpenAPI 3.0 document."""
    converted: Json = {"openapi": VERSION, "info": document["info"]}
    if "externalDocs" in document:
        converted["externalDocs"] = document["externalDocs"]
    converted["servers"] = _servers(document)
    converted["tags"] = document.get("tags", [])
    if "security" in document:
        converted["security"] = document["security"]
    converted["paths"] = {
        path: {verb: _operation(node) for verb, node in item.items()}
        for path, item in document["paths"].items()
    }
    converted["components"] = {
        "schemas": {
            name: _one_of(schema, document["definitions"])
            for name, schema in document["definitions"].items()
        }
    }
    if "responses" in document:
        converted["components"]["responses"] = {
            name: _response(response) for name, response in document["responses"].items()
        }
    if "securityDefinitions" in document:
        converted["components"]["securitySchemes"] = {
            name: _security(scheme) for name, scheme in document["securityDefinitions"].items()
        }
    rewritten: Json = _rewrite(converted)
    return rewritten


def _servers(document: Json) -> list[Json]:
    base = document.get("basePath", "/")
    if "host" not in document:
        return [{"url": base}]
    schemes = document.get("schemes", ["http"])
    return [{"url": f"{scheme}://{document['host']}{base.rstrip('/')}"} for scheme in schemes]


def _operation(node: Json) -> Json:
    converted: Json = {}
    for key, value in node.items():
        if key == "parameters":
            parameters = [_parameter(parameter) for parameter in value if parameter["in"] != "body"]
            if parameters:
                converted["parameters"] = parameters
            for body in (parameter for parameter in value if parameter["in"] == "body"):
                converted["requestBody"] = _body(body)
        elif key == "responses":
            converted["responses"] = {
                code: _response(response, node) for code, response in value.items()
            }
        elif key not in ("consumes", "produces", "schemes"):
            converted[key] = value
    return converted


def _parameter(parameter: Json) -> Json:
    # oapi-codegen, which reads OpenAPI 3.0, needs no names and mixes both up where one is given.
    schema = {key: value for key, value in parameter.items() if key not in GO_NAME}
    outer: Json = {key: schema.pop(key) for key in OUTER if key in schema}
    return outer | STYLES.get(schema.pop("collectionFormat", ""), {}) | {"schema": referred(schema)}


def _body(body: Json) -> Json:
    described = {"description": body["description"]} if "description" in body else {}
    content = {_media_type(body["schema"]): {"schema": body["schema"]}}
    return described | {"required": body.get("required", False), "content": content}


def _response(response: Json, operation: Json | None = None) -> Json:
    if "$ref" in response:
        return response
    converted: Json = {"description": response["description"]}
    if headers := response.get("headers"):
        converted["headers"] = {name: _parameter(header) for name, header in headers.items()}
    if response.get("schema"):
        media: Json = {"schema": response["schema"]}
        examples = list(response.get("examples", {}).values())
        if examples:
            media["example"] = examples[0]
        is_error = JSON_TYPE in response.get("examples", {})
        if operation is not None and is_stream(operation) and not is_error:
            converted["content"] = stream_content(operation, media)
        else:
            converted["content"] = {_media_type(response["schema"]): media}
    if "x-links" in response:
        converted["links"] = response["x-links"]
    return converted


def _media_type(schema: Json) -> str:
    return "*/*" if schema.get("format") == "binary" else JSON_TYPE


def _one_of(schema: Json, definitions: Json) -> Json:
    # The 2.0 schema has the members of all alternatives; in 3.0 only the alternatives have them.
    kept = ("description", "x-oneOf") if "x-oneOf" in schema else tuple(schema)
    converted = {key: schema[key] for key in kept}
    if member := schema.get(DISCRIMINATOR):
        targets = [alternative["$ref"] for alternative in schema["x-oneOf"]]
        converted["discriminator"] = {
            "propertyName": member,
            "mapping": {
                _value(definitions[target.removeprefix(DEFINITIONS)], member): _reference(target)
                for target in targets
            },
        }
    return converted


def _value(schema: Json, member: str) -> str:
    """Returns the only value of a member."""
    [value] = schema["properties"][member]["enum"]
    return str(value)


def _security(scheme: Json) -> Json:
    if BEARER_FORMAT in scheme:
        return {
            "type": "http",
            "description": BEARER,
            "scheme": "bearer",
            "bearerFormat": scheme[BEARER_FORMAT],
        }
    if scheme["type"] == "basic":
        return {**scheme, "type": "http", "scheme": "basic"}
    if scheme["type"] != "oauth2":
        return scheme
    flow = {
        "application": "clientCredentials",
        "accessCode": "authorizationCode",
    }.get(scheme["flow"], scheme["flow"])
    urls = ("authorizationUrl", "tokenUrl")
    content = {url: scheme[url] for url in urls if url in scheme}
    kept = {key: value for key, value in scheme.items() if key not in (*urls, "flow", "scopes")}
    return {**kept, "flows": {flow: {**content, "scopes": scheme.get("scopes", {})}}}


def _rewrite(node: Any) -> Any:
    if isinstance(node, dict):
        if node.get("x-nullable") and "type" not in node:
            node = _or_null(node)
        return {
            EXTENSIONS.get(key, key): _reference(value)
            if key == "$ref" and isinstance(value, str)
            else _rewrite(value)
            for key, value in node.items()
        }
    return [_rewrite(item) for item in node] if isinstance(node, list) else node


def _or_null(schema: Json) -> Json:
    """Returns `anyOf` the schema or null: `nullable` of OpenAPI 3.0 has no effect without `type` beside it."""
    rest = {key: value for key, value in schema.items() if key not in ("x-nullable", "description")}
    described = {"description": schema["description"]} if "description" in schema else {}
    nothing = {"type": "object", "x-nullable": True, "enum": [None]}
    return described | {"anyOf": [rest, nothing]}


def _reference(target: str) -> str:
    section = target[: target.index("/", len("#/")) + 1]
    return COMPONENTS[section] + target.removeprefix(section)
