"""The classes of a database's tables, enums and composite types."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sqlc_gen_python._model.classes import EnumModel, Field, Struct
from sqlc_gen_python._model.names import class_name, distinct, field_name, member_name, singular
from sqlc_gen_python._model.type_map import Key, TypeMap
from sqlc_gen_python._model.types import ANY, PythonType, is_unknown
from sqlc_gen_python._sql.schema import (
    Composite,
    Definition,
    Domain,
    Range,
    Renamed,
    TypeName,
)
from sqlc_gen_python._sqlc.options import Options
from sqlc_gen_python._sqlc.request import Catalog, Enum, Identifier, Table

_SYSTEM_SCHEMAS = {"pg_catalog", "information_schema"}
_IMPORTED = ("Any", "Range", "Multirange")
"""The classes that `models.py` imports by name."""


class Catalogue:
    """The models of one database and the types of its columns.

    A column whose type has no Python type is `Any`, and `warn` is called.
    """

    def __init__(
        self,
        catalog: Catalog,
        definitions: Sequence[Definition | Renamed],
        options: Options,
        warn: Callable[[str], object],
    ) -> None:
        self._default = catalog.default_schema
        self._options = options
        self._warn = warn
        schemas = [schema for schema in catalog.schemas if schema.name not in _SYSTEM_SCHEMAS]
        tables = {(s.name, t.rel.name): t for s in schemas for t in s.tables}
        enums = {(s.name, e.name): e for s in schemas for e in s.enums}
        docs = {(s.name, c.name): c.comment for s in schemas for c in s.composite_types}
        found = self._last(definitions)
        current = {key: type_ for key, type_ in found.items() if key not in {*tables, *enums}}
        composites = {key: type_ for key, type_ in current.items() if isinstance(type_, Composite)}
        names = self._class_names([*tables], [*enums, *composites], options)
        classes = {key: names[key] for key in (*enums, *composites)}
        self.types = TypeMap(current.values(), classes, self._default)
        self._tables = {key: self._table(names[key], key, table) for key, table in tables.items()}
        self.enums = sorted(
            (_enum(names[key], enum) for key, enum in enums.items()), key=lambda enum: enum.name
        )
        records = [
            self._composite(names[key], composites[key], docs.get(key)) for key in composites
        ]
        # A composite type contains only types that were created before it; tables contain any.
        self.models = [*records, *sorted(self._tables.values(), key=lambda model: model.name)]

    def model_of(self, table: Identifier | None) -> Struct | None:
        """Returns the model of a table, or None if there is no such table."""
        if table is None:
            return None
        return self._tables.get((table.schema_ or self._default, table.name))

    def schemas_of(self, table: str) -> list[str]:
        """Returns the schemas other than the default one that have a table of that name."""
        return [s for s, name in self._tables if name == table and s != self._default]

    def annotated(self, name: str, type_: PythonType | None, sql_type: str, place: str) -> Field:
        """Creates a field; without a type it is `Any`, with a comment and a warning."""
        if type_ is not None:
            return Field(name, type_)
        if is_unknown(sql_type):
            self._warn(f"{place}: sqlc cannot tell its type, so it is Any; add a cast in the view")
            return Field(name, ANY, comment="sqlc cannot tell its type; add a cast in the view.")
        self._warn(f"{place}: PostgreSQL's {sql_type} has no Python type, so it is Any")
        return Field(name, ANY, comment=f"PostgreSQL's {sql_type}, which has no Python type.")

    def _last(self, definitions: Sequence[Definition | Renamed]) -> dict[Key, Definition]:
        """Returns the definitions after all migrations, in the order of creation."""
        last: dict[Key, Definition] = {}
        for found in definitions:
            key = (found.name.schema or self._default, found.name.name)
            if isinstance(found, Renamed):
                if key in last:
                    last = self._renamed(last, key, found.to)
            else:
                last.pop(key, None)
                last[key] = found
        return last

    def _renamed(
        self, definitions: Mapping[Key, Definition], old: Key, to: TypeName
    ) -> dict[Key, Definition]:
        """Renames a definition and all uses of it."""

        def name(used: TypeName) -> TypeName:
            is_old = (used.schema or self._default, used.name) == old
            return replace(to, array_dims=used.array_dims) if is_old else used

        renamed: dict[Key, Definition] = {}
        for key, found in definitions.items():
            match found:
                case Domain():
                    new: Definition = Domain(name(found.name), name(found.base))
                case Range():
                    new = Range(name(found.name), name(found.subtype))
                case Composite():
                    fields = tuple((field, name(type_)) for field, type_ in found.fields)
                    new = Composite(name(found.name), fields)
            renamed[(to.schema or self._default, to.name) if key == old else key] = new
        return renamed

    def _class_names(
        self, tables: Sequence[Key], types: Sequence[Key], options: Options
    ) -> dict[Key, str]:
        wanted = [singular(self._flat(key, "_"), options) for key in tables]
        wanted += [self._flat(key, "_") for key in types]
        names = distinct([*_IMPORTED, *map(class_name, wanted)], joint="")
        return dict(zip([*tables, *types], names[len(_IMPORTED) :], strict=True))

    def _flat(self, key: Key, joint: str) -> str:
        schema, name = key
        return name if schema == self._default else f"{schema}{joint}{name}"

    def _table(self, name: str, key: Key, table: Table) -> Struct:
        title = self._flat(key, ".")
        fields = []
        fields_names = distinct(field_name(column.name, self._options) for column in table.columns)
        for name_in_python, column in zip(fields_names, table.columns, strict=True):
            place = f"table {title}, column {column.name}"
            sql_type = column.type.name if column.type else "unknown type"
            type_ = self.types.of_column(column)
            field = self.annotated(name_in_python, type_, sql_type, place)
            comments = filter(None, [column.comment, field.comment])
            fields.append(replace(field, comment="\n".join(comments)))
        return Struct(name, fields, table.comment or f"A row of {title}.")

    def _composite(self, name: str, composite: Composite, comment: str | None) -> Struct:
        title = composite.name.name
        names = distinct(field_name(field, self._options) for field, _ in composite.fields)
        fields = [
            self.annotated(
                name_in_python,
                self.types.of_name(type_name),
                type_name.name,
                f"type {title}, field {name_in_python}",
            )
            for name_in_python, (_, type_name) in zip(names, composite.fields, strict=True)
        ]
        return Struct(name, fields, comment or f"A value of the composite type {title}.")


def _enum(name: str, enum: Enum) -> EnumModel:
    members = distinct(member_name(value, position) for position, value in enumerate(enum.vals, 1))
    doc = enum.comment or f"The values of the enum type {enum.name}."
    return EnumModel(name, list(zip(members, enum.vals, strict=True)), doc)
