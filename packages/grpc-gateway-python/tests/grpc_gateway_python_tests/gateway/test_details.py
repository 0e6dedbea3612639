"""Details of errors are written as the messages of the same operation are."""

from typing import Any

import pytest
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Value
from google.protobuf.wrappers_pb2 import Int64Value
from google.rpc.error_details_pb2 import BadRequest, QuotaFailure

from grpc_gateway_python.transcoding import DetailWriter
from grpc_gateway_python_tests.gateway.generated import Kinds

TYPE = "type.googleapis.com/"


def packed(message: Message) -> AnyMessage:
    detail = AnyMessage()
    detail.Pack(message)
    return detail


@pytest.mark.parametrize(("kinds", "number"), [("strings", "7"), ("numbers", 7)])
def test_a_message_of_the_contract_is_written_as_in_responses(
    kinds: str, number: Any, request: pytest.FixtureRequest
) -> None:
    generated: Kinds = request.getfixturevalue(kinds)
    write = generated.echo.write_detail
    pb2 = generated.module.kinds_pb2
    assert write(packed(pb2.OutOfStock(left_over=7))) == {
        "@type": f"{TYPE}kinds.v1.OutOfStock",
        "left_over": number,
        "since_then": "0",
        "color": "COLOR_UNSPECIFIED",
        "labels": {},
    }
    assert write(packed(pb2.OutOfStock.Shelf(number=3)))["number"] == "3"
    assert write(packed(Kinds(generated.module).message()))["a_double"] == 0


@pytest.mark.parametrize(
    ("detail", "json_names", "expected"),
    [
        (
            BadRequest(field_violations=[BadRequest.FieldViolation(field="a_b")]),
            True,
            {"fieldViolations": [{"field": "a_b", "description": "", "reason": ""}]},
        ),
        (BadRequest(), False, {"field_violations": []}),
        (Int64Value(value=5), False, {"value": "5"}),
        (Value(number_value=5), False, {"value": 5.0}),
    ],
)
def test_other_messages_are_written_in_the_same_style(
    detail: Message, json_names: bool, expected: dict[str, object]
) -> None:
    write = DetailWriter(dict, json_names=json_names)
    assert write(packed(detail)) == {"@type": TYPE + detail.DESCRIPTOR.full_name} | expected


@pytest.mark.parametrize(
    "detail",
    [
        AnyMessage(type_url=f"{TYPE}unknown.Type", value=b"\x01"),
        AnyMessage(type_url=f"{TYPE}google.rpc.BadRequest", value=b"\x01"),
        AnyMessage(type_url=f"{TYPE}kinds.v1.OutOfStock", value=b"\x01"),
        AnyMessage(value=b"\x01"),
    ],
)
def test_a_detail_that_cannot_be_read_is_its_bytes(strings: Kinds, detail: AnyMessage) -> None:
    assert strings.echo.write_detail(detail) == {"@type": detail.type_url, "value": "AQ=="}


def test_a_quota_has_its_64_bit_integers_as_strings() -> None:
    violation = QuotaFailure.Violation(quota_value=5)
    written: Any = DetailWriter(dict, json_names=False)(
        packed(QuotaFailure(violations=[violation]))
    )
    assert written["violations"][0]["quota_value"] == "5"
