"""How names of tables, columns, queries and files become Python names."""

import keyword
import re
from collections.abc import Iterable

import inflection
from pydantic import BaseModel

from sqlc_gen_python.options import Options

# Words that English inflection gets wrong, as upstream lists them.
_UNCOUNTED = {"campus", "meta"}


def identifier(text: str) -> str:
    """Returns the text when it is a Python name, else the nearest one (`class` → `class_`)."""
    # A letter of names is not always one of Python's (`m²`), and Python rewrites `__x` in a class.
    name = "".join(letter if f"a{letter}".isidentifier() else "_" for letter in text)
    name = re.sub(r"^__+", "_", name)
    if not name.isidentifier():
        name = f"n_{name}"
    return f"{name}_" if keyword.iskeyword(name) else name


def field_name(text: str, options: Options) -> str:
    """The same for a column or a parameter, which a pydantic model may have to call otherwise.

    It cannot have fields that start with `_`, nor such as `schema`, which it has itself.
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
    """`order_items` → `order_item`, unless the options say otherwise."""
    kept = {name.lower() for name in options.inflection_exclude_table_names} | _UNCOUNTED
    if options.emit_exact_table_names or table.lower() in kept:
        return table
    return inflection.singularize(table)


def member_name(value: str, position: int) -> str:
    """`in-transit` → `IN_TRANSIT`; a value without letters or digits is named by its position."""
    name = re.sub(r"[^a-zA-Z0-9_]+", "", re.sub(r"[-:/]", "_", value))
    if name.startswith("__") or (name.startswith("_") and name.endswith("_")):
        name = name.strip("_")  # enum keeps such names to itself
    return identifier(name).upper() if name.strip("_") else f"VALUE_{position}"


def module_name(filename: str) -> str:
    """`query-building.sql` → `query_building`."""
    return identifier(filename.removesuffix(".sql"))


def distinct(names: Iterable[str], *, joint: str = "_") -> list[str]:
    """Numbers repeated names from the second on: `id`, `id_2`, `id_3`."""
    result: list[str] = []
    for wanted in names:
        name = wanted
        number = 1
        while name in result:
            number += 1
            name = f"{wanted.rstrip('_')}{joint}{number}"
        result.append(name)
    return result
