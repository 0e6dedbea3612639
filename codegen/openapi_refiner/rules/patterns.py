"""RE2 patterns in the dialect of JSON Schema (ECMA-262)."""

import re

POSIX = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": "\\x00-\\x7F",
    "blank": "\\t ",
    "cntrl": "\\x00-\\x1F\\x7F",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-\\/:-@\\[-`{-~",
    "space": "\\t\\n\\v\\f\\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
BMP_MAX = 0xFFFF

# What RE2 spells in another way, or not at all; everything else is the same in both.
_TOKEN = re.compile(
    r"\\Q(?P<literal>.*?)(?:\\E|$)"
    r"|\[:(?P<negated>\^?)(?P<posix>[a-z]+):\]"
    r"|\\x\{(?P<braced>[0-9A-Fa-f]+)\}"
    r"|\\(?P<property>[pP])(?P<letter>[A-Z])"
    r"|\\(?P<octal>[0-7]{3})"
    r"|\(\?P?<(?P<group>[A-Za-z_]\w*)>"
    r"|\(\?(?P<flags>[imsU-]+)[:)]"
    r"|\\(?P<escaped>[\s\S])",
    re.DOTALL,
)
_ESCAPES = {"A": "^", "z": "$", "a": "\\x07"}


class Inexpressible(Exception):
    """The pattern has no equal in ECMA-262; the text says why."""


def ecma(pattern: str) -> str:
    """Returns the pattern that matches the same text in ECMA-262.

    Raises:
        Inexpressible: there is none.
    """
    return _TOKEN.sub(_translate, pattern)


def _translate(match: re.Match[str]) -> str:
    token = match.lastgroup
    text = match.group()
    if token == "literal":
        return escape(match["literal"])
    if token == "posix":
        if match["negated"] or match["posix"] not in POSIX:
            raise Inexpressible(f"`{text}` has no equal")
        return POSIX[match["posix"]]
    if token == "braced":
        return _character(int(match["braced"], 16), text)
    if token == "letter":
        return f"\\{match['property']}{{{match['letter']}}}"
    if token == "octal":
        return f"\\x{int(match['octal'], 8):02X}"
    if token == "group":
        return f"(?<{match['group']}>"
    if token == "flags":
        raise Inexpressible("its flags have no equal")
    if match["escaped"] == "C":
        raise Inexpressible("`\\C` has no equal")
    return _ESCAPES.get(match["escaped"], text)


def _character(code: int, text: str) -> str:
    if code > BMP_MAX:
        raise Inexpressible(f"`{text}` has no equal")
    return f"\\u{code:04X}" if code > 0xFF else f"\\x{code:02X}"


def escape(text: str) -> str:
    """Returns the pattern that matches exactly this text."""
    return re.sub(r"[\\^$.*+?()\[\]{}|/]", r"\\\g<0>", text)


def all_of(patterns: list[str]) -> str:
    """Returns one pattern that matches where all of them do."""
    if len(patterns) == 1:
        return patterns[0]
    return "^" + "".join(
        f"(?={pattern[1:]})"
        if pattern.startswith("^") and "|" not in pattern
        else f"(?=[\\s\\S]*(?:{pattern}))"
        for pattern in patterns
    )
