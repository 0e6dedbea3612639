"""Writes the support module, which runs queries and registers types."""

from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined

from sqlc_gen_python._model.types import SAME_IN_BINARY
from sqlc_gen_python._python.flavour import Flavour
from sqlc_gen_python._python.imports import Imports
from sqlc_gen_python._python.layout import brackets


def render_support(flavours: Sequence[Flavour], header: str) -> str:
    """Writes the support module.

    Its text depends on the flavours only, not on a schema, so that several packages can share it.
    """
    imports = Imports()
    imports.add(
        "collections.abc", "Callable", "Generator", "Iterable", "Iterator", "Mapping", "Sequence"
    )
    imports.add("enum", "Enum")
    imports.add("functools", "cache")
    imports.add("json", "JSONEncoder")
    imports.add("psycopg", "BaseConnection", "adapters", "capabilities", "errors", "pq")
    imports.add("psycopg.abc", "Loader")
    imports.add("psycopg.pq", "Format")
    imports.add("psycopg.rows", "BaseRowFactory", "tuple_row")
    imports.add("psycopg.types", "TypeInfo")
    for kind in ("composite", "enum", "range"):
        imports.add(f"psycopg.types.{kind}", f"{kind.title()}Info", f"register_{kind}")
    imports.add("threading", "Lock")
    imports.add("typing", "Any", "ClassVar", "Final", "Generic", "LiteralString", "NamedTuple")
    imports.add("typing", "TypeVar", "cast")
    imports.add("weakref", "WeakKeyDictionary")
    for flavour in flavours:
        imports.add("psycopg", f"{flavour.prefix}Connection", f"{flavour.prefix}RawCursor")
        imports.add("contextlib", "aclosing" if flavour.is_async else "closing")
        if flavour.is_async:
            imports.add("collections.abc", "AsyncGenerator", "AsyncIterator")
    return (
        _templates()
        .get_template("support.py.jinja")
        .render(
            header=header,
            imports=imports.render(),
            flavours=flavours,
            same_in_binary=brackets(
                "for name in (", [f'"{name}"' for name in SAME_IN_BINARY], ")", indent=4
            ),
        )
    )


def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("sqlc_gen_python", "_python/templates"),
        autoescape=False,  # noqa: S701 - the template is Python, not HTML
        keep_trailing_newline=True,
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
