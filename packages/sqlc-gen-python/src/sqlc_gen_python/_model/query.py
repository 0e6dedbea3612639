"""A query of the generated code."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlc_gen_python._model.batch import Batch
from sqlc_gen_python._model.classes import Field, Struct
from sqlc_gen_python._model.types import Registration


class Command(StrEnum):
    """The command of a query, as in `-- name: X :command`."""

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
        """Whether the method returns rows of the query."""
        return self in {Command.ONE, Command.MANY, Command.BATCHONE, Command.BATCHMANY}

    @property
    def takes_many(self) -> bool:
        """Whether the method takes an iterable of arguments."""
        return self is Command.COPYFROM or self.startswith(":batch")


@dataclass(frozen=True)
class Query:
    """A method of the queriers, its SQL constant and its classes."""

    name: str
    method: str
    command: Command
    sql: str
    doc: str
    filename: str
    params: Sequence[Field]
    params_class: Struct | None
    """The class of the method's argument, if the parameters are passed in one object."""
    columns: Sequence[Field]
    model: Struct | None
    """The table's model, if it has exactly the query's columns."""
    row_class: Struct | None
    """The class of the rows, if a row is neither a model nor a single value."""
    batch: Batch | None = None
    """The batch form, if the query's comment asks for it."""

    @property
    def constant(self) -> str:
        """The name of the SQL constant."""
        return self.method.upper()

    @property
    def batch_method(self) -> str:
        """The name of the method that runs the batch form."""
        return f"{self.method.rstrip('_')}_batch"

    @property
    def batch_constant(self) -> str:
        """The name of the constant of the batch form."""
        return self.batch_method.upper()

    @property
    def registrations(self) -> frozenset[Registration]:
        """The types that must be registered on a connection before it runs the query."""
        fields = [*self.params, *self.values]
        return frozenset(r for field in fields for r in field.type.registrations)

    @property
    def values(self) -> list[Field]:
        """The values of a row, with those of embedded models."""
        groups = [column.embeds.fields if column.embeds else [column] for column in self.columns]
        return [field for fields in groups for field in fields]
