"""Declarations of errors that the generator rejects, and the place that its error names."""

from pathlib import Path

import pytest

from protoc_plugin_kit import ContractError
from rpc_contract_tests.compiled import generated

GATEWAY = "option (rpc_contract.v1.reasons) = {gateway: true};"


@pytest.mark.parametrize(
    ("enum", "error"),
    [
        (
            (
                "enum R { X = 0; GONE = 1 [(rpc_contract.v1.error) = "
                "{code: NOT_FOUND message: 'No {str}.'}]; }"
            ),
            (
                "acme/v1/acme.proto:5: acme.v1.R.GONE: (rpc_contract.v1.error).message: "
                "{str} shadows a name that the generated function uses"
            ),
        ),
        (
            "enum R { X = 0; GONE = 1 [(rpc_contract.v1.error) = {message: 'Gone.'}]; }",
            "acme/v1/acme.proto:5: acme.v1.R.GONE: (rpc_contract.v1.error).code is missing",
        ),
        (
            (
                "enum R { X = 0; GONE = 1 [(rpc_contract.v1.error) = "
                "{code: NOT_FOUND message: 'No {thing'}]; }"
            ),
            (
                "acme/v1/acme.proto:5: acme.v1.R.GONE: (rpc_contract.v1.error).message: "
                "expected '}' before end of string"
            ),
        ),
        (
            (
                "enum R { X = 0; GONE = 1 [(rpc_contract.v1.error) = "
                "{code: NOT_FOUND message: 'No {class}.'}]; }"
            ),
            (
                "acme/v1/acme.proto:5: acme.v1.R.GONE: (rpc_contract.v1.error).message: "
                "every {…} must contain a name"
            ),
        ),
        (
            (
                "enum R {\n X = 0;\n GONE = 1 [(rpc_contract.v1.error) = "
                "{code: NOT_FOUND message: 'Gone.' http_status: 410}]; }"
            ),
            (
                "acme/v1/acme.proto:7: acme.v1.R.GONE: (rpc_contract.v1.error).http_status: "
                "the response of a gRPC service has no HTTP status; an enum of a gateway's errors "
                "has `option (rpc_contract.v1.reasons) = {gateway: true}`"
            ),
        ),
        (
            (
                f"enum R {{ {GATEWAY} X = 0;\n GONE = 1 [(rpc_contract.v1.error) = "
                "{code: NOT_FOUND message: 'Gone.' http_status: 302}]; }"
            ),
            (
                "acme/v1/acme.proto:6: acme.v1.R.GONE: (rpc_contract.v1.error).http_status: "
                "302 is not the status of an HTTP error"
            ),
        ),
        (
            (
                "enum R { X = 0; BIG = 1 [(rpc_contract.v1.error) = {code: OUT_OF_RANGE "
                "message: 'At most {bytes}.' bounds: {key: 'byte' value: 1}}]; }"
            ),
            (
                "acme/v1/acme.proto:5: acme.v1.R.BIG: (rpc_contract.v1.error).bounds: "
                "the message has no {byte}"
            ),
        ),
        (
            (
                "enum R { X = 0; BIG = 1 [(rpc_contract.v1.error) = {code: OUT_OF_RANGE "
                "message: 'At most {bytes}.' bounds: {key: 'bytes' value: 0}}]; }"
            ),
            (
                "acme/v1/acme.proto:5: acme.v1.R.BIG: (rpc_contract.v1.error).bounds: "
                "bytes must be above 0, not 0"
            ),
        ),
    ],
)
def test_error_names_the_place(tmp_path: Path, enum: str, error: str) -> None:
    with pytest.raises(ContractError) as caught:
        generated(tmp_path, enum)
    assert str(caught.value) == error
