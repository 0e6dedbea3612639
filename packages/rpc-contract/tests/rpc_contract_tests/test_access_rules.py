"""Access rules: what a method may declare, and the place that an error about it names."""

from pathlib import Path

import pytest

from protoc_plugin_kit import ContractError, Contracts
from protoc_plugin_kit.testing import compile_request
from rpc_contract.generator import AccessRule, access_of, required_access_of
from rpc_contract.v1 import contract_pb2

CONTRACT = """
syntax = "proto3";
package acme.v1;
import "rpc_contract/v1/contract.proto";
message Request {
  string user = 1;
  int64 number = 2;
  repeated string tags = 3;
  Thing thing = 4;
  repeated Thing things = 5;
}
message Thing { string owner = 1; }
enum Reason {
  REASON_UNSPECIFIED = 0;
  GONE = 1 [(rpc_contract.v1.error) = {code: NOT_FOUND message: "No {number} of {user}."}];
  NO_THING = 2 [(rpc_contract.v1.error) = {code: NOT_FOUND message: "No {thing}."}];
}
service S { rpc Do(Request) returns (Thing) { %s } }
"""
PLACE = "acme/v1/acme.proto:18: acme.v1.S.Do: (rpc_contract.v1.method).access"


def rule(
    folder: Path, option: str, *, required: bool = False, contract: str = CONTRACT
) -> AccessRule | None:
    """Returns the access rule of a method with this option."""
    files = {"acme/v1/acme.proto": contract % option}
    request = compile_request(folder, files, imports=[contract_pb2.DESCRIPTOR])
    contracts = Contracts.from_request(request)
    method = contracts.files[0].services_by_name["S"].methods[0]
    return (required_access_of if required else access_of)(contracts, method)


def declared(access: str) -> str:
    return f"option (rpc_contract.v1.method) = {{errors: ['GONE', 'NO_THING', 'ODD'] access: {{{access}}}}};"


def test_rule_of_an_owner(tmp_path: Path) -> None:
    found = rule(
        tmp_path,
        declared('scope: "s" owner: "thing.owner" response_owner: "owner" hidden_as: "GONE"'),
    )
    assert found is not None
    assert (found.public, found.scope) == (False, "s")
    assert [field.full_name for field in found.owner] == [
        "acme.v1.Request.thing",
        "acme.v1.Thing.owner",
    ]
    assert [field.full_name for field in found.response_owner] == ["acme.v1.Thing.owner"]
    assert found.hidden_as is not None
    assert found.hidden_as.parameters == ("number", "user")


def test_rule_of_a_public_method(tmp_path: Path) -> None:
    found = rule(tmp_path, declared("public: true"))
    assert found == AccessRule(public=True, scope="", owner=(), response_owner=(), hidden_as=None)


def test_streamed_requests_have_no_owner(tmp_path: Path) -> None:
    contract = CONTRACT.replace("rpc Do(Request)", "rpc Do(stream Request)")
    with pytest.raises(ContractError) as caught:
        rule(tmp_path, declared("scope: 's' owner: 'user'"), contract=contract)
    assert str(caught.value) == f"{PLACE}.owner: the method has several requests"


def test_each_streamed_response_has_an_owner(tmp_path: Path) -> None:
    contract = CONTRACT.replace("returns (Thing)", "returns (stream Thing)")
    found = rule(tmp_path, declared("scope: 's' response_owner: 'owner'"), contract=contract)
    assert found is not None
    assert [field.full_name for field in found.response_owner] == ["acme.v1.Thing.owner"]


@pytest.mark.parametrize("option", ["", "option (rpc_contract.v1.method) = {errors: 'GONE'};"])
def test_method_without_a_rule_fails_only_if_one_is_required(tmp_path: Path, option: str) -> None:
    assert rule(tmp_path, option) is None
    with pytest.raises(ContractError) as caught:
        rule(tmp_path, option, required=True)
    assert str(caught.value) == f"{PLACE} is missing: it names a `scope`, or says `public: true`"


