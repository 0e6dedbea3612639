from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpc_contract.errors import ServiceError
from transactional_grpc.validation import RequestReader
from transactional_grpc_tests.unit.contracts import message_classes

CreateOrderRequest = message_classes()["CreateOrderRequest"]
READER = RequestReader(CreateOrderRequest)
LIMIT = 2**53 - 1


def broken_fields(data: bytes) -> list[str]:
    with pytest.raises(ServiceError) as rejected:
        READER.read(data)
    assert rejected.value.reason == "INVALID_REQUEST"
    return [violation.field for violation in rejected.value.violations]


@given(
    st.uuids(),
    st.integers(1, LIMIT),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=500),
)
def test_a_body_that_the_contract_allows_is_read(
    user: object, amount: int, description: str
) -> None:
    request = CreateOrderRequest(user_id=str(user), amount=amount, description=description)
    assert READER.read(request.SerializeToString()) == request


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("user_id", ""),
        ("user_id", "7b1f8a526a0e4f0e9a3d5d6f0c2b9e11"),
        ("amount", 0),
        ("amount", -1),
        ("amount", LIMIT + 1),
        ("description", "x" * 501),
        ("description", "a\0b"),
    ],
)
def test_a_broken_rule_names_its_field(field: str, value: object) -> None:
    request = CreateOrderRequest(user_id=str(uuid4()), amount=1)
    setattr(request, field, value)
    assert broken_fields(request.SerializeToString()) == [field]


def test_all_broken_rules_are_named_at_once() -> None:
    assert broken_fields(CreateOrderRequest().SerializeToString()) == ["user_id", "amount"]


@pytest.mark.parametrize("data", [b"\xff", b"\x0a\x02\xff\xfe", b"\x0a\x7f"])
def test_bytes_that_are_no_message_are_rejected(data: bytes) -> None:
    assert broken_fields(data) == [""]


def test_uuids_come_out_in_lower_case() -> None:
    user = str(uuid4())
    request = CreateOrderRequest(user_id=user.upper(), amount=1)
    assert READER.read(request.SerializeToString()).user_id == user
