"""A string field that names an enum lists its values, and stays open for values of later versions."""

import pytest

from grpc_gateway_python_tests.openapi.refined import HEADER, Json, Refine
from protoc_plugin_kit.contracts import ContractError

IMPORTS = HEADER + 'import "rpc_contract/v1/contract.proto";\n'
CONTRACT = """
message Ticket {
  // Why.
  enum Cause {
    CAUSE_UNSPECIFIED = 0;
    // It rains.
    RAIN = 1;
    SNOW = 2;
  }
  %s cause = 1 [(rpc_contract.v1.known_values) = "%s"];
}
message GetTicketRequest {}
service S { rpc GetTicket(GetTicketRequest) returns (Ticket) {
  option (google.api.http) = {get: "/ticket"}; } }
"""


@pytest.fixture
def documents(refine: Refine) -> tuple[Json, Json]:
    return refine(CONTRACT % ("string", "test.v1.Ticket.Cause"), header=IMPORTS)


def test_field_stays_a_string_that_lists_the_known_values(documents: tuple[Json, Json]) -> None:
    swagger, openapi = documents
    for schemas in (swagger["definitions"], openapi["components"]["schemas"]):
        cause = schemas["Ticket"]["properties"]["cause"]
        assert (cause["type"], cause["x-extensible-enum"]) == ("string", ["RAIN", "SNOW"])
        assert "enum" not in cause


def test_field_refers_to_the_known_values_and_accepts_others(documents: tuple[Json, Json]) -> None:
    swagger, openapi = documents
    cause = swagger["definitions"]["Ticket"]["properties"]["cause"]
    assert cause["x-schema"] == {"$ref": "#/definitions/Ticket.Cause"}
    cause = openapi["components"]["schemas"]["Ticket"]["properties"]["cause"]
    assert cause["x-schema"] == {"$ref": "#/components/schemas/Ticket.Cause"}
    assert "anyOf" not in cause


def test_known_values_are_a_definition_of_their_own(documents: tuple[Json, Json]) -> None:
    assert documents[0]["definitions"]["Ticket.Cause"] == {
        "type": "string",
        "description": "Why.\n\n - RAIN: It rains.\n - SNOW",
        "enum": ["RAIN", "SNOW"],
    }


@pytest.mark.parametrize(
    ("kind", "enum", "message"),
    [
        ("string", "test.v1.Cause", "no contract has the enum test.v1.Cause"),
        ("int32", "test.v1.Ticket.Cause", "the field is no string"),
    ],
)
def test_wrong_option_is_an_error_that_names_the_field(
    refine: Refine, kind: str, enum: str, message: str
) -> None:
    with pytest.raises(ContractError, match=rf"test\.v1\.Ticket\.cause: .*known_values.*{message}"):
        refine(CONTRACT % (kind, enum), header=IMPORTS)


def test_errors_list_the_reasons_of_all_operations(refine: Refine) -> None:
    swagger, _ = refine(
        """
        enum Reason {
          REASON_UNSPECIFIED = 0;
          // Sold out.
          SOLD_OUT = 1 [(rpc_contract.v1.error) = {code: NOT_FOUND message: "None left."}];
        }
        message GetTicketRequest {}
        message Ticket {}
        service S {
          option (rpc_contract.v1.service) = {domain: "test"};
          rpc GetTicket(GetTicketRequest) returns (Ticket) {
            option (rpc_contract.v1.method) = {errors: "SOLD_OUT"};
            option (google.api.http) = {get: "/ticket"};
          }
        }
        """,
        header=IMPORTS,
    )
    definitions = swagger["definitions"]
    values = definitions["ErrorInfo.Reason"]["enum"]
    assert {"SOLD_OUT", "INVALID_REQUEST"} <= set(values)
    assert definitions["ErrorInfo"]["properties"]["reason"]["x-extensible-enum"] == values
