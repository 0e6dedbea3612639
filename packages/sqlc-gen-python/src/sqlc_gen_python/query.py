"""What the templates render of a query."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlc_gen_python.model import Field, Struct
from sqlc_gen_python.types import Registration


class Command(StrEnum):
    """What a query's `-- name: X :command` asks for."""

    ONE = ":one"
    MANY = ":many"
    EXEC = ":exec"
    EXECROWS = ":execrows"
    EXECRESULT = ":execresult"
    COPYFROM = ":copyfrom"
    BATCHEXEC = ":batchexec"
    BATCHONE = ":batchone"
    BATCHMANY = ":batchmany"

    @property
    def returns_rows(self) -> bool:
        """Whether the method's result is made of the query's columns."""
        return self in {Command.ONE, Command.MANY, Command.BATCHONE, Command.BATCHMANY}

    @property
    def takes_many(self) -> bool:
        """Whether the method takes an iterable of parameter sets."""
        return self is Command.COPYFROM or self.startswith(":batch")


@dataclass(frozen=True)
class Query:
    """A method of the queriers, with its SQL constant and the classes it needs."""

    name: str
    method: str
    command: Command
    sql: str
    doc: str
    filename: str
    params: Sequence[Field]
    params_class: Struct | None
    """The class of the method's argument, when the parameters come in one."""
    columns: Sequence[Field]
    model: Struct | None
    """The table's model that a row is, when there is one that fits."""
    row_class: Struct | None
    """The class of a row that the query module defines, when neither model nor value fits."""

    @property
    def constant(self) -> str:
        """The name of the SQL constant."""
        return self.method.upper()

    @property
    def registrations(self) -> frozenset[Registration]:
        """The types that a connection has to look up before it runs the query."""
        fields = [*self.params, *self.values]
        return frozenset(r for field in fields for r in field.type.registrations)

    @property
    def values(self) -> list[Field]:
        """The values of a row, those of embedded models among them."""
        fields = [column.embeds.fields if column.embeds else [column] for column in self.columns]
        return [field for some in fields for field in some]
