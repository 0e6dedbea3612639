"""What upstream leaves wrong or out is repaired."""

from grpc_gateway_python_tests.openapi.refined import Refine

CONTRACT = """
import "google/api/httpbody.proto";
message Inner { string a = 1; }
message M {
  double rate = 1 [(grpc.gateway.protoc_gen_openapiv2.options.openapiv2_field) = {default: "0.2"}];
  Inner inner = 2;
  int64 count = 3 [
    (buf.validate.field).int64 = {gte: 0, lte: 9},
    (grpc.gateway.protoc_gen_openapiv2.options.openapiv2_field) = {default: "5"}
  ];
}
service S {
  rpc StoreTheThing(M) returns (stream google.api.HttpBody) {
    option (google.api.http) = {post: "/m" body: "*"};
  }
}
"""


def test_defaults_have_their_type(refine: Refine) -> None:
    """Connexion rejects a number whose default is a string, and the gateway would not start."""
    properties = refine(CONTRACT)[0]["definitions"]["M"]["properties"]
    assert properties["rate"]["default"] == 0.2
    assert (properties["count"]["type"], properties["count"]["default"]) == ("integer", 5)


def test_raw_bodies_have_no_members(refine: Refine) -> None:
    schema = refine(CONTRACT)[0]["paths"]["/m"]["post"]["responses"]["200"]["schema"]
    assert schema.keys() == {"type", "format", "title"}


def test_http_bodies_are_raw(refine: Refine) -> None:
    raw = CONTRACT.replace("(M)", "(google.api.HttpBody)").replace("(stream ", "(")
    swagger, openapi = refine(raw)
    operation = swagger["paths"]["/m"]["post"]
    assert operation["parameters"][0]["schema"] == {"type": "string", "format": "binary"}
    assert operation["responses"]["200"]["schema"] == {"type": "string", "format": "binary"}
    assert (operation["consumes"], operation["produces"]) == (["*/*"], ["*/*"])
    assert "HttpBody" not in swagger["definitions"]
    assert list(openapi["paths"]["/m"]["post"]["requestBody"]["content"]) == ["*/*"]


def test_method_without_comment_has_a_summary(refine: Refine) -> None:
    assert refine(CONTRACT)[0]["paths"]["/m"]["post"]["summary"] == "Store the thing"


def test_nullable_reference_is_declared_in_each_version_of_openapi(refine: Refine) -> None:
    swagger, openapi = refine(CONTRACT)
    assert swagger["definitions"]["M"]["properties"]["inner"] == {
        "allOf": [{"$ref": "#/definitions/Inner"}],
        "x-nullable": True,
    }
    assert openapi["components"]["schemas"]["M"]["properties"]["inner"] == {
        "anyOf": [
            {"allOf": [{"$ref": "#/components/schemas/Inner"}]},
            {"type": "object", "nullable": True, "enum": [None]},
        ]
    }
