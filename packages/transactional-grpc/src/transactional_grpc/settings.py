"""Settings from the environment."""

from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings

S = TypeVar("S", bound=BaseSettings)

Address = Annotated[str, Field(pattern=r"^(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}$")]
"""`host:port`, where port 0 asks for any free one."""

LEVELS = {"WARN": "WARNING", "CRITICAL": "ERROR", "FATAL": "ERROR", "TRACE": "DEBUG"}
"""Other programs' names of the levels."""


class SettingsError(Exception):
    """A setting is missing or wrong; the text names it and never shows its value."""


def _level(value: Any) -> Any:
    level = str(value).upper()
    return LEVELS.get(level, level)


class LogSettings(BaseSettings, env_prefix="LOG_"):
    """The level and format of the log."""

    level: Annotated[
        str, BeforeValidator(_level), Field(pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    ] = "INFO"
    format: Annotated[str, BeforeValidator(str.lower), Field(pattern="^(json|text)$")] = "text"
    """`json` for machines, `text` for people."""


def load(settings: type[S], prefix: str = "") -> S:
    """Reads settings from the environment; an empty variable counts as absent.

    Raises:
        SettingsError: one of them is missing or wrong.
    """
    prefix = prefix or settings.model_config.get("env_prefix", "")
    try:
        return settings(_env_prefix=prefix, _env_ignore_empty=True)
    except ValidationError as error:
        lines = []
        for found in error.errors():
            name = str(found["loc"][0])
            # A field with an alias has no prefix, and is reported by its alias.
            variable = f"{prefix}{name}" if name in settings.model_fields else name
            lines.append(f"{variable.upper()}: {_reason(found)}")
        raise SettingsError("; ".join(lines)) from None


def _reason(error: Any) -> str:
    return str(error.get("ctx", {}).get("error") or error["msg"])
