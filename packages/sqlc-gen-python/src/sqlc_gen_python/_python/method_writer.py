"""Writes the methods of `Querier` and `AsyncQuerier`."""

from collections.abc import Container

from sqlc_gen_python._model.batch import InsertBatch
from sqlc_gen_python._model.query import Command, Query
from sqlc_gen_python._python.batch_writer import argument_type
from sqlc_gen_python._python.flavour import Flavour
from sqlc_gen_python._python.imports import Imports
from sqlc_gen_python._python.layout import WIDTH, brackets, docstring, tuple_of
from sqlc_gen_python._python.row_writer import RowWriter, wrapped

_BODY = 8
"""The indentation of a method's body."""
_DOCS = {
    Command.ONE: "Returns the row of {}, or None.",
    Command.MANY: "Returns the rows of {}.",
    Command.EXEC: "Runs {}.",
    Command.EXECROWS: "Runs {} and returns the number of affected rows.",
    Command.EXECRESULT: "Runs {} and returns the cursor.",
    Command.COPYFROM: "Sends the rows of {} by COPY and returns their number.",
    Command.BATCHEXEC: "Runs {} for each of the arguments, in one round trip.",
    Command.BATCHONE: "Returns the row of {}, or None, for each of the arguments.",
    Command.BATCHMANY: "Returns the rows of {} for each of the arguments.",
}


