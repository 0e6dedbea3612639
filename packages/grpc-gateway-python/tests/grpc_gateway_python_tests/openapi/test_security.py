"""Security in the documents follows from access rules, and a gateway without access control serves none."""

from pathlib import Path

from grpc_gateway_python._pages.specifications import without_security
from grpc_gateway_python.openapi.__main__ import generate
from grpc_gateway_python_tests.openapi.refined import Refine, compile_proto
from grpc_gateway_python_tests.openapi.test_responses import (
    DOMAIN,
    IMPORTS,
    METHOD_ERRORS,
    REASONS,
    contract,
)
from protoc_plugin_kit.contracts import Contracts

CONTRACT = """
message Thing { string id = 1; string owner = 2; }
message Request { string id = 1; string user = 2; }
message Response { Thing thing = 1; }
enum ErrorReason {
  ERROR_REASON_UNSPECIFIED = 0;
  GONE = 1 [(rpc_contract.v1.error) = {code: NOT_FOUND message: "Gone."}];
}
service S {
  option (rpc_contract.v1.service) = {domain: "things.test"};
  // Get it.
  //
  // Or not.
  rpc Get(Request) returns (Response) {
    option (google.api.http) = {
      get: "/things/{id}" response_body: "thing" additional_bindings {get: "/things/{id}:peek"}
    };
    option (rpc_contract.v1.method) = {
      errors: "GONE"
      access: {scope: "things:read" response_owner: "thing.owner" hidden_as: "GONE"}
    };
  }
  rpc Put(Request) returns (Response) {
    option (google.api.http) = {put: "/things/{id}" body: "*"};
    option (rpc_contract.v1.method).access = {scope: "things:write" owner: "user"};
  }
  rpc List(Request) returns (Response) {
    option (google.api.http) = {get: "/things"};
    option (rpc_contract.v1.method).access = {public: true};
  }
  rpc Grow(Request) returns (Response) {
    option (rpc_contract.v1.method).access = {scope: "things:write"};
  }
}
"""


def test_scheme_is_a_bearer_token_in_openapi3_and_a_header_in_swagger2(refine: Refine) -> None:
    swagger, openapi = refine(CONTRACT, header=IMPORTS)
    scheme = swagger["securityDefinitions"]["bearer"]
    assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "header", "Authorization")
    scheme = openapi["components"]["securitySchemes"]["bearer"]
    assert (scheme["type"], scheme["scheme"], scheme["bearerFormat"]) == ("http", "bearer", "JWT")
    assert "Bearer" not in scheme["description"], "people would type it, and it would be sent twice"


def test_operations_ask_for_a_token_unless_they_are_public(refine: Refine) -> None:
    for document in refine(CONTRACT, header=IMPORTS):
        assert document["paths"]["/things/{id}"]["get"]["security"] == [{"bearer": []}]
        assert document["paths"]["/things/{id}"]["put"]["security"] == [{"bearer": []}]
        assert document["paths"]["/things"]["get"]["security"] == []


def test_descriptions_say_scope_and_owner(refine: Refine) -> None:
    swagger, _ = refine(CONTRACT, header=IMPORTS)
    item = swagger["paths"]["/things/{id}"]
    assert item["get"]["description"] == (
        "Or not.\n\n"
        "With access control, the token must grant the scope `things:read`. "
        "Its subject must be `owner` of the response; otherwise the error is `GONE`."
    )
    assert item["put"]["description"].endswith("Its subject must be `user`.")
    assert "description" not in swagger["paths"]["/things"]["get"]


def test_contract_without_rules_has_no_scheme(refine: Refine) -> None:
    swagger, openapi = refine(contract(METHOD_ERRORS, REASONS, DOMAIN), header=IMPORTS)
    assert "securityDefinitions" not in swagger
    assert "securitySchemes" not in openapi["components"]
    assert swagger["security"] == []


def test_gateway_without_access_control_serves_no_security(refine: Refine) -> None:
    for document in refine(CONTRACT, header=IMPORTS):
        served = without_security(document)
        assert "bearer" not in str(served).replace("Bearer", "")
        assert served["paths"].keys() == document["paths"].keys()
        assert "401" in served["paths"]["/things/{id}"]["get"]["responses"]


def test_table_lists_routes_scopes_and_owners(tmp_path: Path) -> None:
    request = compile_proto(tmp_path, CONTRACT, IMPORTS)
    table = dict(generate(Contracts.from_request(request)))["api.access.md"]
    assert [line for line in table.splitlines() if line.startswith("| ") and "S." in line] == [
        (
            "| `GET /things/{id}`, `GET /things/{id}:peek` | `test.v1.S.Get` | `things:read` "
            "| `thing.owner` of the response, otherwise `GONE` |"
        ),
        "| `PUT /things/{id}` | `test.v1.S.Put` | `things:write` | `user` of the request |",
        "| `GET /things` | `test.v1.S.List` | public |  |",
        "| gRPC only | `test.v1.S.Grow` | `things:write` |  |",
    ]
