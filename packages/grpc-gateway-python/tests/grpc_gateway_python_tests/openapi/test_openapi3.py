"""The OpenAPI 3.0 document says what the Swagger 2.0 document says."""

from grpc_gateway_python.openapi.openapi3 import openapi3

BASE = {"swagger": "2.0", "info": {"title": "T", "version": "1"}, "paths": {}, "definitions": {}}


def convert_operation(operation: dict[str, object]) -> dict[str, object]:
    document = openapi3({**BASE, "paths": {"/x": {"post": {"responses": {}, **operation}}}})
    converted: dict[str, object] = document["paths"]["/x"]["post"]
    return converted


def test_parameters_get_a_schema() -> None:
    parameter = {
        "name": "size", "in": "query", "required": False, "description": "How many.",
        "type": "integer", "minimum": 0, "x-example": 5,
    }  # fmt: skip
    assert convert_operation({"parameters": [parameter]})["parameters"] == [
        {
            "name": "size", "in": "query", "required": False, "description": "How many.",
            "example": 5, "schema": {"type": "integer", "minimum": 0},
        }
    ]  # fmt: skip


def test_lists_in_the_query_keep_their_form() -> None:
    items = {"type": "array", "items": {"type": "string"}}
    forms = [
        {"name": form, "in": "query", "collectionFormat": form, **items}
        for form in ("multi", "csv", "ssv", "pipes")
    ]
    converted = convert_operation({"parameters": forms})["parameters"]
    assert [(parameter.get("style"), parameter["explode"]) for parameter in converted] == [  # type: ignore[attr-defined]  # JSON
        ("form", True),
        (None, False),
        ("spaceDelimited", False),
        ("pipeDelimited", False),
    ]


def test_body_becomes_a_request_body() -> None:
    body = {"name": "body", "in": "body", "required": True, "schema": {"$ref": "#/definitions/M"}}
    assert convert_operation({"parameters": [body]}) == {
        "responses": {},
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/M"}}},
        },
    }


def test_response_becomes_content_headers_and_links() -> None:
    response = {
        "description": "Done.",
        "schema": {"$ref": "#/definitions/M"},
        "examples": {"application/json": {"a": 1}},
        "headers": {"X-Id": {"type": "string", "description": "Its id.", "x-required": True}},
        "x-links": {"Get": {"operationId": "Get"}},
    }
    assert convert_operation({"responses": {"200": response}})["responses"] == {
        "200": {
            "description": "Done.",
            "headers": {
                "X-Id": {"description": "Its id.", "required": True, "schema": {"type": "string"}}
            },
            "content": {
                "application/json": {
                    "schema": {"$ref": "#/components/schemas/M"},
                    "example": {"a": 1},
                }
            },
            "links": {"Get": {"operationId": "Get"}},
        }
    }


def test_extensions_of_swagger_2_0_become_keywords() -> None:
    schema = {"type": "string", "x-nullable": True, "x-not": {"enum": ["a"]}}
    document = openapi3({**BASE, "definitions": {"M": schema}})
    assert document["components"]["schemas"]["M"] == {
        "type": "string",
        "nullable": True,
        "not": {"enum": ["a"]},
    }


def test_alternatives_replace_the_members_of_all_of_them() -> None:
    either = {
        "type": "object",
        "description": "A or B.",
        "properties": {"a": {}, "b": {}},
        "x-oneOf": [{"$ref": "#/definitions/A"}, {"$ref": "#/definitions/B"}],
    }
    document = openapi3({**BASE, "definitions": {"Either": either, "A": {}, "B": {}}})
    assert document["components"]["schemas"]["Either"] == {
        "description": "A or B.",
        "oneOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}],
    }


def test_discriminator_maps_the_value_of_each_alternative_to_its_schema() -> None:
    def alternative(value: str) -> dict[str, object]:
        return {"type": "object", "properties": {"kind": {"type": "string", "enum": [value]}}}

    either = {
        "type": "object",
        "description": "A or B.",
        "x-discriminator": "kind",
        "x-oneOf": [{"$ref": "#/definitions/A"}, {"$ref": "#/definitions/B"}],
    }
    definitions = {"Either": either, "A": alternative("of a"), "B": alternative("of b")}
    document = openapi3({**BASE, "definitions": definitions})
    assert document["components"]["schemas"]["Either"]["discriminator"] == {
        "propertyName": "kind",
        "mapping": {"of a": "#/components/schemas/A", "of b": "#/components/schemas/B"},
    }


def test_server_comes_from_host_schemes_and_base_path() -> None:
    hosted = {"host": "api.example.com", "schemes": ["https", "http"], "basePath": "/v1"}
    urls = [server["url"] for server in openapi3({**BASE, **hosted})["servers"]]
    assert urls == ["https://api.example.com/v1", "http://api.example.com/v1"]
    assert openapi3(BASE)["servers"] == [{"url": "/"}]


def test_security_schemes_are_converted() -> None:
    schemes = {
        "basic": {"type": "basic"},
        "key": {"type": "apiKey", "name": "X-Key", "in": "header"},
        "oauth": {
            "type": "oauth2",
            "flow": "application",
            "tokenUrl": "https://t",
            "scopes": {"a": "A"},
        },
    }
    document = openapi3({**BASE, "securityDefinitions": schemes, "security": [{"key": []}]})
    assert document["security"] == [{"key": []}]
    assert document["components"]["securitySchemes"] == {
        "basic": {"type": "http", "scheme": "basic"},
        "key": schemes["key"],
        "oauth": {
            "type": "oauth2",
            "flows": {"clientCredentials": {"tokenUrl": "https://t", "scopes": {"a": "A"}}},
        },
    }
