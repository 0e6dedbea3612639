"""The generated functions return the declared errors."""

import ast
from pathlib import Path
from typing import Any

from grpc import StatusCode

from rpc_contract_tests.compiled import generated

REASONS = r"""
enum Reason {
  REASON_UNSPECIFIED = 0;
  // It is called "gone".
  //
  // Or \.
  GONE = 1 [(rpc_contract.v1.error) = {code: NOT_FOUND message: 'No "{name}" \\ {{it}}'}];
  IMPORT = 2 [(rpc_contract.v1.error) = {code: NOT_FOUND message: 'No "it" {{it}}'}];
}
"""
GATEWAY_REASONS = """
enum Reason {
  option (rpc_contract.v1.reasons) = {gateway: true};
  REASON_UNSPECIFIED = 0;
  BODY_TOO_LARGE = 1 [(rpc_contract.v1.error) = {
    code: INVALID_ARGUMENT
    http_status: 413
    message: "A body may have {bytes_max} bytes."
    bounds: {key: "bytes_max" value: 1024}
  }];
}
"""


def module(folder: Path, enum: str) -> tuple[str, dict[str, Any]]:
    """Returns the text of the generated module, and its names."""
    text = generated(folder, enum)["acme/v1/acme_errors.py"]
    names: dict[str, Any] = {}
    exec(text, names)
    return text, names


def test_comments_become_docstrings_and_keywords_get_an_underscore(tmp_path: Path) -> None:
    text, names = module(tmp_path, REASONS)
    functions = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    assert [function.name for function in functions] == ["gone", "import_"]
    assert ast.get_docstring(functions[0]) == 'It is called "gone".\n\nOr \\.'
    assert names["import_"]().message == 'No "it" {it}'


def test_parameters_are_in_message_and_metadata(tmp_path: Path) -> None:
    _, names = module(tmp_path, REASONS)
    error = names["gone"](name="x")
    assert (error.code, error.reason) == (StatusCode.NOT_FOUND, "GONE")
    assert error.message == 'No "x" \\ {it}'
    assert error.metadata == {"name": "x"}


def test_gateway_error_has_its_http_status_and_its_bound_is_a_constant(tmp_path: Path) -> None:
    _, names = module(tmp_path, GATEWAY_REASONS)
    assert names["BODY_TOO_LARGE_BYTES_MAX"] == 1024
    assert names["body_too_large"](bytes_max=1024).http_status == 413


def test_enum_without_errors_generates_no_module(tmp_path: Path) -> None:
    assert generated(tmp_path, "enum E { X = 0; }") == {}
