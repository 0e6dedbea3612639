"""What the contracts may not say, and where the message points."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TEMPLATE = """
version: v2
plugins:
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
    ],
)
def test_the_complaint_names_the_place(tmp_path: Path, contract: str, complaint: str) -> None:
    assert complaint in generate(tmp_path, contract)
