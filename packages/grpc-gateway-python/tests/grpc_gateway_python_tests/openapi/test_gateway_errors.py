"""The gateway's own errors: shared responses, made from the enum that holds its reasons."""

import pytest

from grpc_gateway_python_tests.openapi.refined import Refine
from grpc_gateway_python_tests.openapi.test_responses import (
    DOMAIN,
    IMPORTS,
    METHOD_ERRORS,
    REASONS,
    contract,
    create,
)
from protoc_plugin_kit.contracts import ContractError

CONTRACT = contract(METHOD_ERRORS, REASONS, DOMAIN)
GATEWAY = """
import "grpc_gateway_python/v1/gateway.proto";
option (grpc_gateway_python.v1.gateway) = {domain: "gateway.test"};
message GetRequest { string id = 1; }
service G {
  option (rpc_contract.v1.service) = {domain: "things.test"};
  rpc Get(GetRequest) returns (Thing) { option (google.api.http) = {get: "/things/{id}"}; }
}
"""


def test_gateway_errors_are_shared_and_fit_the_operation(refine: Refine) -> None:
    text = CONTRACT + GATEWAY
    swagger, openapi = refine(text, header=IMPORTS)
    assert create(swagger)["responses"]["413"] == {"$ref": "#/responses/BodyTooLarge"}
    assert create(openapi)["responses"]["413"] == {"$ref": "#/components/responses/BodyTooLarge"}
    got = swagger["paths"]["/things/{id}"]["get"]["responses"]
    assert not {"404", "413"} & set(got)
    assert got["504"] == {"$ref": "#/responses/DeadlineExceeded"}
    assert swagger["responses"]["BodyTooLarge"]["examples"]["application/json"] == {
        "code": 3,
        "message": "A body may have 1048576 bytes.",
        "details": [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "BODY_TOO_LARGE",
                "domain": "gateway.test",
                "metadata": {"bytes_max": "1048576"},
            }
        ],
    }
    assert list(openapi["components"]["responses"]) == list(swagger["responses"])


def test_gateway_error_joins_the_response_of_a_service_with_its_status(refine: Refine) -> None:
    text = CONTRACT.replace("code: ALREADY_EXISTS", "code: DEADLINE_EXCEEDED") + GATEWAY
    swagger, _ = refine(text, header=IMPORTS)
    lines = create(swagger)["responses"]["504"]["description"].splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "- `THING_EXISTS`",
        "- `DEADLINE_EXCEEDED`",
    ]
    assert "DeadlineExceeded" in swagger["responses"], "an operation without that error shares it"


def test_retry_after_is_documented_for_503(refine: Refine) -> None:
    text = CONTRACT + GATEWAY
    swagger, openapi = refine(text, header=IMPORTS)
    unavailable = swagger["responses"]["ServiceUnavailable"]
    assert unavailable["headers"]["Retry-After"]["type"] == "integer"
    unavailable = openapi["components"]["responses"]["ServiceUnavailable"]
    assert unavailable["headers"]["Retry-After"]["required"] is True
    assert "Retry-After" not in swagger["responses"]["DeadlineExceeded"]["headers"]


def test_equal_errors_of_services_are_shared_and_others_are_not(refine: Refine) -> None:
    swagger, _ = refine(CONTRACT + GATEWAY, header=IMPORTS)
    created = create(swagger)["responses"]
    got = swagger["paths"]["/things/{id}"]["get"]["responses"]
    assert created["503"] == got["503"] == {"$ref": "#/responses/ServiceUnavailable"}
    assert "examples" in got["400"], "its example names a parameter of the operation"
    assert "examples" in created["409"], "only this operation has it"


def test_errors_of_every_service_have_the_domain_of_the_gateway_that_reaches_none(
    refine: Refine,
) -> None:
    swagger, _ = refine(CONTRACT + GATEWAY, header=IMPORTS)
    example = swagger["responses"]["ServiceUnavailable"]["examples"]["application/json"]
    assert example["details"][0]["domain"] == "gateway.test"
    example = create(swagger)["responses"]["409"]["examples"]["application/json"]
    assert example["details"][0]["domain"] == "things.test"


def test_headers_of_errors_are_documented(refine: Refine) -> None:
    swagger, _ = refine(CONTRACT + GATEWAY, header=IMPORTS)
    required = {
        name: [header for header, schema in response["headers"].items() if schema["x-required"]]
        for name, response in swagger["responses"].items()
    }
    assert required["UnsupportedMediaType"] == ["X-Request-Id", "Accept"]
    assert required["ServiceUnavailable"] == ["X-Request-Id", "Retry-After"]
    assert required["DeadlineExceeded"] == ["X-Request-Id"]


def test_contracts_without_a_gateway_document_no_gateway_errors(refine: Refine) -> None:
    swagger, _ = refine(CONTRACT, header=IMPORTS)
    assert "responses" not in swagger
    assert "413" not in create(swagger)["responses"]


def test_gateway_without_a_domain_is_an_error(refine: Refine) -> None:
    text = CONTRACT + GATEWAY.replace('domain: "gateway.test"', 'domain: ""')
    with pytest.raises(ContractError, match=r"^test\.proto: \(.*gateway\)\.domain is missing$"):
        refine(text, header=IMPORTS)