def keyed(key_scope: str, access: str) -> str:
    """Returns the option of a method that accepts an Idempotency-Key."""
    return (
        "option (rpc_contract.v1.method) = "
        f"{{idempotency_scope: '{key_scope}' access: {{scope: 's' {access}}}}};"
    )


@pytest.mark.parametrize("owner", ["thing.owner", "user"])
def test_required_rule_scopes_keys_to_the_owner(tmp_path: Path, owner: str) -> None:
    option = keyed("other", f"owner: '{owner}'")
    contract = CONTRACT.replace("int64 number = 2;", "int64 number = 2; string other = 6;")
    assert rule(tmp_path, option, contract=contract) is not None
    with pytest.raises(ContractError) as caught:
        rule(tmp_path, option, required=True, contract=contract)
    assert str(caught.value) == (
        "acme/v1/acme.proto:18: acme.v1.S.Do: (rpc_contract.v1.method).idempotency_scope: "
        f"'other' is not the owner '{owner}': callers could find out which Idempotency-Keys others use"
    )


@pytest.mark.parametrize("access", ["owner: 'user'", "response_owner: 'owner'", ""])
def test_required_rule_accepts_keys_of_the_owner_and_of_requests_without_one(
    tmp_path: Path, access: str
) -> None:
    assert rule(tmp_path, keyed("user", access), required=True) is not None


@pytest.mark.parametrize(
    ("access", "error"),
    [
        ("", ": needs a `scope`, or `public: true`"),
        ("owner: 'user'", ": needs a `scope`, or `public: true`"),
        ("public: true scope: 's'", ": a public method has no scope and no owner"),
        ("public: true owner: 'user'", ": a public method has no scope and no owner"),
        ("public: true hidden_as: 'GONE'", ": a public method has no scope and no owner"),
        ("scope: 'a b'", ".scope: 'a b' is no scope of OAuth 2.0"),
        ("scope: 'a\"b'", ".scope: 'a\"b' is no scope of OAuth 2.0"),
        ("scope: 's' owner: 'id'", ".owner: acme.v1.Request has no field 'id'"),
        ("scope: 's' owner: 'thing.id'", ".owner: acme.v1.Thing has no field 'id'"),
        ("scope: 's' owner: 'user.id'", ".owner: acme.v1.Request.user has no field 'id'"),
        ("scope: 's' owner: 'user.'", ".owner: acme.v1.Request.user has no field ''"),
        ("scope: 's' owner: 'things.owner'", ".owner: acme.v1.Request.things has no field 'owner'"),
        ("scope: 's' owner: 'number'", ".owner: acme.v1.Request.number is no string"),
        ("scope: 's' owner: 'tags'", ".owner: acme.v1.Request.tags is no string"),
        ("scope: 's' owner: 'thing'", ".owner: acme.v1.Request.thing is no string"),
        ("scope: 's' response_owner: 'id'", ".response_owner: acme.v1.Thing has no field 'id'"),
        ("scope: 's' hidden_as: 'GONE'", ".hidden_as: needs an `owner` or a `response_owner`"),
        ("scope: 's' owner: 'user' hidden_as: 'LOST'", ".hidden_as: `errors` does not list LOST"),
        (
            "scope: 's' owner: 'user' hidden_as: 'ODD'",
            ".hidden_as: neither acme.v1 nor rpc_contract.v1 has the reason ODD",
        ),
        (
            "scope: 's' owner: 'user' hidden_as: 'NO_THING'",
            (
                ".hidden_as: the message of NO_THING has {thing}, "
                "which is no text or number of acme.v1.Request"
            ),
        ),
    ],
)
def test_error_names_the_place(tmp_path: Path, access: str, error: str) -> None:
    with pytest.raises(ContractError) as caught:
        rule(tmp_path, declared(access))
    assert str(caught.value) == PLACE + error
