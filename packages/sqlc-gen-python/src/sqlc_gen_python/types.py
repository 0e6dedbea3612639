"""The Python type that psycopg gives and takes for each PostgreSQL type."""

from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["composite", "domain", "enum", "plain", "range"]


@dataclass(frozen=True, order=True)
class Registration:
    """A type whose OID differs between databases, so each connection has to look it up."""

    kind: Kind
    name: str
    """As SQL spells it, with its schema unless that is the default one."""
    python: str = ""
    """The class of the model, or the base type of a domain."""


@dataclass(frozen=True)
class PythonType:
    """An annotation and what psycopg needs in order to convert its values."""

    annotation: str
    array_dims: int = 0
    nullable: bool = False
    wrapper: str = ""
    """The psycopg class that wraps a parameter of the type, for example `Jsonb`."""
    registrations: frozenset[Registration] = frozenset()

    def __str__(self) -> str:
        text = self.annotation
        for _ in range(self.array_dims):
            text = f"list[{text}]"
        return f"{text} | None" if self.nullable and text != "Any" else text

    def array(self, dims: int) -> "PythonType":
        """The type of an array of this one."""
        return replace(self, array_dims=self.array_dims + dims)

    def registering(self, *more: Registration) -> "PythonType":
        """The same type, for which connections have to look up more types."""
        return replace(self, registrations=self.registrations.union(more))


ANY = PythonType("Any")

_NAMES = {
    "bool": "boolean|bool",
    "int": "smallint|int2|integer|int|int4|bigint|int8|oid"
    "|smallserial|serial2|serial|serial4|bigserial|serial8",
    "float": "float|real|float4|float8|double precision",
    "decimal.Decimal": "numeric|decimal",
    "str": "text|varchar|character varying|bpchar|char|character|string|name|xml"
    "|money|macaddr|macaddr8|bit|varbit|bit varying|tsvector|tsquery|xid8",
    "bytes": "bytea|blob",
    "datetime.date": "date",
    "datetime.time": "time|timetz|time with time zone|time without time zone",
    "datetime.datetime": "timestamp|timestamptz"
    "|timestamp with time zone|timestamp without time zone",
    "datetime.timedelta": "interval",
    "uuid.UUID": "uuid",
    # With a netmask it is an IPv4Interface or IPv6Interface, which are subclasses.
    "ipaddress.IPv4Address | ipaddress.IPv6Address": "inet",
    "ipaddress.IPv4Network | ipaddress.IPv6Network": "cidr",
    "Range[int]": "int4range|int8range",
    "Range[decimal.Decimal]": "numrange",
    "Range[datetime.date]": "daterange",
    "Range[datetime.datetime]": "tsrange|tstzrange",
    "Multirange[int]": "int4multirange|int8multirange",
    "Multirange[decimal.Decimal]": "nummultirange",
    "Multirange[datetime.date]": "datemultirange",
    "Multirange[datetime.datetime]": "tsmultirange|tstzmultirange",
}

SAME_IN_BINARY = (
    "bool", "bytea", "date", "float8", "int2", "int4", "int8", "interval", "json", "jsonb",
    "numeric", "oid", "text", "time", "timestamp", "timestamptz", "timetz", "uuid", "varchar",
)  # fmt: skip
"""Types of which psycopg makes the same value in PostgreSQL's text and binary format.

Not `real`, whose shortest decimal is another float than its 32 bits are, nor types that psycopg
has no binary loader for: they would arrive as bytes.
"""

BUILT_IN = {
    name: PythonType(annotation)
    for annotation, names in _NAMES.items()
    for name in names.split("|")
} | {
    "json": PythonType("Any", wrapper="Json"),
    "jsonb": PythonType("Any", wrapper="Jsonb"),
}
"""PostgreSQL's own types, under every name that sqlc gives them."""

TEXT_EXTENSIONS = frozenset({"citext", "ltree", "lquery", "ltxtquery"})
"""Types of extensions that arrive as text; psycopg has to be told only about arrays of them."""

UNKNOWN = frozenset(
    [
        "any",
        "anyarray",
        "anycompatible",
        "anycompatiblearray",
        "anycompatiblemultirange",
        "anycompatiblenonarray",
        "anycompatiblerange",
        "anyelement",
        "anyenum",
        "anymultirange",
        "anynonarray",
        "anyrange",
        "record",
        "unknown",
    ]
)
"""What sqlc says when it could not work out the type of an expression."""


def is_unknown(sql_type: str) -> bool:
    """Whether sqlc says no type, but that it does not know one."""
    return sql_type.removeprefix("pg_catalog.") in UNKNOWN
