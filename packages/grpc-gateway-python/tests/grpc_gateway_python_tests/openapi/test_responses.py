"""Successes are the declared ones; errors are those that the contract's options name."""

import pytest

from grpc_gateway_python_tests.openapi.refined import HEADER, Json, Refine
from protoc_plugin_kit.contracts import ContractError

IMPORTS = HEADER + 'import "rpc_contract/v1/contract.proto";'
CREATED = """
    option (grpc.gateway.protoc_gen_openapiv2.options.openapiv2_operation) = {
      responses: {key: "%s" value: {description: "Made."}} };
"""


def contract(create_options: str = "", reasons: str = "", service_options: str = "") -> str:
    return f"""
    message Thing {{ string id = 1 [(buf.validate.field).string.example = "t1"]; }}
    message CreateRequest {{ string id = 1 [(buf.validate.field).string.example = "t1"]; }}
    message CreateResponse {{ Thing thing = 1; }}
    service S {{
      {service_options}
      rpc Create(CreateRequest) returns (CreateResponse) {{
        option (google.api.http) = {{post: "/things" body: "*" response_body: "thing"}};
        {create_options}
      }}
    }}
    {reasons}
    """


REASONS = """
enum ErrorReason {
  ERROR_REASON_UNSPECIFIED = 0;
  // There is such a thing.
  THING_EXISTS = 1 [(rpc_contract.v1.error) = {code: ALREADY_EXISTS message: "Thing {id} exists."}];
}
"""
DOMAIN = 'option (rpc_contract.v1.service) = {domain: "things.test"};'
METHOD_ERRORS = (
    'option (rpc_contract.v1.method) = {idempotency_scope: "id" errors: "THING_EXISTS"};'
)


def create(document: Json) -> Json:
    operation: Json = document["paths"]["/things"]["post"]
    return operation


def test_bindings_of_a_named_operation_have_numbers(refine: Refine) -> None:
    swagger, openapi = refine("""
    message Book { string id = 1; string shelf = 2; }
    service S { rpc Get(Book) returns (Book) {
      option (google.api.http) = {
        get: "/books/{id}"
        additional_bindings {get: "/{shelf=shelves/*}/books/{id}"}
        additional_bindings {post: "/books/{id}" body: "*"}
      };
      option (grpc.gateway.protoc_gen_openapiv2.options.openapiv2_operation) = {operation_id: "book"};
    } }
    """)
    for paths in (swagger["paths"], openapi["paths"]):
        assert paths["/books/{id}"]["get"]["operationId"] == "book"
        assert paths["/{shelf}/books/{id}"]["get"]["operationId"] == "book2"
        assert paths["/books/{id}"]["post"]["operationId"] == "book3"


def test_declared_success_replaces_the_default(refine: Refine) -> None:
    responses = create(refine(contract(CREATED % "201"))[0])["responses"]
    assert list(responses) == ["201"]
    assert responses["201"]["description"] == "Made."
    assert responses["201"]["schema"] == {"$ref": "#/definitions/Thing"}


def test_default_success_stays_where_none_is_declared(refine: Refine) -> None:
    assert list(create(refine(contract())[0])["responses"]) == ["200"]


def test_a_response_that_is_a_whole_message_has_its_comment(refine: Refine) -> None:
    told = contract().replace('response_body: "thing"', "")
    told = told.replace(
        "message CreateResponse", "// What was made.\n//\n// More.\nmessage CreateResponse"
    )
    assert create(refine(told)[0])["responses"]["200"]["description"] == "What was made."


def test_no_content_has_no_schema(refine: Refine) -> None:
    responses = create(refine(contract(CREATED % "204"))[0])["responses"]
    assert list(responses) == ["204"]
    assert "schema" not in responses["204"]


def test_contract_without_error_options_documents_no_errors(refine: Refine) -> None:
    swagger, _ = refine(contract())
    assert [parameter["in"] for parameter in create(swagger)["parameters"]] == ["body"]
    assert list(swagger["definitions"]) == ["CreateRequest", "Thing"]


