"""What the contracts may not say, and where the message points."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TEMPLATE = """
version: v2
plugins:
  - local: protoc-gen-errors-python
    out: out
    strategy: all
  - local: protoc-gen-service-python
    out: out
    strategy: all
"""
HEADER = """
syntax = "proto3";
package acme.v1;
import "google/api/annotations.proto";
import "rpc_contract/v1/contract.proto";
message Ask { int64 number = 1; }
message Answer {}
"""


def generate(folder: Path, contract: str) -> str:
    """Runs the plugin as buf does and returns what it complains of."""
    (folder / "contracts/acme/v1").mkdir(parents=True)
    (folder / "contracts/acme/v1/acme.proto").write_text(HEADER + contract)
    (folder / "packages").symlink_to(ROOT / "packages")
    (folder / ".proto-deps").symlink_to(ROOT / ".proto-deps")
    (folder / "buf.yaml").write_text((ROOT / "buf.yaml").read_text())
    (folder / "buf.gen.yaml").write_text(TEMPLATE)
    command = ["buf", "generate", "contracts"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode != 0, "the contract was accepted"
    return done.stderr


GATEWAY = "option (rpc_contract.v1.reasons) = {gateway: true};"
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
            "acme.v1.S.Do: a service method here is unary",
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
        (
            (
                "enum R { X = 0; GONE = 1 [(rpc_contract.v1.error) = "
                "{code: NOT_FOUND message: 'No {str}.'}]; }"
            ),
            "acme.v1.R.GONE: (rpc_contract.v1.error).message: generated code needs the name str",
        ),
        (
            "enum R { X = 0; GONE = 1 [(rpc_contract.v1.error) = {message: 'Gone.'}]; }",
            "acme.v1.R.GONE: (rpc_contract.v1.error).code is missing",
        ),
        (
            (
                "enum R { X = 0; GONE = 1 [(rpc_contract.v1.error) = "
                "{code: NOT_FOUND message: 'No {thing'}]; }"
            ),
            "acme.v1.R.GONE: (rpc_contract.v1.error).message",
        ),
        (
            (
                "enum R { X = 0; GONE = 1 [(rpc_contract.v1.error) = "
                "{code: NOT_FOUND message: 'No {class}.'}]; }"
            ),
            "acme.v1.R.GONE: (rpc_contract.v1.error).message: each {…} must hold a name",
        ),
        (
            (
                "enum R {\n X = 0;\n GONE = 1 [(rpc_contract.v1.error) = "
                "{code: NOT_FOUND message: 'Gone.' http_status: 410}]; }"
            ),
            (
                "acme/v1/acme.proto:10: acme.v1.R.GONE: (rpc_contract.v1.error).http_status: "
                "a service answers gRPC"
            ),
        ),
        (
            (
                f"enum R {{ {GATEWAY} X = 0;\n GONE = 1 [(rpc_contract.v1.error) = "
                "{code: NOT_FOUND message: 'Gone.' http_status: 302}]; }"
            ),
            (
                "acme/v1/acme.proto:9: acme.v1.R.GONE: (rpc_contract.v1.error).http_status: "
                "302 is no status of HTTP errors"
            ),
        ),
        (
            (
                "enum R { X = 0; BIG = 1 [(rpc_contract.v1.error) = {code: OUT_OF_RANGE "
                "message: 'At most {bytes}.' bounds: {key: 'byte' value: 1}}]; }"
            ),
            "acme.v1.R.BIG: (rpc_contract.v1.error).bounds: the message has no {byte}",
        ),
        (
            (
                "enum R { X = 0; BIG = 1 [(rpc_contract.v1.error) = {code: OUT_OF_RANGE "
                "message: 'At most {bytes}.' bounds: {key: 'bytes' value: 0}}]; }"
            ),
            "acme.v1.R.BIG: (rpc_contract.v1.error).bounds: bytes must be above 0, not 0",
        ),
    ],
)
def test_the_complaint_names_the_place(tmp_path: Path, contract: str, complaint: str) -> None:
    assert complaint in generate(tmp_path, contract)
