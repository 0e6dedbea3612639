import json
import sys

import pytest

from rpc_access._json_objects import OPENING_BRACKETS_MAX, json_object


def nested(brackets: int) -> bytes:
    lists = brackets - 1
    return b'{"lists": ' + b"[" * lists + b"]" * lists + b"}"


def test_nesting_up_to_the_bound_is_read() -> None:
    assert json_object(nested(OPENING_BRACKETS_MAX)) == json.loads(nested(OPENING_BRACKETS_MAX))


def test_nesting_above_the_bound_is_rejected_before_the_parser_recurses() -> None:
    for brackets in (OPENING_BRACKETS_MAX + 1, sys.getrecursionlimit(), 1_000_000):
        with pytest.raises(ValueError, match="nests too deeply"):
            json_object(nested(brackets))


@pytest.mark.parametrize("text", [b"[]", b"null", b"1", b'"{}"'])
def test_json_that_is_no_object_is_rejected(text: bytes) -> None:
    with pytest.raises(ValueError, match="is no object"):
        json_object(text)