def test_errors_become_responses_with_reason_and_example(refine: Refine) -> None:
    swagger, _ = refine(contract(METHOD_ERRORS, REASONS, DOMAIN), header=IMPORTS)
    conflict = create(swagger)["responses"]["409"]
    assert conflict["schema"] == {"$ref": "#/definitions/Status"}
    assert "- `THING_EXISTS`: There is such a thing." in conflict["description"]
    example = conflict["examples"]["application/json"]
    assert example["message"] == "Thing t1 exists."
    assert example["details"][0] == {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "THING_EXISTS",
        "domain": "things.test",
        "metadata": {"id": "t1"},
    }


def test_bad_request_names_a_field(refine: Refine) -> None:
    swagger, _ = refine(contract(METHOD_ERRORS, REASONS, DOMAIN), header=IMPORTS)
    example = create(swagger)["responses"]["400"]["examples"]["application/json"]
    assert example["details"][1]["field_violations"] == [
        {"field": "id", "description": "must be null or a string"}
    ]


@pytest.mark.parametrize(
    ("rule", "field", "description"),
    [
        ('post: "/things" body: "*"', "id", "is required"),
        ('get: "/things"', "id", "is required"),
        ('get: "/things/{id}"', "id", "must be a valid uuid: ^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"),
    ],
)  # fmt: skip
def test_bad_request_is_one_that_can_be_sent(
    refine: Refine, rule: str, field: str, description: str
) -> None:
    swagger, _ = refine(
        f"""
        message Thing {{}}
        message R {{ string id = 1 [(buf.validate.field).string.uuid = true, (buf.validate.field).required = true]; }}
        service S {{
          {DOMAIN}
          rpc Do(R) returns (Thing) {{ option (google.api.http) = {{{rule}}}; }}
        }}
        """,
        header=IMPORTS,
    )
    [[operation]] = [list(item.values()) for item in swagger["paths"].values()]
    example = operation["responses"]["400"]["examples"]["application/json"]
    assert example["details"][1]["field_violations"] == [
        {"field": field, "description": description}
    ]


def test_keyed_method_takes_an_idempotency_key(refine: Refine) -> None:
    swagger, _ = refine(contract(METHOD_ERRORS, REASONS, DOMAIN), header=IMPORTS)
    (key,) = [
        parameter for parameter in create(swagger)["parameters"] if parameter["in"] == "header"
    ]
    assert (key["name"], key["required"], key["minLength"], key["maxLength"]) == (
        "Idempotency-Key",
        False,
        1,
        255,
    )
    assert "Idempotent-Replayed" in create(swagger)["responses"]["200"]["headers"]
    assert "IDEMPOTENCY_KEY_REUSED" in create(swagger)["responses"]["409"]["description"]


def test_method_without_scope_takes_no_key(refine: Refine) -> None:
    swagger, _ = refine(contract("", REASONS, DOMAIN), header=IMPORTS)
    assert [parameter["in"] for parameter in create(swagger)["parameters"]] == ["body"]
    assert "409" not in create(swagger)["responses"]


def test_every_response_carries_the_request_id(refine: Refine) -> None:
    swagger, openapi = refine(contract(METHOD_ERRORS, REASONS, DOMAIN), header=IMPORTS)
    for response in create(swagger)["responses"].values():
        assert response["headers"]["X-Request-Id"]["type"] == "string"
    for response in create(openapi)["responses"].values():
        assert response["headers"]["X-Request-Id"]["required"] is True


def test_unknown_reason_is_an_error_that_names_the_method(refine: Refine) -> None:
    text = contract('option (rpc_contract.v1.method) = {errors: "NO_SUCH"};', REASONS, DOMAIN)
    with pytest.raises(ContractError, match=r"test\.v1\.S\.Create: .*errors: .* NO_SUCH"):
        refine(text, header=IMPORTS)


def test_two_methods_of_one_operation_id_are_an_error(refine: Refine) -> None:
    named = """
    option (grpc.gateway.protoc_gen_openapiv2.options.openapiv2_operation) = {operation_id: "Same"};
    """
    text = contract(named).replace(
        "rpc Create(", f"rpc Other(CreateRequest) returns (Thing) {{ {named} }}\n rpc Create("
    )
    with pytest.raises(ContractError, match="has the operation id Same"):
        refine(text)
