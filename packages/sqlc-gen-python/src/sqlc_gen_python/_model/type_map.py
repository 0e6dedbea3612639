"""Maps PostgreSQL's built-in types and the schema's types to Python types."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlc_gen_python._model.types import BUILT_IN, TEXT_EXTENSIONS, Kind, PythonType, Registration
from sqlc_gen_python._sql.schema import Composite, Definition, Domain, Range, TypeName
from sqlc_gen_python._sqlc.request import Column, Identifier

Key = tuple[str, str]
"""Schema and name."""


class TypeMap:
    """The types of one database.

    Args:
        definitions: The domains, composite types and ranges.
        classes: The names of the classes of enums and composite types.
        default_schema: The schema of unqualified names.
    """

    def __init__(
        self, definitions: Iterable[Definition], classes: Mapping[Key, str], default_schema: str
    ) -> None:
        self._default = default_schema
        self._classes = classes
        self._definitions = {self.key(found.name): found for found in definitions}

    def key(self, name: TypeName | Identifier) -> Key:
        """Returns the schema, which may be the default one, and the name."""
        schema = name.schema if isinstance(name, TypeName) else name.schema_
        return schema or self._default, name.name

    def of_column(self, column: Column) -> PythonType | None:
        """Returns the type of a column or parameter, or None if Python has none for it."""
        if column.type is None:
            return None
        dims = max(column.array_dims, int(column.is_array)) + int(column.is_sqlc_slice)
        found = self._find(_type_name(column.type, dims), nested=False)
        return found and replace(found, nullable=not column.not_null and not column.is_sqlc_slice)

    def of_name(self, name: TypeName) -> PythonType | None:
        """Returns the type of a composite type's field, which is always nullable."""
        found = self._find(name, nested=True)
        return found and replace(found, nullable=True)

    def _find(self, name: TypeName, *, nested: bool) -> PythonType | None:
        nested = nested or name.array_dims > 0
        if self._is_array_of_arrays(name):
            return None
        if name.schema in {"", "pg_catalog"} and name.name in BUILT_IN:
            found: PythonType | None = BUILT_IN[name.name]
        elif self.key(name) in self._definitions:
            found = self._defined(self._definitions[self.key(name)], nested=nested)
        elif self.key(name) in self._classes:
            found = self._class("enum", self.key(name))
        elif name.name in TEXT_EXTENSIONS:
            element = self._sql(replace(name, array_dims=0))
            known = [Registration("plain", element)] if nested else []
            found = PythonType("str").registering(*known)
        else:
            return None
        return found and found.array(name.array_dims)

    def _defined(self, found: Definition, *, nested: bool) -> PythonType | None:
        sql = self._sql(found.name)
        match found:
            case Composite():
                composite = self._class("composite", self.key(found.name))
                fields = [self._find(field, nested=True) for _, field in found.fields]
                return composite.registering(*(r for f in fields if f for r in f.registrations))
            case Range(subtype=subtype):
                of = self._find(subtype, nested=True)
                return of and PythonType(
                    f"Range[{of.annotation}]", registrations=of.registrations
                ).registering(Registration("range", sql))
            case Domain(base=base):
                base = self._below_domains(base)
                of = self._find(base, nested=nested)
                known = [Registration("domain", sql, self._sql(base))] if nested else []
                return of and of.registering(*known)

    def _is_array_of_arrays(self, name: TypeName) -> bool:
        """Whether the elements are arrays, by a domain: psycopg would send an array of two dimensions."""
        return (
            name.array_dims > 0 and self._below_domains(replace(name, array_dims=0)).array_dims > 0
        )

    def _below_domains(self, name: TypeName) -> TypeName:
        found = self._definitions.get(self.key(name))
        return self._below_domains(found.base) if isinstance(found, Domain) else name

    def _class(self, kind: Kind, key: Key) -> PythonType:
        name = self._classes[key]
        registration = Registration(kind, self._sql(TypeName(*key)), name)
        return PythonType(f"models.{name}").registering(registration)

    def _sql(self, name: TypeName) -> str:
        """Returns the type's name in SQL, qualified unless it is in the default schema."""
        schema = [] if name.schema in {"", self._default} else [name.schema]
        # Built-in names are keywords of SQL, such as `double precision`; other names may need quotes.
        is_own = name.schema in {"", "pg_catalog"} and name.name in BUILT_IN
        parts = [name.name] if is_own else [_quoted(part) for part in [*schema, name.name]]
        return f"{'.'.join(parts)}[]" if name.array_dims else ".".join(parts)


def _quoted(name: str) -> str:
    return '"{}"'.format(name.replace('"', '""'))


def _type_name(type_: Identifier, dims: int) -> TypeName:
    """Returns the name; a parameter's name may be qualified, a column's schema is a field."""
    schema, _, name = type_.name.rpartition(".")
    return TypeName(type_.schema_ or schema, name, dims)
