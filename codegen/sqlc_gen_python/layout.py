"""Lays code out as `ruff format` does, so that formatting the output changes nothing."""

import json
import re
from collections.abc import Sequence

WIDTH = 88
"""The narrower of the common line lengths; a wider one leaves the output as it is."""


def brackets(opening: str, items: Sequence[str], closing: str, indent: int = 0) -> str:
    """Writes the items on one line, or one on each with a comma behind it.

    The first line is not indented, so that a template can place it.
    """
    line = f"{opening}{', '.join(items)}{closing}"
    if len(line) + indent <= WIDTH and "\n" not in line:
        return line
    pad = " " * (indent + 4)
    inner = "".join(f"{pad}{item},\n" for item in items)
    return f"{opening}\n{inner}{' ' * indent}{closing}"


def tuple_of(items: Sequence[str], indent: int) -> str:
    """Writes a tuple, which needs a comma when it has one item."""
    return f"({items[0]},)" if len(items) == 1 else brackets("(", items, ")", indent)


def docstring(text: str, indent: int) -> str:
    """Writes a docstring; one that has several lines ends on a line of its own."""
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    first, *rest = escaped.split("\n")
    if not rest:
        return f'"""{first[:-1]}\\""""' if first.endswith('"') else f'"""{first}"""'
    pad = " " * indent
    gap = [""] if first.endswith((".", "!", "?", ":")) and rest[0] else []
    lines = [first, *gap, *rest]
    return "\n".join(
        ['"""' + lines[0], *(f"{pad}{line}".rstrip() for line in lines[1:]), f'{pad}"""']
    )


def sql_literal(sql: str) -> str:
    """Writes SQL as a triple-quoted string that reads as the SQL does."""
    text = sql.replace("\\", "\\\\").replace('"""', '\\"\\"\\"').replace("\r", "\\r")
    # Blanks at the end of a line are left only inside literals, and editors would cut them.
    text = re.sub(r"([ \t])(?=\n)", lambda blank: f"\\x{ord(blank[1]):02x}", text)
    return f'"""{text}"""'


def string_literal(text: str) -> str:
    """Writes a string on one line, in double quotes unless those need more escapes."""
    quoted = json.dumps(text, ensure_ascii=False)
    return repr(text) if '"' in text and "'" not in text else quoted
