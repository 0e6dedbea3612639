"""A parameter's enum is the definition's, where both have the same values."""

from typing import Any

from grpc_gateway_python_tests.openapi.refined import Refine

RULES = "(buf.validate.field)"
CONTRACT = f"""
enum Colour {{ COLOUR_UNSPECIFIED = 0; RED = 1; BLUE = 2; }}
message ListRequest {{
  Colour one = 1;
  repeated Colour many = 2;
  Colour some = 3 [{RULES}.enum.in = 1];
}}
message Thing {{ Colour colour = 1; }}
service S {{ rpc List(ListRequest) returns (Thing) {{ option (google.api.http) = {{get: "/things"}}; }} }}
"""
SHARED = {"$ref": "#/components/schemas/Colour"}


def parameters(document: Any) -> dict[str, Any]:
    return {
        parameter["name"]: parameter
        for parameter in document["paths"]["/things"]["get"]["parameters"]
    }


def test_3_0_refers_to_the_definition(refine: Refine) -> None:
    _, openapi = refine(CONTRACT)
    found = parameters(openapi)
    assert found["one"]["schema"] == SHARED
    assert found["many"]["schema"]["items"] == SHARED
    assert found["some"]["schema"] == {"type": "string", "enum": ["RED"], "x-enum-numbers": [1]}


def test_2_0_keeps_the_values_beside_the_reference(refine: Refine) -> None:
    swagger, _ = refine(CONTRACT)
    one = parameters(swagger)["one"]
    assert one["enum"] == ["RED", "BLUE"]
    assert one["x-schema"] == {"$ref": "#/definitions/Colour"}


def test_an_enum_without_definition_stays_where_it_is(refine: Refine) -> None:
    _, openapi = refine(CONTRACT.replace("Colour colour", "string colour"))
    assert parameters(openapi)["one"]["schema"] == {
        "type": "string",
        "enum": ["RED", "BLUE"],
        "x-enum-numbers": [1, 2],
    }
