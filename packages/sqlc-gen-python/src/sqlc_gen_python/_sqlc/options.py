"""The plugin's options: those of the upstream sqlc-gen-python, and its own."""

import keyword
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from sqlc_gen_python._errors import GenerateError

QUERY_PARAMETER_LIMIT = 4


class Options(BaseModel):
    """`options:` of the plugin in sqlc.yaml."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    package: str
    """Import path of the generated package, for example `library.db`."""
    out: str = ""
    """Accepted and ignored, as upstream does; sqlc's own `out:` names the folder."""
    support_module: str = ""
    """Import path of the module that runs the queries; several packages may share one.

    The package that contains it writes it. The default is `_support` in the package itself.
    """
    support_module_only: bool = False
    """Write the support module and nothing else."""
    emit_sync_querier: bool = False
    emit_async_querier: bool = False
    emit_exact_table_names: bool = False
    """Name each model exactly like its table instead of in the singular."""
    emit_pydantic_models: bool = False
    emit_str_enum: bool = False
    query_parameter_limit: Annotated[int, Field(ge=0)] = QUERY_PARAMETER_LIMIT
    """A query with more parameters takes a `…Params` object."""
    inflection_exclude_table_names: list[str] = []
    """Tables whose models are named exactly like the table."""

    @property
    def own_support(self) -> str | None:
        """The name of the support module that this package contains and writes, if it does."""
        package, _, name = (self.support_module or f"{self.package}._support").rpartition(".")
        return name if package == self.package else None

    @property
    def support_import(self) -> str:
        """The support module as the package's modules import it."""
        return f".{self.own_support}" if self.own_support else self.support_module

    @field_validator("package")
    @classmethod
    def _importable(cls, package: str) -> str:
        if not all(_is_name(part) for part in package.split(".")):
            raise ValueError(f"{package!r} is not the name of a Python package")
        return package

    @field_validator("support_module")
    @classmethod
    def _in_a_package(cls, module: str) -> str:
        if module and not ("." in module and all(_is_name(part) for part in module.split("."))):
            raise ValueError(f"{module!r} is not the name of a module in a package")
        return module

    @model_validator(mode="after")
    def _writes_something(self) -> Self:
        if not self.support_module_only:
            return self
        if not self.own_support:
            raise ValueError(
                f"support_module_only: the package {self.package} does not contain the support"
                f" module {self.support_module}"
            )
        if not (self.emit_sync_querier or self.emit_async_querier):
            raise ValueError("support_module_only: needs emit_sync_querier or emit_async_querier")
        return self


def parse_options(data: bytes) -> Options:
    """Reads the options.

    Args:
        data: JSON; empty if sqlc.yaml has no `options:`.

    Raises:
        GenerateError: an option is unknown, missing or wrong; the message names it.
    """
    try:
        return Options.model_validate_json(data or b"{}")
    except ValidationError as error:
        raise GenerateError("; ".join(_explain(error))) from None


def _explain(error: ValidationError) -> list[str]:
    known = ", ".join(sorted(Options.model_fields))
    lines = []
    for problem in error.errors(include_url=False):
        name = ".".join(map(str, problem["loc"]))
        if problem["type"] == "extra_forbidden":
            lines.append(f"option {name}: unknown; the options are {known}")
        else:
            place = f"option {name}" if name else "options"
            lines.append(f"{place}: {problem['msg'].removeprefix('Value error, ')}")
    return lines


def _is_name(part: str) -> bool:
    return part.isidentifier() and not keyword.iskeyword(part)
