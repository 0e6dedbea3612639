"""Reads JSON from strangers without using up the interpreter's stack."""

import json
from typing import Any, Final

OPENING_BRACKETS_MAX: Final = 500
"""Bounds the nesting, and with it the recursion of the JSON parser: half of Python's default limit."""


def json_object(text: bytes) -> dict[str, Any]:
    """Returns the members of a JSON object.

    A parser that fails at the recursion limit isn't enough: finalizers that the garbage collector runs at that depth fail, too.

    Raises:
        ValueError: The text is no JSON object, or has more than `OPENING_BRACKETS_MAX` opening brackets.
    """
    if text.count(b"[") + text.count(b"{") > OPENING_BRACKETS_MAX:
        raise ValueError("nests too deeply")
    match json.loads(text):
        case dict() as members:
            return members
    raise ValueError("is no object")
