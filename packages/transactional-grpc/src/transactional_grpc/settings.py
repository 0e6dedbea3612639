"""Settings from the environment."""

from ipaddress import ip_address
from typing import Annotated, Any, TypeVar

import structlog
from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings

S = TypeVar("S", bound=BaseSettings)

Address = Annotated[str, Field(pattern=r"^(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}$")]
"""`host:port`, where port 0 asks for any free one."""

LEVELS = {"WARN": "WARNING", "CRITICAL": "ERROR", "FATAL": "ERROR", "TRACE": "DEBUG"}
"""Other programs' names of the levels."""


log = structlog.get_logger()


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


def permit_without_access_control(
    setting: str, address: str, *, remedy: str, insecure: bool
) -> None:
    """Lets a process without access control listen on loopback, or anywhere if it is told to, and logs a notice.

    Args:
        setting: The variable that has the address.
        address: host:port.
        remedy: The variable that turns access control on.
        insecure: Whether `--insecure` is on the command line.

    Raises:
        SettingsError: Other hosts could reach the address.
    """
    if not (insecure or _is_loopback(address)):
        raise SettingsError(
            f"{setting}: {address} is not on loopback, and access control is off:"
            f" set {remedy}, or start with --insecure"
        )
    log.warning("access control is off: everybody may call every method", setting=remedy)


def _is_loopback(address: str) -> bool:
    host = address.rpartition(":")[0].strip("[]")
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _reason(error: Any) -> str:
    return str(error.get("ctx", {}).get("error") or error["msg"])
