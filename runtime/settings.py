"""Settings from the environment."""

from typing import Annotated, TypeVar

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings

S = TypeVar("S", bound=BaseSettings)

Address = Annotated[str, Field(pattern=r"^(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}$")]
"""`host:port`, where port 0 asks for any free one."""


class SettingsError(Exception):
    """A setting is missing or wrong; the text names it and never shows its value."""


class ServiceSettings(BaseSettings):
    """What a service needs, each under the service's own prefix, such as ORDERS_."""

    database_url: SecretStr
    """The service's own database, as a role that may only read and write rows."""
    grpc_address: Address
    """Where the service listens."""


class LogSettings(BaseSettings, env_prefix="LOG_"):
    """How much to log, and for whom."""

    level: Annotated[str, Field(pattern="^(DEBUG|INFO|WARNING|ERROR)$")] = "INFO"
    format: Annotated[str, Field(pattern="^(json|text)$")] = "text"
    """`json` for machines, `text` for people."""


def load(settings: type[S], prefix: str = "") -> S:
    """Reads settings from the environment.

    Raises:
        SettingsError: one of them is missing or wrong.
    """
    prefix = prefix or settings.model_config.get("env_prefix", "")
    try:
        return settings(_env_prefix=prefix)
    except ValidationError as error:
        lines = [
            f"{prefix}{each['loc'][0]}".upper() + f": {each['msg']}" for each in error.errors()
        ]
        raise SettingsError("; ".join(lines)) from None
