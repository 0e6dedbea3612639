"""The Schema Registry's Confluent API (version 7), as far as Protobuf schemas of topics need it."""

from types import TracebackType
from typing import Any, Self

import httpx

from runtime.messaging.settings import RegistrySettings
from runtime.messaging.stream import Stream

COMPATIBILITY = "BACKWARD_TRANSITIVE"
"""A consumer with a new schema reads every event that was ever written."""
TIMEOUT_SECONDS = 10.0
CONTENT_TYPE = "application/vnd.schemaregistry.v1+json"


class RegistryError(Exception):
    """The registry answers no, or makes no sense; the text says what was asked."""


class RegistryUnavailableError(RegistryError):
    """The registry can't be reached or is in trouble: asking again later may help."""


class SchemaRegistry:
    """A client; to be used as an async context manager."""

    def __init__(self, settings: RegistrySettings) -> None:
        user = settings.basic_auth_user_info
        self._url = settings.url
        self._http = httpx.AsyncClient(
            base_url=settings.url.rstrip("/"),
            timeout=TIMEOUT_SECONDS,
            headers={"Accept": CONTENT_TYPE},
            auth=tuple(user.get_secret_value().split(":", 1)) if user else None,  # type: ignore[arg-type]  # two parts
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

    async def find(self, stream: Stream) -> int | None:
        """Returns the id under which the stream's schema is registered, None when it isn't."""
        answer = await self._ask("POST", f"/subjects/{stream.subject}", _schema(stream))
        return answer["id"] if answer else None

    async def version(self, stream: Stream) -> int:
        """Returns the version of the stream's registered schema."""
        answer = await self._ask("POST", f"/subjects/{stream.subject}", _schema(stream))
        if not answer:
            raise RegistryError(f"{stream.subject}: the schema is not registered")
        return int(answer["version"])

    async def register(self, stream: Stream) -> int:
        """Registers the stream's schema, unless that is done, and returns its id."""
        path = f"/subjects/{stream.subject}/versions"
        answer = await self._ask("POST", path, _schema(stream))
        if not answer:
            raise RegistryError(f"{stream.subject}: the registry has no such subject")
        return int(answer["id"])

    async def require_compatibility(self, stream: Stream) -> None:
        """Has the registry hold the stream's schemas to COMPATIBILITY."""
        await self._ask("PUT", f"/config/{stream.subject}", {"compatibility": COMPATIBILITY})

    async def incompatibilities(self, stream: Stream) -> list[str]:
        """Returns why the stream's schema would not be accepted; nothing when it would."""
        path = f"/compatibility/subjects/{stream.subject}/versions"
        answer = await self._ask("POST", path, _schema(stream), verbose="true")
        if not answer or answer["is_compatible"]:
            return []
        return answer.get("messages") or ["the registry gives no reason"]

    async def subjects_of(self, schema_id: int) -> list[str]:
        """Returns the subjects that an id belongs to; nothing when there is no such id."""
        answer = await self._ask("GET", f"/schemas/ids/{schema_id}/versions")
        return [each["subject"] for each in answer or ()]

    async def _ask(
        self, method: str, path: str, body: dict[str, str] | None = None, **query: str
    ) -> Any:
        """Returns the answer's content, None when there is no such thing.

        Raises:
            RegistryError: whatever else goes wrong.
        """
        try:
            response = await self._http.request(method, path, json=body, params=query)
        except httpx.TransportError as error:
            reason = f"cannot reach the Schema Registry at {self._url}: {error}"
            raise RegistryUnavailableError(reason) from None
        if response.status_code == httpx.codes.NOT_FOUND:
            return None
        said = (
            f"{method} {path}: the registry answers {response.status_code}: {response.text[:500]}"
        )
        if response.is_server_error or response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise RegistryUnavailableError(said)
        if response.is_error:
            raise RegistryError(said)
        return response.json()


def _schema(stream: Stream) -> dict[str, str]:
    return {"schemaType": "PROTOBUF", "schema": stream.schema}
