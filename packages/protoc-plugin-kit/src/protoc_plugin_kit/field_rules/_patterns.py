"""Translates RE2 patterns to the dialect of JSON Schema (ECMA-262)."""

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
BYTE_MAX = 0xFF
BMP_MAX = 0xFFFF

# Syntax that ECMA-262 spells differently or lacks; all other syntax is the same in both dialects.
_SPELLING = re.compile(
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
UNICODE_PROPERTY = re.compile(r"\\[pP]\{\^?\w+\}")
_ESCAPES = {"A": "^", "z": "$", "a": "\\x07"}


def matches(pattern: str, text: str) -> bool:
    """Tells whether a text matches a pattern that `ecma` or `all_of` returns.

    Every word character has every Unicode property here, because `re` knows none. For the empty text that is exact.
    """
    pattern = UNICODE_PROPERTY.sub(r"\\w", pattern).replace("(?<", "(?P<")
    return re.search(pattern, text) is not None


class InexpressibleError(Exception):
    """ECMA-262 can't express the pattern; the text names the part."""


def ecma(pattern: str) -> str:
    """Returns the ECMA-262 pattern that matches the same texts.

    Raises:
        InexpressibleError: No such pattern exists.
    """
    return _SPELLING.sub(_translate, pattern)


def _translate(match: re.Match[str]) -> str:
    found = {name: text for name, text in match.groupdict().items() if text is not None}
    match found:
        case {"literal": literal}:
            result = escape(literal)
        case {"posix": name, "negated": ""} if name in POSIX:
            result = POSIX[name]
        case {"braced": digits}:
            result = _character(int(digits, 16), match.group())
        case {"property": sign, "letter": letter}:
            result = f"\\{sign}{{{letter}}}"
        case {"octal": digits}:
            result = _character(int(digits, 8), match.group())
        case {"group": name}:
            result = f"(?<{name}>"
        case {"escaped": letter} if letter != "C":
            result = _ESCAPES.get(letter, match.group())
        case _:
            raise InexpressibleError(f"`{match.group()}` has no equal")
    return result


def _character(code: int, text: str) -> str:
    if code > BMP_MAX:
        raise InexpressibleError(f"`{text}` has no equal")
    return f"\\u{code:04X}" if code > BYTE_MAX else f"\\x{code:02X}"


def escape(text: str) -> str:
    """Returns a pattern that matches this text only."""
    return re.sub(r"[\\^$.*+?()\[\]{}|/]", r"\\\g<0>", text)


def all_of(patterns: list[str]) -> str:
    """Returns a pattern that matches the texts that every one of the patterns matches."""
    if len(patterns) == 1:
        return patterns[0]
    return "^" + "".join(
        f"(?={pattern[1:]})"
        if pattern.startswith("^") and "|" not in pattern
        else f"(?=[\\s\\S]*(?:{pattern}))"
        for pattern in patterns
    )
