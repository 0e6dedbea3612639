"""Requests are closed and ask for what they need; responses are open and say what they always have."""

from grpc_gateway_python_tests.openapi.refined import Json, Refine

THING = """
message Thing {
  enum State { STATE_UNSPECIFIED = 0; ON = 1; OFF = 2; }
  string id = 1 [(google.api.field_behavior) = OUTPUT_ONLY];
  string name = 2 [(google.api.field_behavior) = REQUIRED];
  string note = 3;
  optional string secret = 4 [(google.api.field_behavior) = INPUT_ONLY];
  State state = 5;
  optional int32 age = 6;
  int32 size = 7 [(buf.validate.field).int32.gte = 1];
  google.protobuf.Timestamp made_at = 8 [(buf.validate.field).required = true, (google.api.field_behavior) = OUTPUT_ONLY];
  google.protobuf.Timestamp seen_at = 9 [(google.api.field_behavior) = OUTPUT_ONLY];
  repeated Thing parts = 10;
  optional State wish = 11 [(buf.validate.field).enum = {in: [1]}];
}
message Empty {}
service S {
  rpc Put(PutRequest) returns (Thing) { option (google.api.http) = {put: "/things/{thing.name}" body: "thing"}; }
  rpc Find(FindRequest) returns (Empty) { option (google.api.http) = {get: "/things/{where.city}"}; }
  rpc Move(MoveRequest) returns (Empty) { option (google.api.http) = {post: "/{name=rooms/*}/move" body: "*"}; }
}
message PutRequest { Thing thing = 1; }
message Where { string city = 1; string street = 2 [(buf.validate.field).string.max_len = 9]; }
message FindRequest {
  Where where = 1;
  Thing.State state = 2;
  repeated Thing.State states = 3 [(buf.validate.field).repeated.max_items = 2];
  string word = 4 [(buf.validate.field).string.min_len = 1];
}
message MoveRequest { string name = 1; Where to = 2; }
"""


def definitions(refine: Refine) -> Json:
    found: Json = refine(THING)[0]["definitions"]
    return found


def test_request_is_closed_and_has_no_output_only_members(refine: Refine) -> None:
    request = definitions(refine)["ThingInput"]
    assert request["additionalProperties"] is False
    assert not {"id", "made_at", "seen_at"} & request["properties"].keys()


def test_nested_requests_are_closed_too(refine: Refine) -> None:
    assert definitions(refine)["ThingInput"]["properties"]["parts"]["items"] == {
        "$ref": "#/definitions/ThingInput"
    }
    assert definitions(refine)["Where"]["additionalProperties"] is False


def test_response_is_open_and_has_no_input_only_members(refine: Refine) -> None:
    response = definitions(refine)["Thing"]
    assert "additionalProperties" not in response
    assert "secret" not in response["properties"]
    assert response["properties"]["parts"]["items"] == {"$ref": "#/definitions/Thing"}


def test_response_requires_what_is_always_there(refine: Refine) -> None:
    always = ["id", "name", "note", "state", "size", "made_at", "parts"]
    assert definitions(refine)["Thing"]["required"] == always


def test_request_requires_what_the_rules_demand(refine: Refine) -> None:
    # `size` has no presence and must be 1 or more, so leaving it out breaks its rule.
    assert definitions(refine)["ThingInput"]["required"] == ["name", "size"]


def test_null_means_absent_in_requests_only(refine: Refine) -> None:
    schemas = definitions(refine)
    assert schemas["ThingInput"]["properties"]["note"]["x-nullable"] is True
    assert "x-nullable" not in schemas["ThingInput"]["properties"]["name"]
    assert "x-nullable" not in schemas["Thing"]["properties"]["note"]
    assert schemas["ThingInput"]["properties"]["wish"]["enum"] == ["ON", None]


def test_unspecified_value_is_left_out(refine: Refine) -> None:
    state = definitions(refine)["Thing.State"]
    assert state["enum"] == ["ON", "OFF"]
    assert "default" not in state
    assert "UNSPECIFIED" not in state.get("description", "")


def test_schemas_that_only_responses_have_are_not_marked_read_only(refine: Refine) -> None:
    schemas = definitions(refine)
    assert "readOnly" not in schemas["Thing"]["properties"]["id"]
    assert "id" not in schemas["ThingInput"]["properties"]


def test_member_with_a_description_refers_to_its_enum(refine: Refine) -> None:
    text = """
    message M {
      enum Kind { KIND_UNSPECIFIED = 0; A = 1; }
      // Which one.
      Kind kind = 1;
    }
    service S { rpc Do(M) returns (M) { option (google.api.http) = {get: "/do"}; } }
    """
    swagger, openapi = refine(text)
    kind = swagger["definitions"]["M"]["properties"]["kind"]
    assert kind == {"$ref": "#/definitions/M.Kind"}
    kind = openapi["components"]["schemas"]["M"]["properties"]["kind"]
    assert kind == {
        "description": "Which one.",
        "allOf": [{"$ref": "#/components/schemas/M.Kind"}],
    }


def test_nested_query_parameters_have_their_rules(refine: Refine) -> None:
    swagger, _ = refine(THING)
    parameters = {
        parameter["name"]: parameter
        for parameter in swagger["paths"]["/things/{where.city}"]["get"]["parameters"]
    }
    assert parameters["where.street"]["maxLength"] == 9
    assert parameters["state"]["enum"] == ["ON", "OFF"]
    assert parameters["states"]["items"]["enum"] == ["ON", "OFF"]
    assert parameters["states"]["maxItems"] == 2
    assert [parameter["required"] for parameter in parameters.values()] == [
        True,
        False,
        False,
        False,
        True,
    ]


def test_path_patterns_are_anchored(refine: Refine) -> None:
    swagger, _ = refine(THING)
    (name,) = [
        parameter
        for parameter in swagger["paths"]["/{name}/move"]["post"]["parameters"]
        if parameter["in"] == "path"
    ]
    assert name["pattern"] == "^rooms/[^/]+$"


def test_unreachable_messages_are_left_out(refine: Refine) -> None:
    assert "FindRequest" not in definitions(refine)


def test_equal_short_names_stay_long(refine: Refine) -> None:
    text = """
    message A { message M { string x = 1; } M m = 1; }
    message B { message M { string y = 1; } M m = 1; }
    service S { rpc Do(A) returns (B) { option (google.api.http) = {post: "/do" body: "*"}; } }
    """
    assert list(refine(text)[0]["definitions"]) == ["A", "A.M", "B", "B.M"]
