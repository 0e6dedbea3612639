"""A body may be left out where an empty message breaks no rule."""

import pytest

from grpc_gateway_python_tests.openapi.refined import HEADER, Refine

MESSAGES = """
message Free { string note = 1; }
message Demanding { string name = 1 [(google.api.field_behavior) = REQUIRED]; }
message Bounded { int32 size = 1 [(buf.validate.field).int32.gte = 1]; }
message Chosen { oneof kind { option (buf.validate.oneof).required = true; string a = 1; string b = 2; } }
message Computed { option (buf.validate.message).cel_expression = "this.a != this.b"; string a = 1; string b = 2; }
message Inner { Free free = 1; Demanding demanding = 2; repeated string names = 3;
  string word = 4 [(buf.validate.field).string.min_len = 1];
  Free needed = 5 [(google.api.field_behavior) = REQUIRED]; }
message Outer { Inner inner = 1; }
message Cancel { string id = 1 [(google.api.field_behavior) = REQUIRED]; string why = 2; }
"""


@pytest.mark.parametrize(
    ("request_type", "path", "body", "required"),
    [
        ("Free", "/do", "*", False),
        ("Demanding", "/do", "*", True),
        ("Bounded", "/do", "*", True),
        ("Chosen", "/do", "*", True),
        ("Computed", "/do", "*", True),
        ("Inner", "/do", "free", False),
        ("Inner", "/do", "demanding", True),
        ("Inner", "/do", "names", False),
        ("Inner", "/do", "word", True),
        ("Inner", "/do", "needed", True),
        ("Cancel", "/{id}:cancel", "*", False),
        ("Outer", "/do", "inner.free", False),
        ("Outer", "/do", "inner.needed", True),
    ],
)
def test_bodies(refine: Refine, request_type: str, path: str, body: str, required: bool) -> None:
    swagger, openapi = refine(
        f"""{MESSAGES} service S {{ rpc Do({request_type}) returns (Free) {{
            option (google.api.http) = {{post: "{path}" body: "{body}"}}; }} }}"""
    )
    (parameter,) = [
        parameter
        for parameter in swagger["paths"][path]["post"]["parameters"]
        if parameter["in"] == "body"
    ]
    assert parameter["required"] is required
    assert openapi["paths"][path]["post"]["requestBody"]["required"] is required


def test_a_patch_takes_a_mask_and_demands_none(refine: Refine) -> None:
    swagger, _ = refine(
        """message Thing { string name = 1; }
        message Change { Thing thing = 1;
          google.protobuf.FieldMask update_mask = 2 [(google.api.field_behavior) = REQUIRED]; }
        service S { rpc Do(Change) returns (Thing) {
          option (google.api.http) = {patch: "/do" body: "thing" additional_bindings {
            put: "/do" body: "thing"}}; } }"""
    )
    found = [
        [
            (parameter["name"], parameter["required"])
            for parameter in swagger["paths"]["/do"][verb]["parameters"]
        ]
        for verb in ("patch", "put")
    ]
    assert found == [
        [("thing", False), ("update_mask", False)],
        [("thing", False), ("update_mask", True)],
    ]


def test_a_binding_and_a_method_of_one_name_have_ids_of_their_own(refine: Refine) -> None:
    swagger, _ = refine(
        """message Thing { string name = 1; }
        service S {
          rpc Get(Thing) returns (Thing) {
            option (google.api.http) = {get: "/a" additional_bindings {get: "/b"}}; }
          rpc Get2(Thing) returns (Thing) { option (google.api.http) = {get: "/c"}; }
        }"""
    )
    ids = {path: item["get"]["operationId"] for path, item in swagger["paths"].items()}
    assert ids == {"/a": "Get", "/b": "Get_2", "/c": "Get2"}


@pytest.mark.parametrize(
    ("head", "field"),
    [
        ('syntax = "proto2";', "required string must = 1;"),
        ('edition = "2023";', "string must = 1 [features.field_presence = LEGACY_REQUIRED];"),
    ],
)
def test_a_field_that_the_protobuf_language_requires_is_required(
    refine: Refine, head: str, field: str
) -> None:
    swagger, _ = refine(
        f"""message Thing {{ {field} repeated Thing things = 2; }}
        service S {{ rpc Do(Thing) returns (Thing) {{
          option (google.api.http) = {{post: "/do" body: "*"}}; }} }}""",
        header=HEADER.replace('syntax = "proto3";', head),
    )
    definitions = swagger["definitions"]
    assert definitions["ThingInput"]["required"] == ["must"]
    assert "must" in definitions["Thing"]["required"]
    assert swagger["paths"]["/do"]["post"]["parameters"][0]["required"] is True
