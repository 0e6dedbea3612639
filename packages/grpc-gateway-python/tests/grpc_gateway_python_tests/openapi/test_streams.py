"""Streamed responses: their formats, the schema of a message, and how a client resumes."""

import pytest

from grpc_gateway_python_tests.openapi.refined import HEADER, Json, Refine
from protoc_plugin_kit.contracts import ContractError

IMPORTS = HEADER + 'import "rpc_contract/v1/contract.proto";'
CONTRACT = """
message Thing { string id = 1 [(buf.validate.field).string.example = "t1"]; }
message WatchRequest {
  string name = 1;
  // The last id.
  string last_id = 2 [(buf.validate.field).string.max_len = 9];
}
// What happened.
message WatchResponse { string event_id = 1; Thing thing = 2; }
service S {
  rpc Watch(WatchRequest) returns (stream WatchResponse) {
    option (google.api.http) = {get: "/things/{name}" response_body: "thing"};
    %s
  }
}
"""
IDS = 'option (rpc_contract.v1.method) = {events: {id: "event_id" last_id: "last_id"}};'
EVENTS, LINES, JSON = "text/event-stream", "application/x-ndjson", "application/json"


def watch(document: Json) -> Json:
    operation: Json = document["paths"]["/things/{name}"]["get"]
    return operation


def test_response_is_a_message_in_each_format(refine: Refine) -> None:
    swagger, openapi = (watch(document) for document in refine(CONTRACT % IDS, IMPORTS))
    response = swagger["responses"]["200"]
    assert swagger["produces"] == [EVENTS, LINES, JSON]
    assert response["schema"] == {"$ref": "#/definitions/Thing"}
    assert response["examples"] == {EVENTS: {"id": "t1"}}
    assert "(streaming responses)" not in response["description"]
    schema = {"$ref": "#/components/schemas/Thing"}
    assert openapi["responses"]["200"]["content"] == {
        EVENTS: {"schema": {"type": "string"}, "example": 'data: {"id":"t1"}\n\n'},
        LINES: {"schema": {"type": "object", "properties": {"result": schema}}},
    }


def test_stream_without_ids_prefers_lines_and_has_no_header(refine: Refine) -> None:
    swagger = watch(refine(CONTRACT % "", IMPORTS)[0])
    assert swagger["produces"] == [LINES, EVENTS, JSON]
    assert [parameter["name"] for parameter in swagger["parameters"]] == ["name", "last_id"]


def test_header_that_resumes_has_the_rules_of_its_field(refine: Refine) -> None:
    for document in refine(CONTRACT % IDS, IMPORTS):
        header = watch(document)["parameters"][-1]
        assert (header["name"], header["in"], header["required"]) == (
            "Last-Event-ID",
            "header",
            False,
        )
        assert header.get("schema", header)["maxLength"] == 9


def test_header_has_a_name_for_go_swagger_only(refine: Refine) -> None:
    swagger, openapi = (watch(found)["parameters"][-1] for found in refine(CONTRACT % IDS, IMPORTS))
    assert swagger["x-go-name"] == "LastEventIDHeader"
    assert "x-go-name" not in openapi["schema"]


def test_parameter_that_the_header_sets_may_have_its_json_name(refine: Refine) -> None:
    swagger = watch(refine(CONTRACT % IDS, IMPORTS, "field_names=json")[0])
    assert [parameter["name"] for parameter in swagger["parameters"]] == [
        "name",
        "lastId",
        "Last-Event-ID",
    ]


def test_end_of_a_stream_is_204(refine: Refine) -> None:
    for document in refine(CONTRACT % IDS, IMPORTS):
        response = watch(document)["responses"]["204"]
        assert not {"schema", "content"}.intersection(response)


def test_stream_has_no_links(refine: Refine) -> None:
    method = """
      rpc Get(WatchRequest) returns (Thing) { option (google.api.http) = {get: "/{name}"}; } }"""
    contract = (CONTRACT % IDS).rstrip()[:-1] + method
    swagger = refine(contract, IMPORTS)[0]
    assert "x-links" not in watch(swagger)["responses"]["200"]


@pytest.mark.parametrize("rule", ['get: "/things/{last_id}"', 'post: "/things/{name}" body: "*"'])
def test_last_id_that_is_no_query_parameter_stops_the_generation(refine: Refine, rule: str) -> None:
    contract = (CONTRACT % IDS).replace('get: "/things/{name}"', rule)
    with pytest.raises(ContractError, match=r"events\.last_id: 'last_id' is no query parameter"):
        refine(contract, IMPORTS)


def test_invalid_ids_stop_the_generation(refine: Refine) -> None:
    wrong = IDS.replace('"event_id"', '"no_id"')
    with pytest.raises(
        ContractError, match=r"events\.id: test\.v1\.WatchResponse has no field 'no_id'"
    ):
        refine(CONTRACT % wrong, IMPORTS)
