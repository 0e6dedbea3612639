from typing import Any

import pytest

from grpc_gateway_python.transcoding import mask_paths
from grpc_gateway_python_tests.gateway.generated import Kinds


def test_the_mask_is_the_only_field_mask_whatever_its_name(strings: Kinds) -> None:
    patch = strings.operations["Patch"]
    message = strings.module.kinds_pb2.PatchRequest
    body = {"shared": {"text": "x"}, "an_int32": 0}
    assert message.FromString(patch.read([], {}, body)).changes.paths == ["an_int32", "shared.text"]
    given = message.FromString(patch.read([], {"changes": ["a_string"]}, body))
    assert given.changes.paths == ["a_string"]


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({}, []),
        ({"a_string": "x", "anInt32": 1}, ["a_string", "an_int32"]),
        ({"@other": "x"}, ["another_name"]),
        (
            {"kinds": {"shared": {"text": "a"}, "a_bool": True}},
            ["kinds.a_bool", "kinds.shared.text"],
        ),
        ({"shared": {}}, ["shared"]),
        ({"shared": None}, ["shared"]),
        ({"strings": [], "shareds": [{"text": "a"}]}, ["shareds", "strings"]),
        ({"string_by_string": {"a": "b"}}, ["string_by_string"]),
        ({"struct": {"a": {"b": 1, "c": {}}}}, ["struct.a.b", "struct.a.c"]),
        ({"any": {"@type": "x", "text": "a"}}, ["any"]),
        ({"timestamp": "2026-01-01T00:00:00Z"}, ["timestamp"]),
    ],
)
def test_a_patch_without_a_mask_sets_what_its_body_names(
    strings: Kinds, body: dict[str, Any], paths: list[str]
) -> None:
    assert mask_paths(body, strings.message.DESCRIPTOR) == paths
