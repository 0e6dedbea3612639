"""The Python types that psycopg loads and dumps for PostgreSQL's types."""

from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["composite", "domain", "enum", "plain", "range"]


@dataclass(frozen=True, order=True)
class Registration:
    """A type whose OID differs between databases, so that connections must look it up."""

    kind: Kind
    name: str
    """The name in SQL, qualified unless it is in the default schema."""
    python: str = ""
    """The name of the class, or a domain's base type."""


@dataclass(frozen=True)
class PythonType:
    """An annotation, and how psycopg converts its values."""

    annotation: str
    array_dims: int = 0
    nullable: bool = False
    wrapper: str = ""
    """The psycopg class that wraps parameters of the type, such as `Jsonb`."""
    registrations: frozenset[Registration] = frozenset()

    def __str__(self) -> str:
        text = self.annotation
        for _ in range(self.array_dims):
            text = f"list[{text}]"
        return f"{text} | None" if self.nullable and text != "Any" else text

    def array(self, dims: int) -> "PythonType":
        """Returns the type of arrays of this type."""
        return replace(self, array_dims=self.array_dims + dims)

    def registering(self, *more: Registration) -> "PythonType":
        """Returns the type with more types that connections must look up."""
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
    # A value with a netmask is an IPv4Interface or IPv6Interface, which are subclasses.
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
"""Types that psycopg loads as the same value from PostgreSQL's text and binary format.

`real` is not one of them, because its shortest decimal and its 32 bits are different floats, nor
are types without a binary loader, which would arrive as bytes.
"""

BUILT_IN = {
    name: PythonType(annotation)
    for annotation, names in _NAMES.items()
    for name in names.split("|")
} | {
    "json": PythonType("Any", wrapper="Json"),
    "jsonb": PythonType("Any", wrapper="Jsonb"),
}
"""PostgreSQL's built-in types, by every name that sqlc uses for them."""

TEXT_EXTENSIONS = frozenset({"citext", "ltree", "lquery", "ltxtquery"})
"""Types of extensions that arrive as text; only arrays of them must be registered."""

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
"""The types that sqlc reports for expressions whose type it cannot infer."""


def is_unknown(sql_type: str) -> bool:
    """Whether the name means that sqlc could not infer the type."""
    return sql_type.removeprefix("pg_catalog.") in UNKNOWN
