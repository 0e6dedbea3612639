"""Where the verification keys of an issuer come from: a file, a URL, or OIDC discovery."""

import asyncio
import ssl
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import httpx

from rpc_access._errors import KeySourceError
from rpc_access._json_objects import json_object

FETCH_SECONDS_MAX: Final = 5.0
"""How long a fetch may take, from the connection to the last byte."""
DOCUMENT_BYTES_MAX: Final = 256 * 1024
DISCOVERY_PATH: Final = "/.well-known/openid-configuration"
"""By OpenID Connect Discovery 1.0, section 4."""
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
OK: Final = 200


class KeySource(Protocol):
    """A place that has a JWK Set."""

    place: str
    """The URL or the file, for errors."""
    is_local: bool
    """Whether reading it costs so little that it is read every few seconds."""

    async def read(self) -> bytes:
        """Returns the JWK Set as JSON.

        Raises:
            KeySourceError: It can't be read.
        """


class KeyFile:
    """A file with a JWK Set."""

    is_local = True

    def __init__(self, path: Path) -> None:
        self._path = path
        self.place = str(path)

    async def read(self) -> bytes:
        """Reads the file."""
        return await asyncio.to_thread(self.read_now)

    def read_now(self) -> bytes:
        """Reads the file on this thread.

        Raises:
            KeySourceError: The file can't be read, or is too large.
        """
        try:
            with self._path.open("rb") as file:
                text = file.read(DOCUMENT_BYTES_MAX + 1)
        except OSError as error:
            raise KeySourceError(f"{self.place}: {error.strerror}") from None
        if len(text) > DOCUMENT_BYTES_MAX:
            raise KeySourceError(f"{self.place}: has more than {DOCUMENT_BYTES_MAX} bytes")
        return text


class KeyUrl:
    """A URL with a JWK Set.

    Raises:
        ValueError: The URL is neither https nor on loopback.
    """

    is_local = False

    def __init__(self, url: str) -> None:
        self.place = _trustworthy(url)

    async def read(self) -> bytes:
        """Fetches the JWK Set."""
        return await _fetch(self.place)


class Discovery:
    """An OpenID provider, whose configuration names the URL of its JWK Set.

    Raises:
        ValueError: The issuer's URL is neither https nor on loopback.
    """

    is_local = False

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer
        self.place = _trustworthy(issuer.rstrip("/") + DISCOVERY_PATH)

    async def read(self) -> bytes:
        """Fetches the configuration and then the JWK Set that it names."""
        configuration = _object(await _fetch(self.place), self.place)
        if configuration.get("issuer") != self._issuer:
            raise KeySourceError(f"{self.place}: is the configuration of another issuer")
        url = configuration.get("jwks_uri")
        try:
            return await _fetch(_trustworthy(url if isinstance(url, str) else ""))
        except ValueError as error:
            raise KeySourceError(f"{self.place}: jwks_uri: {error}") from None


def key_source_of(location: str) -> KeySource:
    """Returns the source at a URL, or in a file.

    Raises:
        ValueError: A URL is neither https nor on loopback.
    """
    if "://" in location:
        return KeyUrl(location)
    return KeyFile(Path(location))


def _trustworthy(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        raise ValueError(f"{url}: is no URL") from None
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)):
        raise ValueError(f"{url}: must be an https URL; http is for loopback only")
    return url


def _object(text: bytes, place: str) -> dict[str, Any]:
    try:
        return json_object(text)
    except ValueError:
        raise KeySourceError(f"{place}: is no JSON object") from None


@cache
def _trust() -> ssl.SSLContext:
    """Returns the certificates that httpx trusts; loading them would block the event loop for a tenth of a second."""
    return httpx.create_ssl_context()


async def _fetch(url: str) -> bytes:
    text = b""
    trust = await asyncio.to_thread(_trust)
    try:
        async with (
            asyncio.timeout(FETCH_SECONDS_MAX),
            httpx.AsyncClient(verify=trust, timeout=FETCH_SECONDS_MAX) as client,
            # Without compression, so that few bytes can't become many.
            client.stream("GET", url, headers={"Accept-Encoding": "identity"}) as response,
        ):
            if response.status_code != OK:
                raise KeySourceError(f"{url}: responds with status {response.status_code}")
            async for piece in response.aiter_raw():
                text += piece
                if len(text) > DOCUMENT_BYTES_MAX:
                    raise KeySourceError(f"{url}: has more than {DOCUMENT_BYTES_MAX} bytes")
    except TimeoutError:
        raise KeySourceError(f"{url}: no response within {FETCH_SECONDS_MAX:g} s") from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise KeySourceError(f"{url}: {type(error).__name__} {error}".rstrip()) from None
    return text
