"""Converts names of tables, columns, queries and files into Python names."""

import keyword
import re
from collections.abc import Iterable

import inflection
from pydantic import BaseModel

from sqlc_gen_python._sqlc.options import Options

# Words that the inflection library gets wrong; upstream has the same list.
_UNCOUNTED = {"campus", "meta"}


def identifier(text: str) -> str:
    """Returns the text if it is a Python name, and otherwise a similar one (`class` → `class_`)."""
    # `²` is alphanumeric, but not part of Python names; Python rewrites `__x` inside classes.
    name = "".join(letter if f"a{letter}".isidentifier() else "_" for letter in text)
    name = re.sub(r"^__+", "_", name)
    if not name.isidentifier():
        name = f"n_{name}"
    return f"{name}_" if keyword.iskeyword(name) else name


def field_name(text: str, options: Options) -> str:
    """Returns the Python name of a column or parameter.

    Fields of pydantic models cannot start with `_` and cannot be named like `BaseModel`'s own
    attributes, such as `schema`.
    """
    name = identifier(text)
    if not options.emit_pydantic_models:
        return name
    name = identifier(name.lstrip("_"))
    return f"{name}_" if name in dir(BaseModel) else name


def snake_case(text: str) -> str:
    """`GetAuthorByID` → `get_author_by_id`."""
    text = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", text)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", text).lower()


def class_name(text: str) -> str:
    """`order_items` → `OrderItems`."""
    words = re.sub(r"\W", "_", text).split("_")
    return identifier("".join(word[:1].upper() + word[1:] for word in words))


def singular(table: str, options: Options) -> str:
    """`order_items` → `order_item`, unless an option excludes the table."""
    kept = {name.lower() for name in options.inflection_exclude_table_names} | _UNCOUNTED
    if options.emit_exact_table_names or table.lower() in kept:
        return table
    return inflection.singularize(table)


def member_name(value: str, position: int) -> str:
    """`in-transit` → `IN_TRANSIT`; a value without letters and digits is named by its position."""
    name = re.sub(r"[^a-zA-Z0-9_]+", "", re.sub(r"[-:/]", "_", value))
    if name.startswith("__") or (name.startswith("_") and name.endswith("_")):
        name = name.strip("_")  # enum reserves such names
    return identifier(name).upper() if name.strip("_") else f"VALUE_{position}"


def module_name(filename: str) -> str:
    """`query-building.sql` → `query_building`."""
    return identifier(filename.removesuffix(".sql"))


def distinct(names: Iterable[str], *, joint: str = "_") -> list[str]:
    """Appends numbers to repeated names: `id`, `id_2`, `id_3`."""
    result: list[str] = []
    for wanted in names:
        name = wanted
        number = 1
        while name in result:
            number += 1
            name = f"{wanted.rstrip('_')}{joint}{number}"
        result.append(name)
    return result
