"""The plugin's parameters, and its errors."""

import pytest

from grpc_gateway_python.openapi.options import Options
from grpc_gateway_python_tests.openapi.refined import Refine
from protoc_plugin_kit.contracts import ContractError

CONTRACT = """
message M { string long_name = 1; }
service S {
  rpc Bound(M) returns (M) { option (google.api.http) = {post: "/m" body: "*"}; }
  rpc Unbound(M) returns (M);
}
"""


def test_unknown_option_is_named() -> None:
    with pytest.raises(ContractError, match="unknown option 'colour'"):
        Options.parse("name=x,colour=red")


def test_bad_value_is_named() -> None:
    with pytest.raises(ContractError, match="int64 must be one of number, string, not 'float'"):
        Options.parse("int64=float")


def test_missing_upstream_is_named(refine: Refine) -> None:
    with pytest.raises(ContractError, match="no-such-program"):
        refine(CONTRACT, parameter="upstream=no-such-program")


def test_field_names_follow_the_option(refine: Refine) -> None:
    proto, _ = refine(CONTRACT)
    json, _ = refine(CONTRACT, parameter="field_names=json")
    assert list(proto["definitions"]["M"]["properties"]) == ["long_name"]
    assert list(json["definitions"]["M"]["properties"]) == ["longName"]


def test_unbound_methods_appear_on_demand(refine: Refine) -> None:
    assert len(refine(CONTRACT)[0]["paths"]) == 1
    assert len(refine(CONTRACT, parameter="generate_unbound=true")[0]["paths"]) == 2


def test_a_route_that_upstream_rejects_is_rejected_with_its_line(refine: Refine) -> None:
    wrong = CONTRACT.replace("/m", "/m/{name}")
    place = r"^test\.proto:\d+: test\.v1\.S\.Bound: name: test\.v1\.M has no field 'name'$"
    with pytest.raises(ContractError, match=place):
        refine(wrong)
