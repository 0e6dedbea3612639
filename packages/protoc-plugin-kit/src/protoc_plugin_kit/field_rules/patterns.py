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
BYTE_MAX = 0xFF
BMP_MAX = 0xFFFF

# What RE2 spells in another way, or not at all; everything else is the same in both.
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
_ESCAPES = {"A": "^", "z": "$", "a": "\\x07"}


class InexpressibleError(Exception):
    """The pattern has no equal in ECMA-262; the text says why."""


def ecma(pattern: str) -> str:
    """Returns the pattern that matches the same text in ECMA-262.

    Raises:
        InexpressibleError: there is none.
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
