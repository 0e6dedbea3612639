"""Requests to the services of grpc-gateway's examples."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Case:
    method: str
    path: str
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    differs: str = ""
    """The row of the table in GATEWAY.md that says why the responses differ."""
    status: int = 0
    """What this gateway responses then."""


ABE = "/v1/example/a_bit_of_everything"
EVERYTHING: dict[str, Any] = {
    "floatValue": 1.5,
    "doubleValue": -2.5,
    "int64Value": "-9007199254740993",
    "uint64Value": "18446744073709551615",
    "int32Value": -3,
    "fixed64Value": "7",
    "fixed32Value": 8,
    "boolValue": True,
    "stringValue": "strprefix/foo",
    "uint32Value": 9,
    "sfixed32Value": -10,
    "sfixed64Value": "-11",
    "sint32Value": 12,
    "sint64Value": "13",
    "nonConventionalNameValue": "camel",
    "enumValue": "ONE",
    "pathEnumValue": "DEF",
    "nestedPathEnumValue": "JKL",
    "timestampValue": "2016-05-10T10:19:13.123Z",
    "nested": [{"name": "a", "amount": 1, "ok": "TRUE"}],
    "repeatedStringValue": ["x", "y"],
    "mapValue": {"a": "ONE", "b": "ZERO"},
    "mappedStringValue": {"k": "v"},
    "mappedNestedValue": {"z": {"name": "n", "amount": 2}},
    "singleNested": {"name": "s", "amount": 5, "ok": "FALSE"},
    "bytesValue": "dGVzdA==",
    "oneofString": "one",
    "requiredStringViaFieldBehaviorAnnotation": "r",
    "requiredStringField1": "1",
    "requiredStringField2": "2",
    "required_field_behavior_json_name_custom": "a",
    "required_field_schema_json_name_custom": "b",
}
PATH_OF_EVERYTHING = (
    "/1.5/2.5/3/separator/4/5/6/7/true/strprefix/foo/9/10/11/12/13/camel/ZERO/DEF/JKL/ONE"
)
REPEATED_IN_PATH = (
    "_repeated/1.1,2.1/3.1,4.1/1,2/3,4/5,6/7,8/9,10/true,false/foo,bar/Zm9v,YmFy/11,12/ZERO,ONE"
    "/13,14/15,16/17,18/19,20"
)
ECHOES = [
    Case("GET", "/v1/example/echo/myid/5"),
    Case("GET", "/v1/example/echo/myid/5?status.progress=3"),
    Case("GET", "/v1/example/echo/a%20b/5"),
    Case("GET", "/v1/example/echo/%C3%A4/5"),
    Case("GET", "/v1/example/echo/myid/abc"),
    Case("GET", "/v1/example/echo/a%2Fb", differs="Encoded slash in a path", status=405),
    Case("GET", "/v1/example/echo/myid", differs="Method not allowed", status=405),
    Case("DELETE", "/v1/example/echo/myid", differs="Method not allowed", status=405),
    Case("POST", "/v1/example/echo/myid"),
    Case("POST", "/v1/example/echo_body", {"id": "x", "num": "3"}),
    Case("POST", "/v1/example/echo_body", {"id": "x", "num": 3}),
    Case("POST", "/v1/example/echo_body", {"id": "x", "num": 3.0}),
    Case("POST", "/v1/example/echo_body", {"id": "x", "num": "1e2"}),
    Case("POST", "/v1/example/echo_body", {"id": "x", "num": "9223372036854775808"}),
    Case("POST", "/v1/example/echo_body", {"id": 5}),
    Case("POST", "/v1/example/echo_body", [1]),
    Case("POST", "/v1/example/echo_body", {"bogus": 3}, differs="Unknown member", status=400),
    Case("PUT", "/v1/example/echo_body/foo?num=5", {"progress": "7"}),
    Case("DELETE", "/v1/example/echo_delete?id=x&num=9"),
    Case("DELETE", "/v1/example/echo_delete?id=x&id=y"),
    Case("DELETE", "/v1/example/echo_delete?num=x"),
    Case("DELETE", "/v1/example/echo_delete?bogus=y", differs="Unknown parameter", status=400),
    Case("PATCH", "/v1/example/echo_patch", {"structField": {"a": 1, "b": {"c": True}}}),
    Case("PATCH", "/v1/example/echo_patch", {"struct_field": {"a": 1}, "value_field": [1, None]}),
    Case("GET", "/v1/example/echo_unauthorized"),
    Case("GET", "/v1/example/bogus"),
    Case("POST", "/v1/example/echo_body"),
    Case("POST", "/v1/example/echo_body?id=x", differs="Unknown parameter", status=400),
    Case("PUT", "/v1/example/echo_body/foo?num=5"),
    Case("PATCH", "/v1/example/echo_patch"),
    Case("DELETE", "/v1/example/echo_delete?id=%zz"),
    Case("DELETE", "/v1/example/echo_delete?id=100%"),
    Case("GET", "/v1/example/echo/myid/5", headers={"grpc-metadata-foo": "bar"}),
]
RESPONSE_BODIES = [
    Case("GET", "/responsebody/foo"),
    Case("GET", "/responsebodies/foo"),
    Case("GET", "/responsestrings/foo"),
    Case("GET", "/responsestrings/empty"),
    Case("GET", "/responsebody/samename/foo"),
    Case("GET", "/responsebody/stream/foo"),
]
EVERYTHINGS = [
    Case("POST", ABE, EVERYTHING),
    Case("POST", ABE + PATH_OF_EVERYTHING),
    Case("GET", ABE + REPEATED_IN_PATH),
    Case("GET", f"{ABE}/not_exist"),
    Case("HEAD", f"{ABE}/not_exist"),
    Case("OPTIONS", f"{ABE}/not_exist"),
    Case("TRACE", f"{ABE}/not_exist"),
    Case("DELETE", f"{ABE}/not_exist"),
    Case("POST", f"{ABE}/some:custom"),
    Case("POST", f"{ABE}/some:custom:custom"),
    Case("GET", f"{ABE}/echo/hello"),
    Case("POST", "/v2/example/echo", "hello"),
    Case("GET", "/v2/example/echo?value=hi"),
    Case("POST", "/v1/example/deep_path/nm", {"singleNested": {"amount": 3}}),
    Case("GET", "/v2/example/timeout", headers={"grpc-timeout": "200m"}),
    Case("GET", "/v2/example/errorwithdetails"),
    Case("POST", "/v2/example/withbody/5", {"name": "x"}),
    Case("POST", "/v2/example/postwithemptybody/nm", {}),
    Case("POST", "/v2/example/postwithemptybody/nm"),
    Case("POST", f"{ABE}/params/post/strv"),
    Case("POST", "/v1/example/deep_path/nm"),
    Case("POST", "/v2/example/echo"),
    Case("POST", "/v1/example/oneofenum"),
    Case("POST", ABE, EVERYTHING | {"enumValue": 1, "pathEnumValue": 1}),
    Case("PATCH", "/v2/example/a_bit_of_everything/not_exist"),
    Case("GET", f"{ABE}/params/get/foo?single_nested.amount=4"),
    Case("GET", f"{ABE}/params/get/foo?singleNested.amount=4"),
    Case("GET", f"{ABE}/params/get/nested_enum/TRUE"),
    Case("POST", f"{ABE}/params/post/strv", {"name": "b", "amount": 6}),
    Case("GET", "/v2/v:check"),
    Case("GET", "/v3/v:check"),
    Case("GET", "/v1/example/checkStatus"),
    Case("POST", "/v1/example/requiredmessagetype", {"id": "i", "foo": {"bar": "b"}}),
    Case("POST", "/v1/example/oneofenum", "EXAMPLE_ENUM_FIRST", differs="Enum body", status=200),
    Case("GET", f"{ABE}/query/abc?single_nested.name=bob&repeated_enum_value=ONE&map_value[k]=1"),
    Case(
        "GET",
        f"{ABE}/query/abc?timestamp_value=2016-05-10T10:19:13Z&bytes_value=dGVzdA&enum_value=1",
    ),
    Case("GET", f"{ABE}/query/abc?bool_value=T", differs="Boolean parameter", status=400),
    Case("GET", f"{ABE}/query/abc?int32_value=%2B5", differs="Integer parameter", status=400),
    Case("POST", "/v1/publishers/p/books?book_id=b", {"name": "n"}),
    Case("PATCH", "/v1/publishers/p/books/b", {"name": "publishers/p/books/b"}),
    Case("PATCH", "/v2/example/a_bit_of_everything/not_exist", {"stringValue": "z"}),
    Case("POST", f"{ABE}/nested_body_oneof", {"text": "x"}),
]
NON_STANDARD_NAMES = [
    Case("PATCH", "/v1/update/foo", {"ID": "x", "Num": "5", "LineNum": "7"}),
    Case("PATCH", "/v1/update_with_json_names/foo", {"ID": "x"}),
]
STREAMS = [
    Case("GET", ABE),
    Case("GET", f"{ABE}?error=true"),
    Case("GET", "/v1/example/download", differs="Streamed HttpBody", status=200),
]
CASES = [*ECHOES, *RESPONSE_BODIES, *EVERYTHINGS, *NON_STANDARD_NAMES, *STREAMS]