class MethodWriter:
    """Writes the methods of one querier and collects their imports."""

    def __init__(
        self,
        imports: Imports,
        rows: RowWriter,
        shadowed: Container[str],
        flavour: Flavour,
        support: str,
    ) -> None:
        self._imports = imports
        self._support = support
        self._rows = rows
        self._shadowed = shadowed
        self._await = flavour.await_
        self._async = flavour.async_
        self._class = flavour.prefix
        self._suffix = flavour.suffix

    def write(self, query: Query) -> str:
        """Writes a method with the indentation of a class body, and the method of its batch form."""
        single = self._single(query)
        if query.batch is None:
            return single
        self._imports.add(self._support, "batched")
        return f"    @batched({query.batch_constant})\n{single}\n\n{self._twin(query)}"

    def _twin(self, query: Query) -> str:
        self._imports.add("collections.abc", "Iterable")
        item = argument_type(query, self._imports)
        if isinstance(query.batch, InsertBatch):
            returns, verb = "None", "run"
            doc = f"Runs {query.name} for all of the arguments, by one statement."
            if query.batch.returns_cursor:
                returns = f"{self._returns(query)} | None"
                doc = f"Runs {query.name} for all of the arguments, and returns the cursor of the one statement."
        else:
            row = self._rows.annotation(query)
            optional = row if row.endswith("| None") else f"{row} | None"
            returns, verb = f"{self._spell('list')}[{optional}]", "fetch"
            doc = f"Returns the row of {query.name}, or None, for each of the arguments, by one query."
        signature = brackets(
            f"{self._async}def {query.batch_method}(",
            ["self", f"args: Iterable[{self._spell(item)}]"],
            f") -> {returns}:",
            indent=4,
        )
        call = f"{query.batch_constant}.{verb}{self._suffix}"
        result = "" if returns == "None" else "return "
        body = brackets(f"{result}{self._await}{call}(", ["self._conn", "args"], ")", _BODY)
        return "    " + f"\n{' ' * _BODY}".join([signature, docstring(doc, _BODY), body])

    def _single(self, query: Query) -> str:
        body = self._body(query)
        is_lazy = query.command is Command.MANY
        if query.registrations:
            self._imports.add("._types", "schema_types")
        if query.registrations and not is_lazy:
            body.insert(0, f"{self._await}schema_types.register{self._suffix}(self._conn)")
        signature = brackets(
            f"{'' if is_lazy else self._async}def {query.method}(",
            ["self", *self._parameters(query)],
            f") -> {self._returns(query)}:",
            indent=4,
        )
        doc = docstring(query.doc or _DOCS[query.command].format(query.name), _BODY)
        return "    " + f"\n{' ' * _BODY}".join([signature, doc, *body])

    def _parameters(self, query: Query) -> list[str]:
        if query.command.takes_many:
            item = query.params_class.name if query.params_class else query.params[0].type
            self._imports.add("collections.abc", "Iterable")
            return [f"args: Iterable[{self._spell(item)}]"]
        if query.params_class:
            return [f"arg: {query.params_class.name}"]
        named = [f"{field.name}: {self._spell(field.type)}" for field in query.params]
        return ["*", *named] if named else []

    def _returns(self, query: Query) -> str:
        command = query.command
        if command is Command.EXECRESULT:
            self._imports.add("psycopg", f"{self._class}RawCursor")
        if not command.returns_rows:
            return {
                Command.EXECROWS: self._spell("int"),
                Command.COPYFROM: self._spell("int"),
                Command.EXECRESULT: f"{self._class}RawCursor[{self._spell('tuple[Any, ...]')}]",
            }.get(command, "None")
        row = self._rows.annotation(query)
        optional = row if row.endswith("| None") else f"{row} | None"
        return {
            Command.ONE: optional,
            Command.MANY: f"{self._class}Rows[{row}]",
            Command.BATCHONE: f"{self._spell('list')}[{optional}]",
            Command.BATCHMANY: f"{self._spell('list')}[{self._spell('list')}[{row}]]",
        }[command]

    def _spell(self, annotation: object) -> str:
        return self._imports.spell(annotation, self._shadowed)

    def _body(self, query: Query) -> list[str]:
        body = {
            Command.ONE: self._one,
            Command.MANY: self._many,
            Command.EXECROWS: self._execrows,
            Command.EXECRESULT: self._execresult,
            Command.COPYFROM: self._copyfrom,
            Command.BATCHEXEC: self._batch,
            Command.BATCHONE: self._batch,
            Command.BATCHMANY: self._batch,
        }.get(query.command, self._exec)
        return body(query)

    def _exec(self, query: Query) -> list[str]:
        return [self._cursor(query), self._execute(query)]

    def _one(self, query: Query) -> list[str]:
        function = f"fetch_one{self._suffix}"
        self._imports.add(self._support, function)
        arguments = self._fetching(query)
        return [brackets(f"return {self._await}{function}(", arguments, ")", _BODY)]

    def _execrows(self, query: Query) -> list[str]:
        self._imports.add(self._support, f"row_count_of{self._suffix}")
        return [*self._exec(query), f"return {self._await}row_count_of{self._suffix}(cur)"]

    def _execresult(self, query: Query) -> list[str]:
        return [self._cursor(query), self._execute(query, "return ")]

    def _cursor(self, query: Query) -> str:
        factory = self._rows.factory(query) if query.command.returns_rows else "tuple_row"
        if factory == "tuple_row":
            self._imports.add("psycopg.rows", factory)
        if self._await:
            self._imports.add(self._support, "query_cursor")
            return brackets("cur = query_cursor(", ["self._conn", factory], ")", _BODY)
        self._imports.add("psycopg", "RawCursor")
        arguments = ["self._conn", f"row_factory={factory}"]
        return brackets("cur = RawCursor(", arguments, ")", _BODY)

    def _execute(self, query: Query, before: str = "") -> str:
        arguments = [query.constant, *self._values(query), "prepare=True"]
        return brackets(f"{before}{self._await}cur.execute(", arguments, ")", _BODY)

    def _many(self, query: Query) -> list[str]:
        self._imports.add(self._support, f"{self._class}Rows")
        arguments = self._fetching(query) + ["schema_types"] * bool(query.registrations)
        return [brackets(f"return {self._class}Rows(", arguments, ")", _BODY)]

    def _fetching(self, query: Query) -> list[str]:
        values = self._values(query) or ["()"]
        return ["self._conn", query.constant, *values, self._rows.factory(query)]

    def _copyfrom(self, query: Query) -> list[str]:
        opening = f"{self._await}copy.write_row("
        values = self._values(query, _BODY + 8 + len(opening), after=")")[0]
        if "\n" in values:
            values = self._values(query, _BODY + 12, after="")[0]
            pad = " " * (_BODY + 8)
            values = f"\n{pad}    {values}\n{pad}"
        return [
            self._cursor(query),
            f"{self._async}with cur.copy({query.constant}) as copy:",
            "    for arg in args:",
            f"        {opening}{values})",
            "return cur.rowcount",
        ]

    def _batch(self, query: Query) -> list[str]:
        values = self._values(query, _BODY + 8, after="")[0]
        fetch = "fetchone" if query.command is Command.BATCHONE else "fetchall"
        arguments = [query.constant, self._generator(values)]
        if not query.command.returns_rows:
            return [
                self._cursor(query),
                brackets(f"{self._await}cur.executemany(", arguments, ")", _BODY),
            ]
        return [
            self._cursor(query),
            brackets(f"{self._await}cur.executemany(", [*arguments, "returning=True"], ")", _BODY),
            f"return [{self._await}result.{fetch}() {self._async}for result in cur.results()]",
        ]

    @staticmethod
    def _generator(values: str) -> str:
        """Writes the generator of the parameters of a batch."""
        line = f"({values} for arg in args)"
        if "\n" not in line and len(line) + _BODY + 4 < WIDTH:
            return line
        pad = " " * (_BODY + 8)
        return f"(\n{pad}{values}\n{pad}for arg in args\n{pad[:-4]})"

    def _values(self, query: Query, indent: int = _BODY + 4, after: str = ",") -> list[str]:
        """Writes the tuple of the parameters' values; empty without parameters."""
        values = []
        for field in query.params:
            name = f"arg.{field.name}" if query.params_class else field.name
            name = "arg" if query.command.takes_many and not query.params_class else name
            values.append(wrapped(name, field.type, self._imports))
        return [tuple_of(values, indent, after)] if values else []
