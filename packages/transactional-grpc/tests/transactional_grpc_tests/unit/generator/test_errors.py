"""What the contracts may not say, and where the message points."""

import re
from pathlib import Path

import pytest
from google.api import annotations_pb2

from protoc_plugin_kit import ContractError, Contracts
from protoc_plugin_kit.testing import compile_request
from rpc_contract.v1 import contract_pb2
from transactional_grpc.generator.__main__ import generate

IMPORTS = (annotations_pb2.DESCRIPTOR, contract_pb2.DESCRIPTOR)
HEADER = """
syntax = "proto3";
package acme.v1;
import "google/api/annotations.proto";
import "rpc_contract/v1/contract.proto";
message Ask { int64 number = 1; }
message Answer {}
"""
RULES = "option (rpc_contract.v1.service) = {domain: 'acme'};"


@pytest.mark.parametrize(
    ("contract", "complaint"),
    [
        (
            "service S { rpc Do(Ask) returns (Answer); }",
            "acme.v1.S: (rpc_contract.v1.service).domain is missing",
        ),
        (
            (
                f"service S {{ {RULES} rpc Do(Ask) returns (Answer) {{"
                " option (google.api.http) = {get: '/things'}; } }"
            ),
            "acme.v1.S.Do: a GET needs `option idempotency_level = NO_SIDE_EFFECTS;`",
        ),
        (
            (
                f"service S {{ {RULES} rpc Do(Ask) returns (Answer) {{"
                " option (google.api.http) = {post: '/things'}; } }"
            ),
            (
                "acme/v1/acme.proto:8: acme.v1.S.Do: a POST needs an `idempotency_scope` in "
                "(rpc_contract.v1.method), or, where repeating it does no harm, "
                "`option idempotency_level = IDEMPOTENT;`"
            ),
        ),
        (
            f"service S {{ {RULES} rpc Do(stream Ask) returns (Answer); }}",
            "acme.v1.S.Do: a method here has one request, not a stream of requests",
        ),
        (
            f"service S {{ {RULES} rpc Do(stream Ask) returns (stream Answer); }}",
            "acme.v1.S.Do: a method here has one request, not a stream of requests",
        ),
        (
            f"service S {{ {RULES} rpc Do(Ask) returns (stream Answer); }}",
            "acme.v1.S.Do: a stream needs `option idempotency_level = NO_SIDE_EFFECTS;`",
        ),
        (
            (
                f"service S {{ {RULES} rpc Do(Ask) returns (Answer) {{"
                "  option (rpc_contract.v1.method) = {idempotency_scope: 'user'}; } }"
            ),
            (
                "acme.v1.S.Do: (rpc_contract.v1.method).idempotency_scope: "
                "acme.v1.Ask has no string field 'user'"
            ),
        ),
        (
            (
                f"service S {{ {RULES} rpc Do(Ask) returns (Answer) {{"
                "  option (rpc_contract.v1.method) = {idempotency_scope: 'number'}; } }"
            ),
            "acme.v1.Ask has no string field 'number'",
        ),
        (
            f"service S {{ {RULES} rpc GetURL(Ask) returns (Answer); rpc GetUrl(Ask) returns (Answer); }}",
            "acme/v1/acme.proto:8: acme.v1.S.GetUrl: in Python it would be get_url, as GetURL is",
        ),
    ],
)
def test_the_error_names_the_place(tmp_path: Path, contract: str, complaint: str) -> None:
    files = {"acme/v1/acme.proto": HEADER + contract}
    contracts = Contracts.from_request(compile_request(tmp_path, files, imports=IMPORTS))
    with pytest.raises(ContractError, match=re.escape(complaint)):
        list(generate(contracts))
