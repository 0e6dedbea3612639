"""The fields of sqlc's `GenerateRequest` (plugin/codegen.proto) that this generator reads."""

from pydantic import Base64Bytes, BaseModel, ValidationError

from sqlc_gen_python._errors import GenerateError


class Identifier(BaseModel):
    """A name, qualified by its schema unless that is the default one."""

    schema_: str = ""
    name: str = ""

    model_config = {"alias_generator": lambda field: field.rstrip("_")}


class Column(BaseModel):
    """A column of a table or of a result, or the column whose value a parameter is."""

    name: str = ""
    not_null: bool = False
    is_array: bool = False
    array_dims: int = 0
    comment: str = ""
    table: Identifier | None = None
    type: Identifier | None = None
    is_sqlc_slice: bool = False
    embed_table: Identifier | None = None
    original_name: str = ""


class Table(BaseModel):
    """A table or view of the catalogue."""

    rel: Identifier
    columns: list[Column] = []
    comment: str = ""


class Enum(BaseModel):
    """An enum type."""

    name: str
    vals: list[str] = []
    comment: str = ""


class CompositeType(BaseModel):
    """A composite type; sqlc doesn't send its fields."""

    name: str
    comment: str = ""


class Schema(BaseModel):
    """A schema of the database."""

    name: str
    tables: list[Table] = []
    enums: list[Enum] = []
    composite_types: list[CompositeType] = []


class Catalog(BaseModel):
    """The schemas that the schema files define."""

    default_schema: str
    schemas: list[Schema] = []


class Parameter(BaseModel):
    """A numbered parameter of a query."""

    number: int
    column: Column


class Query(BaseModel):
    """One named query of a query file."""

    text: str
    name: str
    cmd: str
    columns: list[Column] = []
    params: list[Parameter] = []
    comments: list[str] = []
    filename: str
    insert_into_table: Identifier | None = None


class Settings(BaseModel):
    """The entry of sqlc.yaml that the request is for."""

    engine: str
    schema_: list[str] = []
    queries: list[str] = []

    model_config = {"alias_generator": lambda field: field.rstrip("_")}


class Request(BaseModel):
    """The request that sqlc writes to the plugin's standard input."""

    settings: Settings
    catalog: Catalog
    queries: list[Query] = []
    sqlc_version: str
    plugin_options: Base64Bytes = b""


def parse_request(data: bytes) -> Request:
    """Reads a request.

    Raises:
        GenerateError: the bytes are no request in JSON.
    """
    try:
        return Request.model_validate_json(data)
    except ValidationError as error:
        raise GenerateError(
            f"standard input is not a sqlc request in JSON: {_first(error)}; "
            "configure the plugin with `process: {cmd: sqlc-gen-python, format: json}`"
        ) from None


def _first(error: ValidationError) -> str:
    problem = error.errors(include_url=False)[0]
    place = ".".join(map(str, problem["loc"]))
    return f"{place}: {problem['msg']}" if place else problem["msg"]
