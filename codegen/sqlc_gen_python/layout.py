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
    first, *rest = _escaped(text).split("\n")
    if not rest:
        return f'"""{first}"""'
    pad = " " * indent
    gap = [""] if first.endswith((".", "!", "?", ":")) and rest[0] else []
    lines = [f"{pad}{line}".rstrip() for line in [*gap, *rest]]
    return "\n".join([f'"""{first}', *lines, f'{pad}"""'])


def sql_literal(sql: str) -> str:
    """Writes SQL as a triple-quoted string that reads as the SQL does."""
    # Blanks at the end of a line are left only inside literals, and editors would cut them.
    text = re.sub(r"[ \t](?=\n)", lambda blank: f"\\x{ord(blank[0]):02x}", _escaped(sql))
    return f'"""{text}"""'


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\\\")
    text = re.sub(r'"""|"\Z', lambda quotes: '\\"' * len(quotes[0]), text)
    controls = r"[\x00-\x08\x0b-\x1f\x7f]"
    return re.sub(controls, lambda control: f"\\x{ord(control[0]):02x}", text)


def string_literal(text: str) -> str:
    """Writes a string on one line, in double quotes unless those need more escapes."""
    quoted = json.dumps(text, ensure_ascii=False)
    return repr(text) if '"' in text and "'" not in text else quoted
