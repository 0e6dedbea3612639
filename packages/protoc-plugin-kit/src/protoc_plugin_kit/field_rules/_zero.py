"""The zero value of a type under the rules of a field.

A field without presence doesn't distinguish "absent" from zero. So `required` means "not zero"
there, and a rule that rejects zero makes the field required.
"""

from collections.abc import Callable
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

from protoc_plugin_kit.field_rules._patterns import matches
from protoc_plugin_kit.field_rules._translation import Json, Translation

_LEAST = {"string": "minLength", "array": "minItems", "object": "minProperties"}
_FORMATS_OF_EMPTY_STRING = ("uri-reference",)


def exclude_zero(field: FieldDescriptor, translation: Translation) -> None:
    """Changes the keywords so that they reject the type's zero value."""
    keywords = translation.keywords
    shape = _shape(field)
    if shape in _LEAST:
        keywords[_LEAST[shape]] = max(1, keywords.get(_LEAST[shape], 0))
    elif field.enum_type is not None:
        zero = field.enum_type.values_by_number[0].name
        names = keywords.get("enum", [value.name for value in field.enum_type.values])
        keywords["enum"] = [name for name in names if name != zero]
    elif shape == "boolean":
        keywords["enum"] = [True]
    elif keywords.get("minimum") == 0:
        keywords["exclusiveMinimum"] = True
    elif not rejects_zero(field, translation):
        keywords["x-not"] = {"enum": [0, *keywords.get("x-not", {}).get("enum", [])]}


def allow_zero(field: FieldDescriptor, translation: Translation) -> None:
    """Moves the keywords that reject the type's zero value to the prose, because the rules allow it."""
    zero = _zero(field, translation.keywords)
    for keyword in list(translation.keywords):
        if _rejects(keyword, translation.keywords, zero):
            translation.prose.append(
                f"must, unless zero or empty, satisfy {keyword} `{translation.keywords[keyword]}`."
            )
            del translation.keywords[keyword]
            translation.keywords.pop(f"exclusive{keyword.title()}", None)


def rejects_zero(field: FieldDescriptor, translation: Translation) -> bool:
    """Tells whether a keyword rejects the type's zero value."""
    zero = _zero(field, translation.keywords)
    return any(_rejects(keyword, translation.keywords, zero) for keyword in translation.keywords)


def _shape(field: FieldDescriptor) -> str:
    if field.is_repeated:
        entry = field.message_type is not None and field.message_type.GetOptions().map_entry
        return "object" if entry else "array"
    if field.enum_type is not None:
        return "enum"
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return "boolean"
    text = field.cpp_type == FieldDescriptor.CPPTYPE_STRING
    return "string" if text else "number"


def _zero(field: FieldDescriptor, keywords: Json) -> Any:
    shape = _shape(field)
    if shape == "enum":
        return field.enum_type.values_by_number[0].name if field.enum_type is not None else None
    if shape == "number":
        return "0" if keywords.get("type") == "string" else 0
    return {"array": [], "object": {}, "boolean": False, "string": ""}[shape]


def _rejects(keyword: str, keywords: Json, zero: Any) -> bool:
    check = _CHECKS.get(keyword)
    return check is not None and check(keywords[keyword], zero, keywords)


def _too_small(least: Any, _zero: Any, keywords: Json) -> bool:
    return bool(least > 0 or (least == 0 and keywords.get("exclusiveMinimum")))


def _too_large(most: Any, _zero: Any, keywords: Json) -> bool:
    return bool(most < 0 or (most == 0 and keywords.get("exclusiveMaximum")))


_CHECKS: dict[str, Callable[[Any, Any, Json], bool]] = {
    "enum": lambda values, zero, _: zero not in values,
    "format": lambda name, zero, _: zero == "" and name not in _FORMATS_OF_EMPTY_STRING,
    "maximum": _too_large,
    "minItems": lambda least, _zero, _: least > 0,
    "minLength": lambda least, _zero, _: least > 0,
    "minProperties": lambda least, _zero, _: least > 0,
    "minimum": _too_small,
    "pattern": lambda pattern, zero, _: isinstance(zero, str) and not matches(pattern, zero),
    "x-not": lambda schema, zero, _: zero in schema["enum"],
}
