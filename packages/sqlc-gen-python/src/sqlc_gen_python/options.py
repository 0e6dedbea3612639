"""The plugin's options, the same as upstream sqlc-gen-python's."""

import keyword
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from sqlc_gen_python.errors import GenerateError

QUERY_PARAMETER_LIMIT = 4


class Options(BaseModel):
    """`options:` of the plugin in sqlc.yaml."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    package: str
    """Import path of the generated package, for example `shop.orders.db`."""
    out: str = ""
    """Accepted and unused, as upstream does; the folder is sqlc's own `out:`."""
    emit_sync_querier: bool = False
    emit_async_querier: bool = False
    emit_exact_table_names: bool = False
    """Name a model exactly after its table instead of in the singular."""
    emit_pydantic_models: bool = False
    emit_str_enum: bool = False
    query_parameter_limit: Annotated[int, Field(ge=0)] = QUERY_PARAMETER_LIMIT
    """More parameters than this make a `…Params` class; 0 always makes one."""
    inflection_exclude_table_names: list[str] = []
    """Tables whose name stays as it is."""

    @field_validator("package")
    @classmethod
    def _importable(cls, package: str) -> str:
        if not all(_is_name(part) for part in package.split(".")):
            raise ValueError(f"{package!r} is not the name of a Python package")
        return package


def parse_options(data: bytes) -> Options:
    """Reads the options.

    Raises `GenerateError` naming the option that is unknown, missing or wrong.
    """
    try:
        return Options.model_validate_json(data or b"{}")
    except ValidationError as error:
        raise GenerateError("; ".join(_explain(error))) from None


def _explain(error: ValidationError) -> list[str]:
    known = ", ".join(sorted(Options.model_fields))
    lines = []
    for problem in error.errors(include_url=False):
        name = ".".join(map(str, problem["loc"])) or "options"
        if problem["type"] == "extra_forbidden":
            lines.append(f"option {name}: unknown; the options are {known}")
        else:
            lines.append(f"option {name}: {problem['msg']}")
    return lines


def _is_name(part: str) -> bool:
    return part.isidentifier() and not keyword.iskeyword(part)
