"""The settings of the Schema Registry's client, from the environment."""

import ssl
from typing import Annotated

import httpx
from pydantic import AfterValidator, SecretStr
from pydantic_settings import BaseSettings


def _registry_url(url: SecretStr) -> SecretStr:
    try:
        parsed = httpx.URL(url.get_secret_value())
    except httpx.InvalidURL:
        parsed = httpx.URL("")
    if parsed.scheme not in {"http", "https"} or not parsed.host or "," in parsed.netloc.decode():
        raise ValueError("must be one URL: http:// or https://, a host, and where the API starts")
    if parsed.query or parsed.fragment:
        raise ValueError("must end with its path")
    return url


def _user_info(value: SecretStr) -> SecretStr:
    if ":" not in value.get_secret_value():
        raise ValueError("must be user:password")
    return value


def _certificates(file: str) -> str:
    try:
        ssl.create_default_context(cafile=file)
    except OSError as error:
        reason = "no certificate" if isinstance(error, ssl.SSLError) else error.strerror
        raise ValueError(f"cannot read {file}: {reason}") from None
    return file


class RegistrySettings(BaseSettings, env_prefix="SCHEMA_REGISTRY_"):
    """How to reach the Schema Registry, in Confluent's API (version 7)."""

    url: Annotated[SecretStr, AfterValidator(_registry_url)]
    """It may hold a user and a password, as URLs do."""
    basic_auth_user_info: Annotated[SecretStr, AfterValidator(_user_info)] | None = None
    """`user:password`, as Confluent's own clients take it."""
    ssl_ca_location: Annotated[str, AfterValidator(_certificates)] | None = None
    """A file with the certificates to trust, instead of the system's."""
