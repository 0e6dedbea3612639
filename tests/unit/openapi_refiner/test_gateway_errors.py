"""The gateway's own errors: shared responses, made from the enum that holds its reasons."""

import pytest

from protoc_plugin_kit.contracts import ContractError
from tests.unit.openapi_refiner.conftest import Refine
from tests.unit.openapi_refiner.test_responses import (
    DOMAIN,
    IMPORTS,
    REASONS,
    REFUSES,
    contract,
    create,
)

CONTRACT = contract(REFUSES, REASONS, DOMAIN)
GATEWAY = """
message GetRequest { string id = 1; }
service G {
  option (rpc_contract.v1.service) = {domain: "things.test"};
  rpc Get(GetRequest) returns (Thing) { option (google.api.http) = {get: "/things/{id}"}; }
}
enum Reason {
  option (rpc_contract.v1.reasons) = {domain: "gateway.test"};
  REASON_UNSPECIFIED = 0;
  // There is nothing.
  NO_ROUTE = 1 [(rpc_contract.v1.error) = {code: NOT_FOUND message: "Nothing."}];
  // It is too large.
  TOO_LARGE = 2 [(rpc_contract.v1.error) = {
    code: INVALID_ARGUMENT http_status: 413 message: "At most {bytes_max} bytes."
    operations: WITH_BODY bounds: {key: "bytes_max" value: 10}
  }];
  // It took too long.
  LATE = 3 [(rpc_contract.v1.error) = {code: DEADLINE_EXCEEDED message: "Late." operations: ALL}];
  // The gateway is full.
  FULL = 4 [(rpc_contract.v1.error) = {code: UNAVAILABLE message: "Full." operations: ALL}];
}
"""
GATEWAY_REASONS = "gateway_reasons=test.v1.Reason"


def test_gateway_errors_are_shared_and_fit_the_operation(refine: Refine) -> None:
    text = CONTRACT + GATEWAY
    swagger, openapi = refine(text, header=IMPORTS, parameter=GATEWAY_REASONS)
    assert create(swagger)["responses"]["413"] == {"$ref": "#/responses/TooLarge"}
    assert create(openapi)["responses"]["413"] == {"$ref": "#/components/responses/TooLarge"}
    got = swagger["paths"]["/things/{id}"]["get"]["responses"]
    assert not {"404", "413"} & set(got)
    assert got["504"] == {"$ref": "#/responses/Late"}
    assert swagger["responses"]["TooLarge"]["examples"]["application/json"] == {
        "code": 3,
        "message": "At most 10 bytes.",
        "details": [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "TOO_LARGE",
                "domain": "gateway.test",
                "metadata": {"bytes_max": "10"},
            }
        ],
    }
    assert list(openapi["components"]["responses"]) == list(swagger["responses"])


def test_gateway_error_joins_the_response_of_a_service_with_its_status(refine: Refine) -> None:
    text = CONTRACT + GATEWAY
    swagger, _ = refine(text, header=IMPORTS, parameter=GATEWAY_REASONS)
    lines = create(swagger)["responses"]["503"]["description"].splitlines()
    assert [line.partition(":")[0] for line in lines] == ["- `SERVICE_UNAVAILABLE`", "- `FULL`"]
    assert "Full" not in swagger["responses"]


def test_a_503_says_when_to_come_again(refine: Refine) -> None:
    text = CONTRACT + GATEWAY
    swagger, openapi = refine(text, header=IMPORTS, parameter=GATEWAY_REASONS)
    assert create(swagger)["responses"]["503"]["headers"]["Retry-After"]["type"] == "integer"
    assert create(openapi)["responses"]["503"]["headers"]["Retry-After"]["required"] is True
    assert "Retry-After" not in swagger["responses"]["Late"]["headers"]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("enum Reason {", "enum Other {", "no contract has the enum test.v1.Reason"),
        (
            'option (rpc_contract.v1.reasons) = {domain: "gateway.test"};',
            "",
            r"test\.proto:\d+: test\.v1\.Reason: \(.*\)\.domain is missing",
        ),
        (
            "http_status: 413",
            "http_status: 504",
            r"test\.proto:\d+: test\.v1\.Reason\.LATE: TOO_LARGE has the HTTP status 504 already",
        ),
    ],
)
def test_gateway_reasons_that_cannot_be_documented_are_an_error(
    refine: Refine, old: str, new: str, complaint: str
) -> None:
    text = CONTRACT + GATEWAY.replace(old, new)
    with pytest.raises(ContractError, match=complaint):
        refine(text, header=IMPORTS, parameter=GATEWAY_REASONS)
