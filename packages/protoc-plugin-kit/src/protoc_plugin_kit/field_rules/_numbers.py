"""Rules of integers and floating-point numbers."""

from typing import Any

from protoc_plugin_kit.field_rules._translation import Json, Translation

# JavaScript and others round larger JSON numbers (RFC 8259, section 6).
SAFE_INTEGER = 2**53 - 1

# The ranges of the types. Clients and test generators don't derive them from `format`.
RANGES = {
    "int32": (-(2**31), 2**31 - 1),
    "sint32": (-(2**31), 2**31 - 1),
    "sfixed32": (-(2**31), 2**31 - 1),
    "uint32": (0, 2**32 - 1),
    "fixed32": (0, 2**32 - 1),
}
UNSIGNED_64 = ("uint64", "fixed64")
SIGNED_64 = ("int64", "sint64", "sfixed64")


def numbers(kind: str, rules: Any, *, as_text: bool) -> Translation:
    """Translates the rules of a numeric type.

    A 64-bit integer is a JSON number if its rules keep it within ±(2^53-1). Otherwise it is a
    string, as in Protobuf's JSON mapping.

    Args:
        kind: The type's name, such as `sint64`.
        rules: The rules of this type, such as SInt64Rules, or None if the field has none.
        as_text: Whether every 64-bit integer is a string.
    """
    translation = _bounds(rules) if rules is not None else Translation()
    if kind in RANGES:
        low, high = RANGES[kind]
        translation.keywords = {"minimum": low, "maximum": high} | translation.keywords
    if kind in (*SIGNED_64, *UNSIGNED_64):
        return _text(kind, translation) if as_text else _wide(kind, translation)
    return translation


def _bounds(rules: Any) -> Translation:
    translation = Translation()
    for rule, keyword in (
        ("gte", "minimum"),
        ("gt", "minimum"),
        ("lte", "maximum"),
        ("lt", "maximum"),
    ):
        if rules.HasField(rule):
            translation.keywords[keyword] = getattr(rules, rule)
            if rule in ("gt", "lt"):
                translation.keywords[f"exclusive{keyword.title()}"] = True
    low, high = translation.keywords.get("minimum"), translation.keywords.get("maximum")
    if low is not None and high is not None and high < low:
        above = "more than" if "exclusiveMinimum" in translation.keywords else "at least"
        below = "less than" if "exclusiveMaximum" in translation.keywords else "at most"
        translation = Translation(prose=[f"must be {above} {low} or {below} {high}."])
    if rules.HasField("const"):
        translation.keywords["enum"] = [rules.const]
    if allowed := list(getattr(rules, "in")):
        translation.keywords["enum"] = allowed
    if rules.not_in:
        translation.keywords["x-not"] = {"enum": list(rules.not_in)}
    if rules.example:
        translation.keywords["example"] = rules.example[0]
    return translation


def _wide(kind: str, translation: Translation) -> Translation:
    keywords = translation.keywords
    if kind in UNSIGNED_64:
        keywords.setdefault("minimum", 0)
    values = keywords.get("enum", [])
    low = min(values, default=_least(keywords))
    high = max(values, default=_most(keywords))
    if low is not None and high is not None and low >= -SAFE_INTEGER and high <= SAFE_INTEGER:
        translation.keywords = {"type": "integer", "format": "int64"} | keywords
        return translation
    return _text(kind, translation)


def _least(keywords: Json) -> int | None:
    least: int | None = keywords.get("minimum")
    return least if least is None else least + keywords.get("exclusiveMinimum", False)


def _most(keywords: Json) -> int | None:
    most: int | None = keywords.get("maximum")
    return most if most is None else most - keywords.get("exclusiveMaximum", False)


def _text(kind: str, translation: Translation) -> Translation:
    """Translates a 64-bit integer to a string: a pattern for its digits, prose for its bounds."""
    sign = "" if kind in UNSIGNED_64 else "-?"
    kept: dict[str, Any] = {"type": "string", "format": kind.removeprefix("s")}
    kept["pattern"] = f"^{sign}[0-9]{{1,20}}$"
    for keyword, words in (("minimum", "at least"), ("maximum", "at most")):
        bound = translation.keywords.get(keyword)
        if bound is None or (bound == 0 and kind in UNSIGNED_64):
            continue
        exclusive = f"exclusive{keyword.title()}" in translation.keywords
        strict = {"at least": "more than", "at most": "less than"}[words]
        translation.prose.append(f"must be {strict if exclusive else words} {bound}.")
    if "enum" in translation.keywords:
        kept["enum"] = [str(value) for value in translation.keywords["enum"]]
    if "x-not" in translation.keywords:
        kept["x-not"] = {"enum": [str(value) for value in translation.keywords["x-not"]["enum"]]}
    if "example" in translation.keywords:
        kept["example"] = str(translation.keywords["example"])
    translation.keywords = kept
    return translation
