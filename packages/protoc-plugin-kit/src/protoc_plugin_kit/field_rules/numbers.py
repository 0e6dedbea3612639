"""Rules of integers and floating-point numbers."""

from typing import Any

from protoc_plugin_kit.field_rules.translation import Json, Translation

# Beyond it a JSON number loses its last digits in JavaScript and others (RFC 8259, section 6).
SAFE_INTEGER = 2**53 - 1

# What a type holds by itself; clients and test generators do not read it out of `format`.
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
    """Translates the rules of a numeric type; `rules` is None when there are none.

    A 64-bit integer becomes a JSON number when its rules keep it within ±(2^53-1); otherwise it
    stays the string that Protobuf's JSON mapping makes of it, as it does with `as_text`.
    """
    said = _bounds(rules) if rules is not None else Translation()
    if kind in RANGES:
        low, high = RANGES[kind]
        said.keywords = {"minimum": low, "maximum": high} | said.keywords
    if kind in (*SIGNED_64, *UNSIGNED_64):
        return _text(kind, said) if as_text else _wide(kind, said)
    return said


def _bounds(rules: Any) -> Translation:
    said = Translation()
    for rule, keyword in (
        ("gte", "minimum"),
        ("gt", "minimum"),
        ("lte", "maximum"),
        ("lt", "maximum"),
    ):
        if rules.HasField(rule):
            said.keywords[keyword] = getattr(rules, rule)
            if rule in ("gt", "lt"):
                said.keywords[f"exclusive{keyword.title()}"] = True
    low, high = said.keywords.get("minimum"), said.keywords.get("maximum")
    if low is not None and high is not None and high < low:
        above = "more than" if "exclusiveMinimum" in said.keywords else "at least"
        below = "less than" if "exclusiveMaximum" in said.keywords else "at most"
        said = Translation(unsaid=[f"must be {above} {low} or {below} {high}."])
    if rules.HasField("const"):
        said.keywords["enum"] = [rules.const]
    if allowed := list(getattr(rules, "in")):
        said.keywords["enum"] = allowed
    if rules.not_in:
        said.keywords["x-not"] = {"enum": list(rules.not_in)}
    if rules.example:
        said.keywords["example"] = rules.example[0]
    return said


def _wide(kind: str, said: Translation) -> Translation:
    keywords = said.keywords
    if kind in UNSIGNED_64:
        keywords.setdefault("minimum", 0)
    values = keywords.get("enum", [])
    low = min(values, default=_least(keywords))
    high = max(values, default=_most(keywords))
    if low is not None and high is not None and low >= -SAFE_INTEGER and high <= SAFE_INTEGER:
        said.keywords = {"type": "integer", "format": "int64"} | keywords
        return said
    return _text(kind, said)


def _least(keywords: Json) -> int | None:
    least: int | None = keywords.get("minimum")
    return least if least is None else least + keywords.get("exclusiveMinimum", False)


def _most(keywords: Json) -> int | None:
    most: int | None = keywords.get("maximum")
    return most if most is None else most - keywords.get("exclusiveMaximum", False)


def _text(kind: str, said: Translation) -> Translation:
    """The integer as a string: a pattern for its digits, prose for its bounds."""
    sign = "" if kind in UNSIGNED_64 else "-?"
    kept: dict[str, Any] = {"type": "string", "format": kind.removeprefix("s")}
    kept["pattern"] = f"^{sign}[0-9]{{1,20}}$"
    for keyword, words in (("minimum", "at least"), ("maximum", "at most")):
        bound = said.keywords.get(keyword)
        if bound is None or (bound == 0 and kind in UNSIGNED_64):
            continue
        exclusive = f"exclusive{keyword.title()}" in said.keywords
        strict = {"at least": "more than", "at most": "less than"}[words]
        said.unsaid.append(f"must be {strict if exclusive else words} {bound}.")
    if "enum" in said.keywords:
        kept["enum"] = [str(value) for value in said.keywords["enum"]]
    if "x-not" in said.keywords:
        kept["x-not"] = {"enum": [str(value) for value in said.keywords["x-not"]["enum"]]}
    if "example" in said.keywords:
        kept["example"] = str(said.keywords["example"])
    said.keywords = kept
    return said
