"""The checks of a method's rule."""

from typing import Any

import pytest
from google.protobuf.struct_pb2 import ListValue, Struct
from google.protobuf.type_pb2 import Type
from google.protobuf.wrappers_pb2 import StringValue
from grpc import StatusCode

from rpc_access import Access, Caller
from rpc_contract import ServiceError

ALICE = Caller("alice", frozenset({"orders:read"}))


def hidden(request: StringValue) -> ServiceError:
    return ServiceError(StatusCode.NOT_FOUND, "NOT_FOUND", f"There is no {request.value}.")


def test_caller_needs_the_scope_of_the_rule() -> None:
    assert Access(scope="orders:read").grants_scope(ALICE)
    assert not Access(scope="orders:write").grants_scope(ALICE)
    assert not Access(scope="orders").grants_scope(ALICE)
    assert Access().grants_scope(ALICE)


def test_owner_of_the_request_must_equal_the_subject() -> None:
    access = Access(owner=lambda request: request.value)
    assert access.owns_request(ALICE, StringValue(value="alice"))
    assert not access.owns_request(ALICE, StringValue(value="Alice"))
    assert not access.owns_request(ALICE, StringValue())


def test_owner_of_the_response_may_be_a_field_of_a_nested_message() -> None:
    access = Access(
        response_owner=lambda response: response.source_context.file_name, hidden_as=hidden
    )
    response = Type()
    response.source_context.file_name = "alice"
    assert access.owns_response(ALICE, response)
    response.source_context.file_name = "bob"
    assert not access.owns_response(ALICE, response)
    assert not access.owns_response(ALICE, Type())


def test_rule_without_owners_restricts_neither_request_nor_response() -> None:
    assert Access(scope="x").owns_request(ALICE, Struct())
    assert Access(scope="x").owns_response(ALICE, ListValue())


@pytest.mark.parametrize(
    "restriction",
    [{"scope": "orders:read"}, {"owner": str}, {"response_owner": str}],
)
def test_public_rule_with_a_restriction_is_rejected(restriction: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="public"):
        Access(public=True, **restriction)


def test_error_that_hides_a_resource_without_an_owner_is_rejected() -> None:
    with pytest.raises(ValueError, match="hidden_as"):
        Access(scope="orders:read", hidden_as=hidden)


def test_resource_of_somebody_else_is_forbidden_or_hidden() -> None:
    request = StringValue(value="7")
    assert Access(owner=str).not_owned(request).reason == "NOT_OWNER"
    error = Access(owner=str, hidden_as=hidden).not_owned(request)
    assert (error.reason, error.message) == ("NOT_FOUND", "There is no 7.")


def test_rules_with_equal_fields_are_equal() -> None:
    assert Access(scope="x", owner=str) == Access(scope="x", owner=str)
    assert Access(owner=str) != Access(owner=repr)
