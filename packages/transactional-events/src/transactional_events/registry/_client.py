"""The Schema Registry's Confluent API (version 7), as far as Protobuf schemas of topics need it."""

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote

import httpx

from transactional_events.registry._schemas import Schema
from transactional_events.registry._settings import RegistrySettings

COMPATIBILITY = "BACKWARD_TRANSITIVE"
"""A consumer with a new schema reads every event that was ever written."""
TIMEOUT_SECONDS = 10.0
CONTENT_TYPE = "application/vnd.schemaregistry.v1+json"

Json = dict[str, Any]
T = TypeVar("T")


CREDENTIALS = "SCHEMA_REGISTRY_BASIC_AUTH_USER_INFO and the rights of that user"
TRANSIENT = frozenset(
    (httpx.codes.REQUEST_TIMEOUT, httpx.codes.TOO_EARLY, httpx.codes.TOO_MANY_REQUESTS)
)
"""Statuses below 500 that are transient."""


class RegistryError(Exception):
    """The registry rejects a request, or its response is no JSON of its API; the text names the request."""


class RegistryUnavailableError(RegistryError):
    """The registry can't be reached, or has a transient error."""


@dataclass(frozen=True, slots=True)
class Version:
    """A registered schema."""

    number: int
    schema_id: int


class SchemaRegistry:
    """A client; to be used as an async context manager."""

    def __init__(self, settings: RegistrySettings) -> None:
        url = httpx.URL(settings.url.get_secret_value())
        user = settings.basic_auth_user_info
        self._url = str(url.copy_with(username="", password=""))
        self._http = httpx.AsyncClient(
            base_url=self._url.rstrip("/"),
            timeout=TIMEOUT_SECONDS,
            headers={"Accept": CONTENT_TYPE},
            auth=httpx.BasicAuth(*user.get_secret_value().split(":", 1))
            if user
            else httpx.BasicAuth(url.username, url.password)
            if url.userinfo
            else None,
            verify=httpx.create_ssl_context(verify=settings.ssl_ca_location or True),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._http.aclose()

    async def find(self, schema: Schema) -> Version | None:
        """Returns the version with this text and these imports, None when it isn't registered."""
        references = await self._references(schema)
        if references is None:
            return None
        body = _body(schema, references)
        return await self._ask(
            "POST", _path(schema), lambda it: Version(it["version"], it["id"]), body
        )

    async def register(self, schema: Schema) -> Version:
        """Registers a schema unless it is registered; register its imports before.

        Raises:
            RegistryError: an import is not registered, or the registry rejects the schema.
        """
        references = await self._references(schema)
        if references is None:
            raise RegistryError(f"{schema.subject}: what it imports is not registered")
        await self._ask("POST", f"{_path(schema)}/versions", dict, _body(schema, references))
        registered = await self.find(schema)
        if registered is None:
            raise RegistryError(
                f"{schema.subject} was not registered: does Confluent's API start at {self._url}?"
            )
        return registered

    async def require_compatibility(self, subject: str) -> None:
        """Makes COMPATIBILITY the rule for new schemas of a subject."""
        await self._ask("PUT", f"/config/{subject}", dict, {"compatibility": COMPATIBILITY})

    async def incompatibilities(self, schema: Schema) -> list[str]:
        """Returns why a schema would not be accepted; nothing when it would."""
        # Imports that are not registered are left out: registries know Google's files.
        body = _body(schema, await self._references(schema) or [])
        path = f"/compatibility{_path(schema)}/versions"
        return await self._ask("POST", path, _reasons, body, verbose="true") or []

    async def subjects_of(self, schema_id: int) -> list[str]:
        """Returns the subjects that an id belongs to; nothing when there is no such id."""
        path = f"/schemas/ids/{schema_id}/versions"
        return await self._ask("GET", path, lambda rows: [row["subject"] for row in rows]) or []

    async def _references(self, schema: Schema) -> list[Json] | None:
        """Returns the references to a schema's imports, None if one isn't registered."""
        references: list[Json] = []
        for imported in schema.imports:
            found = await self.find(imported)
            if found is None:
                return None
            subject = imported.subject
            references.append({"name": subject, "subject": subject, "version": found.number})
        return references

    async def _ask(
        self,
        method: str,
        path: str,
        read: Callable[[Any], T],
        body: Json | None = None,
        **query: str,
    ) -> T | None:
        """Returns the result of `read` for the response's JSON, None if the status is 404.

        Raises:
            RegistryError: any other error.
        """
        try:
            response = await self._http.request(method, path, json=body, params=query)
        except httpx.RequestError as error:
            reason = str(error) or type(error).__name__
            text = f"cannot reach the Schema Registry at {self._url}: {reason}"
            if "CERTIFICATE_VERIFY_FAILED" in reason:
                raise RegistryError(f"{text}: check SCHEMA_REGISTRY_SSL_CA_LOCATION") from None
            raise RegistryUnavailableError(text) from None
        if response.status_code == httpx.codes.NOT_FOUND:
            return None
        failure = (
            f"{method} {path}: the registry responds {response.status_code}: {response.text[:500]}"
        )
        if response.is_server_error or response.status_code in TRANSIENT:
            raise RegistryUnavailableError(failure)
        if response.status_code in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
            raise RegistryError(f"{failure}: check {CREDENTIALS}")
        if response.is_error:
            raise RegistryError(failure)
        try:
            return read(response.json())
        except (ValueError, LookupError, TypeError):
            raise RegistryError(
                f"{method} {path}: the response is no JSON of the registry's API: does Confluent's API start at {self._url}?"
            ) from None


def _reasons(response: Json) -> list[str]:
    if response["is_compatible"]:
        return []
    return response.get("messages") or ["the registry gives no reason"]


def _path(schema: Schema) -> str:
    return f"/subjects/{quote(schema.subject, safe='')}"


def _body(schema: Schema, references: list[Json]) -> Json:
    return {"schemaType": "PROTOBUF", "schema": schema.schema, "references": references}
